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

# The scripts read their configs.yml whole in each of their two passes over the command line.
UPSTREAM = """
import sys, argparse, yaml
parser = argparse.ArgumentParser()
for key in ("batch_size", "epochs", "shards", "replicas"):
    parser.add_argument("--" + key, type=int)
for parsing in range(2):
    with open(sys.argv[1]) as file:
        preset = yaml.full_load(file)[sys.argv[2]]
    parser.set_defaults(**preset)
    parser.parse_known_args([])
"""
APP = "tensorflow1_cnns@2.3"
C_LOADER = "import sys, yaml; yaml.load(open(sys.argv[1]), Loader=yaml.CSafeLoader)"


def preset(i):
    """One that nothing is wrong with, of 20 keys; nine of ten are merged with another."""
    return (f"p{i}: &p{i}\n" + (f"  <<: *p{i - i % 10}\n" if i % 10 else "") +
            "  model: resnet\n  model_size: 50\n  dataset: imagenet\n  epochs: 65\n"
            f"  data_dir: /localdata/datasets\n  batch_size: 5\n  log_dir: logs/{i}\n"
            f"  gradient_accumulation_count: {(32, 48, 64)[i % 3]}\n  shards: 4\n  replicas: 4\n"
            "  pipeline: true\n  pipeline_splits: [b1/1/relu, b2/2/relu, b3/3/relu]\n"
            "  pipeline_schedule: Grouped\n  enable_recomputation: true\n  precision: '16.16'\n"
            "  optimiser: momentum\n  momentum: 0.9\n  weight_decay: 0.0001\n"
            "  label_smoothing: 0.1\n  learning_rate_schedule: cosine\n")


def median(command, runs):
    """Seconds of the whole process, of its own clock (the last line), and MiB; None: too slow."""
    whole, own, memory = [], [], []
    for _ in range(runs):
        begin = time.monotonic()
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              check=False)
        whole.append(time.monotonic() - begin)
        words = done.stdout.decode().split()
        own.append(float(words[0]) if words else whole[-1])
        memory.append(float(words[1]) if words else 0)
    return statistics.median(whole), statistics.median(own), max(memory)


def sizes(bench, program, counts, folder):
    print("| presets | MB | events s | load s | events / load | MiB / MB | check s | one s | "
          "C loader s | C loader / load | upstream s | upstream / one |")
    print("| --- |" + " --- |" * 11)
    for count in counts:
        path = os.path.join(folder, f"{count}.yml")
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(preset(i) for i in range(count))
        mega = os.path.getsize(path) / 1e6
        runs = 5 if count <= 10000 else 1
        _, events, _ = median([bench, "events", path], runs)
        _, load, memory = median([bench, "load", path], runs)
        whole_check, _, _ = median([program, "check", "--app", APP, path], runs)
        one, _, _ = median([bench, "one", path, f"p{count - 1}"], runs)
        c_loader, _, _ = median([sys.executable, "-c", C_LOADER, path], runs)
        upstream = None
        if count <= 10000:
            upstream, _, _ = median([sys.executable, "-c", UPSTREAM, path, f"p{count - 1}"], 1)
        after = f"{upstream:.2f} | {upstream / one:.0f}" if upstream else "not run | -"
        print(f"| {count} | {mega:.2f} | {events:.3f} | {load:.3f} | {events / load:.2f} | "
              f"{memory / mega:.1f} | {whole_check:.3f} | {one:.3f} | {c_loader:.3f} | "
              f"{c_loader / load:.1f} | {after} |",
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
    program = os.path.join(sys.argv[1], "bin", "ipucnn")
    counts = [int(word) for word in sys.argv[2:]] or [10, 1000, 10000, 100000]
    with tempfile.TemporaryDirectory() as folder:
        sizes(bench, program, counts, folder)
        hostile(bench, folder)


if __name__ == "__main__":
    main()
