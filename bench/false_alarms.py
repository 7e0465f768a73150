#!/usr/bin/python3
"""How often `compare` and `history` would say that something changed, over simulated series.

Usage: bench/false_alarms.py NUMBERS compare|history [SERIES]
NUMBERS is the program ipucnn_numbers. Writes a table of docs/numbers.md. A series has one percent of
noise; each value depends on the one before by phi. `compare` finds a change where the interval of the
ratio does not hold 1 (threshold 0). `history` gets series that change in the middle; of those, the second
figure says how many of the changes found were placed within two values of it.
"""
import json
import math
import random
import subprocess
import sys

SIZES = (5, 8, 12, 20, 50, 100, 200)
PHIS = (0.0, 0.5, 0.9)
CHANGES = (0.0, -0.01, -0.02, -0.04)


def series(rng, n, phi, level):
    value = rng.gauss(0, 1)
    values = []
    for _ in range(n):
        values.append(round(level * (1 + 0.01 * value), 9))
        value = phi * value + math.sqrt(1 - phi * phi) * rng.gauss(0, 1)
    return values


def ask(program, questions):
    text = "".join(json.dumps(question) + "\n" for question in questions)
    done = subprocess.run([program], input=text, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def compare_cell(program, rng, n, phi, change, count):
    pairs = [{"pair": [series(rng, n, phi, 1000.0), series(rng, n, phi, 1000.0 * (1 + change))]}
             for _ in range(count)]
    found = sum(1 for a in ask(program, pairs) if a and not a[0] <= 1 <= a[1])
    return f"{100 * found / count:.1f} %"


def history_cell(program, rng, n, phi, change, count):
    half = n // 2
    questions = [{"history": [v * (1 + change if i >= half else 1)
                              for i, v in enumerate(series(rng, n, phi, 1000.0))]}
                 for _ in range(count)]
    answers = [a for a in ask(program, questions) if a]
    if change == 0 or not answers:
        return f"{100 * len(answers) / count:.1f} %"
    placed = sum(1 for a in answers if any(abs(c[0] - half) <= 2 for c in a))
    return f"{100 * len(answers) / count:.1f} % ({100 * placed / len(answers):.0f})"


def main():
    program, what = sys.argv[1], sys.argv[2]
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 1000
    cell = {"compare": compare_cell, "history": history_cell}[what]
    rng = random.Random(20211102)
    print("| n | phi | no change | -1 % | -2 % | -4 % |\n| --- | --- | --: | --: | --: | --: |")
    for n in SIZES:
        if what == "history" and n < 10:
            continue  # each level has 5 values
        for phi in PHIS:
            cells = [cell(program, rng, n, phi, change, count) for change in CHANGES]
            print(f"| {n} | {phi} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
