"""Holds our statistics to scipy and numpy over random series.

Run: /usr/bin/python3 tests/oracle/numbers_test.py NUMBERS [CASES] [SEED]
NUMBERS is the program ipucnn_numbers. Needs python3-scipy.
"""

import json
import math
import random
import re
import subprocess
import sys

try:
    import numpy as np
    from scipy import stats
except ImportError:
    print("skipped: python3-scipy is not installed")
    sys.exit(77)

RESAMPLINGS = 2000
SEED = 20211102
MASK = (1 << 64) - 1


def series(rng, n):
    """Of a random kind: independent, dependent, with ties, with outliers, at two levels."""
    kind = rng.randrange(7)
    scale = 10 ** rng.uniform(-3, 6)
    level = scale * 10 ** rng.uniform(0, 3)
    if kind == 0:
        return [rng.gauss(level, scale) for _ in range(n)]
    if kind == 1:
        phi, value, values = rng.uniform(-0.9, 0.99), 0.0, []
        for _ in range(n):
            value = phi * value + rng.gauss(0, scale)
            values.append(level + value)
        return values
    if kind == 2:
        return [float(rng.randint(1, 4)) for _ in range(n)]
    if kind == 3:
        return [rng.lognormvariate(0, 1) * scale for _ in range(n)]
    if kind == 4:
        return [level * rng.choice([1.0, 1.3]) + rng.gauss(0, level / 100) for _ in range(n)]
    if kind == 5:
        return [level + scale * i / n + rng.gauss(0, scale / 10) for i in range(n)]
    return [level] * n


def close(a, b, tolerance=1e-9):
    if a is None or b is None:
        return a is None and b is None
    if math.isnan(b):
        return False
    return math.isclose(a, b, rel_tol=tolerance, abs_tol=1e-12)


def all_close(ours, theirs, tolerance=1e-9):
    if ours is None or theirs is None:
        return ours is None and theirs is None
    return all(close(a, b, tolerance) for a, b in zip(ours, theirs, strict=True))


def same_interval(ours, theirs, tolerance):
    """Bounds that lie near 0 are as exact as the interval is wide, and no more."""
    if ours is None or theirs is None:
        return ours is None and theirs is None
    size = max(abs(theirs[0]), abs(theirs[1]))
    return all(abs(a - b) <= tolerance * size for a, b in zip(ours, theirs, strict=True))


def dependence(values):
    """By numpy's own sums, from the definition in statistics.h."""
    x = np.asarray(values)
    n = len(x)
    if n < 5:
        return None
    d = x - x.mean()
    if not np.any(d):
        return [0.0, float(n), 1]
    raw = np.correlate(d, d, "full")[n] / np.dot(d, d)
    r = min(max((n * raw + 1) / (n - 3), 0), 0.99)
    upper = min(r + 0.5 * math.sqrt((1 - r * r) / n), 0.99)
    effective = max(n * (1 - upper) / (1 + upper), 1.0)
    return [r, effective, math.ceil(n / effective)]


def check_series(values, ours, wrong):
    x = np.asarray(values)
    n = len(x)

    def hold(name, right):
        if not right:
            wrong.append(f"{name}: {values} gives {json.dumps(ours)}")

    constant = bool(np.all(x == x[0]))
    tolerance = 1e-7  # sums in another order
    hold("mean", close(ours["mean"], np.mean(x)))
    hold("median", close(ours["median"], np.median(x)))
    hold("robust deviation", close(ours["robust_deviation"],
                                   stats.median_abs_deviation(x, scale="normal"), 1e-6))
    hold("harmonic mean", close(ours["harmonic_mean"], stats.hmean(x) if np.all(x > 0) else None))
    if n > 1:
        hold("deviation", constant or close(ours["deviation"], stats.tstd(x), tolerance))
        hold("interval of independent", constant or same_interval(
            ours["independent_interval"],
            stats.t.interval(0.95, n - 1, loc=np.mean(x), scale=stats.sem(x)), tolerance))
    found = dependence(values)
    if found is None or constant:
        hold("dependence", found is not None or "dependence" not in ours)
        return
    hold("dependence", all_close(ours["dependence"], found, 1e-6))
    effective = found[1]
    if abs(effective - 2) > 1e-6:
        theirs = None
        if effective >= 2:
            # The textbook's variance, of as many independent values.
            variance = np.var(x) * effective / (effective - 1)
            theirs = stats.t.interval(0.95, effective - 1, loc=np.mean(x),
                                      scale=math.sqrt(variance / effective))
        hold("interval", same_interval(ours["interval"], theirs, tolerance))
    if "trend" in ours:
        line = stats.linregress(np.arange(n), x)
        # A line that fits all but exactly leaves only rounding.
        if 1 - line.rvalue ** 2 > 1e-9:
            hold("trend", close(ours["trend"][0], line.slope * (n - 1), 1e-5)
                 or abs(line.slope) * n < 1e-9 * abs(np.mean(x)))
            rest = dependence(list(x - line.intercept - line.slope * np.arange(n)))[1]
            t = line.slope / line.stderr * math.sqrt((rest - 2) / (n - 2))
            hold("p of trend", close(ours["trend"][1], 2 * stats.t.sf(abs(t), rest - 2), 1e-4))
    check_levels(np.sort(x), ours.get("levels"), hold)


def check_levels(x, ours, hold):
    n = len(x)
    least = max(3, (n + 4) // 5)
    splits = [(np.var(x[:k]) * k + np.var(x[k:]) * (n - k), k) for k in range(least, n - least + 1)]
    if not splits:
        hold("levels", ours is None)
        return
    within, k = min(splits)
    gap = np.mean(x[k:]) - np.mean(x[:k])
    deviation = math.sqrt(within / (n - 2))
    if abs(gap - 6 * deviation) < 1e-6 * gap:
        return
    if gap > 6 * deviation:
        hold("levels", ours is not None and
             all_close(ours, [np.mean(x[:k]), np.mean(x[k:]), k, n - k], 1e-6))
    else:
        hold("levels", ours is None)


class SplitMix64:
    """Of Steele, Lea and Flood's paper, with Python's own integers."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def indices(self, n, block):
        every = []
        while len(every) < n:
            start = self.next() % n
            every += [(start + i) % n for i in range(block)]
        return every[:n]


def check_bootstrap(base, following, ours, hold):
    """Ratios over the indices that we resample, taken with numpy's means and percentiles."""
    if len(base) < 2 or len(following) < 2:
        hold("bootstrap of too few", ours["bootstrap"] is None)
        return
    random_numbers = SplitMix64(SEED)
    a, b = np.asarray(base), np.asarray(following)
    ratios = []
    for i in range(RESAMPLINGS):
        below = random_numbers.indices(len(a), ours["blocks"][0])
        above = random_numbers.indices(len(b), ours["blocks"][1])
        if i < len(ours["first_indices"]):
            hold("indices", ours["first_indices"][i] == [below, above])
        ratios.append(b[above].mean() / a[below].mean())
    if np.all(a > 0):
        hold("bootstrap", all_close(ours["bootstrap"], np.percentile(ratios, [2.5, 97.5]), 1e-8))


def check_pair(base, following, ours, wrong):
    def hold(name, right):
        if not right:
            wrong.append(f"{name}: {base} and {following} give {json.dumps(ours)}")

    tied = len(set(base + following)) < len(base) + len(following)
    few = min(len(base), len(following)) <= 8 and max(len(base), len(following)) <= 200
    hold("exact", ours["exact"] == (not tied and few))
    theirs = stats.mannwhitneyu(base, following, method="exact" if ours["exact"] else "asymptotic")
    hold("u", close(ours["u"], theirs.statistic))
    if len(set(base + following)) > 1:
        hold("p", close(ours["p"], theirs.pvalue, 1e-7))
    a, b = np.asarray(base), np.asarray(following)
    constant = np.all(a == a[0]) or np.all(b == b[0])
    if len(a) > 1 and len(b) > 1 and a.mean() > 0 and b.mean() > 0 and not constant:
        # Welch's test of the relative errors, its degrees of freedom taken from scipy.
        relative = [np.std(v, ddof=1) / v.mean() for v in (a, b)]
        half_test = stats.ttest_ind_from_stats(0, relative[0], len(a), 1, relative[1], len(b),
                                               equal_var=False)
        error = -1 / half_test.statistic
        degrees = welch_degrees(relative, (len(a), len(b)))
        half = stats.t.ppf(0.975, degrees) * abs(error)
        ratio = b.mean() / a.mean()
        with np.errstate(over="ignore"):
            theirs = [ratio * np.exp(-half), ratio * np.exp(half)]
        if np.isfinite(theirs[1]):
            hold("ratio", all_close(ours["ratio_of_independent"], theirs, 1e-7))
        else:
            hold("ratio without an end", ours["ratio_of_independent"] is None)


def welch_degrees(deviations, sizes):
    parts = [s * s / n for s, n in zip(deviations, sizes)]
    return sum(parts) ** 2 / sum(p * p / (n - 1) for p, n in zip(parts, sizes))


def random_pattern(rng, depth=0):
    """Of pieces that Python's re and RE2 both have."""
    pieces = []
    for _ in range(rng.randint(1, 5)):
        kind = rng.random()
        if kind < 0.55:
            piece = rng.choice(["a", "b", "ab", "é", r"\.", r"\[", ":", " ", "img/sec: "])
        elif kind < 0.75:
            piece = rng.choice([".", r"\d", r"\w", "[ab]", "[^a]", "[]a]", r"[a\]]", r"\b"])
        elif depth < 2:
            piece = "(?:" + random_pattern(rng, depth + 1) + ")"
        else:
            piece = "b"
        if piece != r"\b" and rng.random() < 0.3:
            piece += rng.choice(["*", "+", "?", "{0,2}", "{2}", "+?", "*?"])
        pieces.append(piece)
    text = "".join(pieces)
    if rng.random() < 0.15:
        text += "|" + random_pattern(rng, 2)
    return text


def regex_question(rng):
    pattern = random_pattern(rng)
    group = rng.choice(["(?P<value>{})", "({})"]).format(rng.choice([r"\d+", r"[\d.]+", "a?", r"\w*"]))
    at = rng.choice(["front", "back", "alone"])
    whole = {"front": group + "(?:" + pattern + ")", "back": pattern + group, "alone": group}[at]
    text = "".join(rng.choice(["a", "b", "é", ".", "[", ":", " ", "1", "22", "img/sec: ", "]"])
                   for _ in range(rng.randint(0, 14)))
    return {"regex": whole, "text": text}


def check_regex(question, ours, wrong):
    """Against Python's re (of ASCII): the same value, and a literal that stands in what matched."""
    match = re.search(question["regex"], question["text"], re.ASCII)
    theirs = None if match is None else match.group(1) or ""
    if ours.get("value") != theirs or "fault" in ours:
        wrong.append(f"regex: {question} gives {ours}, re {theirs!r}")
    elif match is not None and ours["literal"] not in match.group(0):
        wrong.append(f"literal: {question} gives {ours}, in {match.group(0)!r}")


def main():
    program, cases = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 300
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.SystemRandom().randrange(10 ** 6)
    print(f"seed {seed}")
    rng = random.Random(seed)
    questions = []
    for case in range(cases):
        questions.append({"values": series(rng, rng.choice([1, 2, 3, 4, 5, 6, 8, 9, 10, 20, 65, 200]))})
        questions.append({"probability": rng.uniform(0.0001, 0.9999), "t": rng.gauss(0, 3),
                          "degrees": 10 ** rng.uniform(0, 4)})
        questions.append(regex_question(rng))
        if case % 4 == 0:
            sizes = [rng.choice([1, 2, 3, 5, 8, 9, 20, 60]) for _ in range(2)]
            base = series(rng, sizes[0])
            following = series(rng, sizes[1]) if case % 8 else [v * 1.01 for v in base]
            questions.append({"base": base, "next": following})
    answers = subprocess.run([program], input="".join(json.dumps(q) + "\n" for q in questions),
                             capture_output=True, text=True, check=True).stdout.splitlines()
    wrong = []
    for question, answer in zip(questions, map(json.loads, answers), strict=True):
        if "values" in question:
            check_series(question["values"], answer, wrong)
        elif "regex" in question:
            check_regex(question, answer, wrong)
        elif "base" in question:
            check_pair(question["base"], question["next"], answer, wrong)
        else:
            theirs = [stats.t.ppf(question["probability"], question["degrees"]),
                      2 * stats.t.sf(abs(question["t"]), question["degrees"])]
            if not all_close(answer, theirs, 1e-8):
                wrong.append(f"Student's t: {question} gives {answer}, not {theirs}")
    for text in wrong[:10]:
        print(text)
    print(f"{len(questions)} questions, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
