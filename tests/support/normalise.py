"""The normal form of a launch command: two commands mean the same when their normal forms are equal.

Options are sorted by name with their values behind them, `--o=v` becomes two words, poprun's yes and no
become 1 and 0, its aliases one spelling, and the words inside its two MPI values are sorted as well. What
is kept: values, the order of an option's values and of equal options, the interpreter's name.
"""
import json
import re

NUMBER = re.compile(r"-(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
YES_NO = {"yes": "1", "on": "1", "true": "1", "1": "1", "no": "0", "off": "0", "false": "0", "0": "0"}
POPRUN_SWITCHES = {"--numa-aware", "--update-partition", "--reset-partition", "--remove-partition",
                   "--print-topology", "--offline-mode", "--allow-run-as-root"}
POPRUN_SAME = {"-H": "--host", "--verbose": "-v", "--vv": "-vv"}
POPRUN_ALONE = {"-v", "-vv"}
MPI_ARGS = {"--mpi-global-args", "--mpi-local-args"}
MPI_ALONE = {"--allow-run-as-root", "--tag-output", "--oversubscribe", "--nooversubscribe", "--display-map",
             "--report-bindings", "-q"}
MPI_TWO_VALUES = {"--mca"}
MPI_SAME = {"-n": "-np", "--n": "-np", "--np": "-np", "-c": "-np"}
MPI_SHORT = {"-x", "-np", "-H", "-v", "-q"}


def is_option(word):
    return len(word) > 1 and word[0] == "-" and not NUMBER.fullmatch(word)


def split_equals(word):
    name, equals, value = word.partition("=")
    return (name, [value]) if equals and is_option(word) else (word, [])


def take_options(words, spelling, values_of):
    """(options, rest): the options at the head of `words`, each [name, value...], and what follows."""
    options = []
    while words and is_option(words[0]):
        name, values = split_equals(words[0])
        name = spelling(name)
        count = 0 if values else values_of(name)
        options.append([name, *values, *words[1:1 + count]])
        words = words[1 + count:]
    return options, words


def mpi_name(name):
    name = MPI_SAME.get(name, name)
    if name.startswith("--") or len(name) == 2 or name in MPI_SHORT:
        return name
    return "-" + name


def mpi_options(words):
    options, rest = take_options(words, mpi_name, lambda name: 0 if name in MPI_ALONE else
                                 2 if name in MPI_TWO_VALUES else 1)
    return sorted(options, key=lambda o: (o[0], o[1] if o[0] in ("-x", "--mca") else "")), rest


def poprun_options(words):
    options, rest = take_options(words, lambda name: POPRUN_SAME.get(name, name),
                                 lambda name: 0 if name in POPRUN_ALONE else 1)
    for option in options:
        if option[0] in POPRUN_SWITCHES:
            option[1] = YES_NO[option[1]]
        elif option[0] in MPI_ARGS:
            inner, surplus = mpi_options(option[1].split())
            option[1] = " ".join(flat(inner) + surplus)
    return by_name(options), rest


def program_options(words):
    """The program's words: interpreter and script, positional words, then options with all their values."""
    count = 2 if words[0].startswith("python") else 1
    while count < len(words) and not is_option(words[count]):
        count += 1
    options = []
    for word in words[count:]:
        name, values = split_equals(word)
        if is_option(word):
            options.append([name, *values])
        else:
            options[-1].append(word)
    return words[:count] + flat(by_name(options))


def by_name(options):
    return sorted(options, key=lambda option: option[0])


def flat(options):
    return [word for option in options for word in option]


def plain_json(text):
    """A JSON object with sorted keys and without blanks; any other text as it is."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return json.dumps(value, sort_keys=True, separators=(",", ":")) if isinstance(value, dict) else text


def normal_form(argv, env):
    words = list(argv)
    head = []
    if words[0] == "poprun":
        options, rest = poprun_options(words[1:])
        head, words = [words[0], *flat(options)], rest
    elif words[0] in ("mpirun", "mpiexec"):
        options, rest = mpi_options(words[1:])
        head, words = [words[0], *flat(options)], rest
    return {"env": {name: plain_json(env[name]) for name in sorted(env)},
            "argv": head + program_options(words)}
