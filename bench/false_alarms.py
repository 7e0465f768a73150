#!/usr/bin/python3
"""How often `compare` would say that something changed, over simulated series.

Usage: bench/false_alarms.py NUMBERS [SERIES]
NUMBERS is the program ipucnn_numbers. Writes the table of docs/numbers.md. A series has one percent of
noise; each value depends on the one before by phi. A change is found where the interval of the ratio does
not hold 1 (threshold 0).
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


def main():
    program, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    rng = random.Random(20211102)
    print("| n | phi | no change | -1 % | -2 % | -4 % |\n| --- | --- | --: | --: | --: | --: |")
    for n in SIZES:
        for phi in PHIS:
            cells = []
            for change in CHANGES:
                questions = "".join(
                    json.dumps({"pair": [series(rng, n, phi, 1000.0),
                                         series(rng, n, phi, 1000.0 * (1 + change))]}) + "\n"
                    for _ in range(count))
                answers = subprocess.run([program], input=questions, capture_output=True, text=True,
                                         check=True).stdout.splitlines()
                found = sum(1 for a in map(json.loads, answers) if a and not a[0] <= 1 <= a[1])
                cells.append(f"{100 * found / count:.1f} %")
            print(f"| {n} | {phi} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
