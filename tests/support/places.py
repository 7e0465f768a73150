"""What of a stored text may change when an entry is added to configs/."""
import re

# With what fills its column.
BUILT_IN = re.compile(r'((?:<|&lt;)built-in(?:>|&gt;)/[\w./@-]+\.yml)(:|",\s*"line": )\d+(?: {2,})?')
COUNTED = re.compile(r'\d+(?= (?:options|presets|more;))|(?<="options": )\d+|(?<="presets": )\d+')


# The lines of an entry's keys, in a column of its table under the place of the entry.
TABLE = re.compile(r"^\S.*\(<built-in>/\S+\)\nKEY +LINE +VALUE\n(?:\S+ +\d+ .*\n)+", re.M)


def without_lines(text):
    """The lines of built-in files left out: what stands there is printed below the place."""
    text = TABLE.sub(lambda table: re.sub(r"(?m)^(\S+ +)\d+ ", r"\1_ ", table[0]), text)
    return BUILT_IN.sub(r"\1\2_", text)


def rows(text):
    """The lines of a list, whatever its columns are wide and its entries number."""
    return [COUNTED.sub("_", " ".join(line.split()).rstrip(",")) for line in without_lines(text).splitlines()]


def missing_rows(expected, got):
    """The rows that do not come out in this order; others may stand between."""
    rest = iter(rows(got))
    return [row for row in rows(expected) if row not in rest]
