"""How fast files of presets are read, and what it costs that some of them are hostile.

Run: /usr/bin/python3 bench/load.py BUILD_DIR [PRESETS...]
BUILD_DIR was configured with -DIPUCNN_BENCH=ON. Prints a table; docs/numbers.md keeps one.
Needs python3-yaml with libyaml.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

UPSTREAM = """
import sys, argparse, yaml
parser = argparse.ArgumentParser()
for key in ("batch_size", "epochs", "shards", "replicas"):
    parser.add_argument("--" + key, type=int)
with open(sys.argv[1]) as file:
    preset = yaml.full_load(file)[sys.argv[2]]
parser.set_defaults(**preset)
parser.parse_args([])
"""
C_LOADER = "import sys, yaml; yaml.load(open(sys.argv[1]), Loader=yaml.CSafeLoader)"


def preset(i):
    keys = "".join(f"  option_{i}_{n}: value_{n}\n" for n in range(6))
    return (f"p{i}: &p{i}\n" + (f"  <<: *p{i - i % 10}\n" if i % 10 else "") +
            f"  model: resnet\n  batch_size: {i % 64 + 1}\n  epochs: 65\n  shards: 4\n"
            "  pipeline: true\n  pipeline_splits: [b1/2/relu, b2/3/relu, b3/5/relu]\n"
            "  weight_decay: 1.0e-4\n  label_smoothing: 0.1\n  precision: '16.32'\n"
            "  dataset: imagenet\n  data_dir: /localdata/datasets\n  momentum: 0.9\n"
            "  lr_schedule: cosine\n  optimiser: SGD\n  available_memory_proportion: ['0.15']\n" +
            keys)


def median(command, runs):
    """Seconds of the whole process, of its own clock (the last line), and MiB; None: too slow."""
    whole, own, memory = [], [], []
    for _ in range(runs):
        begin = time.monotonic()
        done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
        whole.append(time.monotonic() - begin)
        words = done.stdout.decode().split()
        own.append(float(words[0]) if words else whole[-1])
        memory.append(float(words[1]) if words else 0)
    return statistics.median(whole), statistics.median(own), max(memory)


def sizes(bench, counts, folder):
    print("| presets | MB | events s | load s | events / load | MiB / MB | one s | C loader s | "
          "C loader / load | upstream s | upstream / one |")
    print("| --- |" + " --- |" * 10)
    for count in counts:
        path = os.path.join(folder, f"{count}.yml")
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(preset(i) for i in range(count))
        mega = os.path.getsize(path) / 1e6
        runs = 5 if count <= 10000 else 1
        _, events, _ = median([bench, "events", path], runs)
        _, load, memory = median([bench, "load", path], runs)
        one, _, _ = median([bench, "one", path, f"p{count - 1}"], runs)
        c_loader, _, _ = median([sys.executable, "-c", C_LOADER, path], runs)
        upstream = None
        if count <= 10000:
            upstream, _, _ = median([sys.executable, "-c", UPSTREAM, path, f"p{count - 1}"], 1)
        after = f"{upstream:.2f} | {upstream / one:.0f}" if upstream else "not run | -"
        print(f"| {count} | {mega:.2f} | {events:.3f} | {load:.3f} | {events / load:.2f} | "
              f"{memory / mega:.1f} | {one:.3f} | {c_loader:.3f} | {c_loader / load:.1f} | {after} |",
              flush=True)


def hostile(bench, folder):
    size = 2_000_000
    files = {
        "good": "".join(preset(i) for i in range(size // 515)),
        "unclosed quote": 'p:\n  a: "' + "word " * (size // 5),
        "unclosed list": "p: [" + "a, " * (size // 3),
        "open brackets": "p: " + "[" * size,
        "open braces": "p: " + "{a: " * (size // 4),
        "dashes": "- " * (size // 2),
        "deep indentation": "".join(" " * i + "a:\n" for i in range(2000)),
        "one plain text": "p: " + "word " * (size // 5),
        "one quoted text": 'p: "' + "word " * (size // 5) + '"\n',
        "one comment": "#" + "x" * size + "\np: {}\n",
        "one long key": "k" * size + ": 1\n",
        "anchors": "".join(f"a{i}: &a{i} {i}\n" for i in range(size // 20)),
        "a key many times": "p:\n" + "  a: 1\n  a: 2\n" * (size // 14),
        "many keys in one mapping": "p:\n" + "".join(f"  k{i}: {i}\n" for i in range(size // 14)),
        "alias bomb": "a0: &a0 {k: 1}\n" + "".join(
            f"a{i}: &a{i} {{<<: [{', '.join([f'*a{i - 1}'] * 9)}]}}\n" for i in range(1, 12)),
        "chain of merges": "p0: &p0 {k: 1}\n" + "".join(
            f"p{i}: &p{i} {{<<: *p{i - 1}}}\n" for i in range(1, size // 30)),
        "tabs": "p: 'a'\n" + "# \tx\n" * (size // 5),
        "level 200": "p:\n- " + "[" * 198 + "a, " * (size // 3) + "]" * 198 + "\n",
    }
    print("\n| 2 MB of | s | MiB |\n| --- | --- | --- |")
    for name, text in files.items():
        path = os.path.join(folder, "hostile.yml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        _, own, memory = median([bench, "load", path], 1)
        print(f"| {name} | {own:.3f} | {memory:.1f} |", flush=True)


def main():
    bench = os.path.join(sys.argv[1], "bin", "bench_load")
    counts = [int(word) for word in sys.argv[2:]] or [10, 1000, 10000, 100000]
    with tempfile.TemporaryDirectory() as folder:
        sizes(bench, counts, folder)
        hostile(bench, folder)


if __name__ == "__main__":
    main()
