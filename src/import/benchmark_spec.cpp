// Benchmark specifications of examples_utils: a mapping of entries, each a command with the figures
// that it prints.
#include "ipucnn/benchmark_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/suggest.h"
#include "base/text.h"
#include "base/trim.h"
#include "import/benchmark_check.h"
#include "import/merged_pairs.h"
#include "import/shell_words.h"
#include "ipucnn/file_schema.h"
#include "ipucnn/python_text.h"

namespace ipucnn {
namespace importing {
namespace {

constexpr std::size_t kMostVariants = 1'000;

bool holds_command(Node entry) {
  const Pairs pairs = merged(entry);
  return std::any_of(pairs.begin(), pairs.end(), [](const auto& pair) {
    return pair.first.text() == "cmd" || pair.first.text() == "notebook";
  });
}

/// Whether an alias elsewhere takes something up that stands in it.
bool is_taken_up(Node body) {
  const Tree& tree = *body.tree();
  const std::uint32_t begin = body.index();
  const std::uint32_t end = body.record_at()->end;
  const auto inside = [&](std::uint32_t node) { return node >= begin && node < end; };
  for (std::uint32_t i = 0; i < tree.count; ++i)
    if (tree.nodes[i].kind == NodeKind::Alias && inside(tree.nodes[i].text) && !inside(i))
      return true;
  return false;
}

/// Whether it has an anchor, by which others are meant to take it up.
bool has_anchor(Node name) {
  const std::string_view file = name.tree()->text;
  const auto* const from = name.text().data() + name.text().size();
  if (from < file.data() || from > file.data() + file.size()) return false;  // spelled otherwise
  std::string_view rest(from, static_cast<std::size_t>(file.data() + file.size() - from));
  rest.remove_prefix(std::min(rest.find_first_not_of("\"' :"), rest.size()));
  return rest.starts_with('&');
}

/// An entry that starts nothing, which the old tool stumbles over.
void report_no_command(Node name, Node body, Diagnostics& out) {
  Span at = name.at();
  std::string help = "what entries have in common is no entry where one of them takes it up";
  bool nearly = false;
  for (const auto& [key, value] : merged(body)) {
    const auto near = nearest_names(key.text(), {"cmd", "command", "notebook"}, 1);
    if (near.empty()) continue;
    nearly = true;
    at = key.at();
    help = fmt::format("did you mean '{}'?", near.front() == "command" ? "cmd" : near.front());
  }
  if (!nearly && has_anchor(name)) return;
  out.add(FindingId::L040, at, fmt::format("{} has no `cmd`, so it starts nothing", name.text()))
      .help = std::move(help);
}

constexpr std::string_view kEntryKeys[] = {"cmd",
                                           "notebook",
                                           "parameters",
                                           "data",
                                           "derived",
                                           "env",
                                           "timeout",
                                           "location",
                                           "expect",
                                           "output",
                                           "description",
                                           "generated",
                                           "synthetic",
                                           "allow_wandb",
                                           "requirements_file",
                                           "requirements_path",
                                           "repository",
                                           "pre_run_commands",
                                           "required_apt_packages",
                                           "required_apt_packages_path",
                                           "readme",
                                           "reference_directory"};
constexpr std::string_view kDataKeys[] = {"regexp", "skip", "reduction_type"};
constexpr std::string_view kDerivedKeys[] = {"expr", "reduction_type"};
constexpr std::pair<std::string_view, Reduction> kReductions[] = {{"mean", Reduction::Mean},
                                                                  {"final", Reduction::Final},
                                                                  {"min", Reduction::Min},
                                                                  {"value", Reduction::Value}};

class EntryReader {
 public:
  EntryReader(const BenchmarkContext& in, Node name, Node body, Diagnostics& out)
      : in_(in), pairs_(merged(body)), out_(out) {
    entry_.name = std::string(name.text());
    entry_.at = name.at();
    entry_.key = name;
    entry_.body = body;
    entry_.convergence = entry_.name.find("_conv") != std::string::npos;
  }

  /// Absent when it is a notebook, or when too little of it can be read to tell its commands.
  /// `judges`: what its figures and parameters can do is looked at as well.
  std::optional<BenchmarkEntry> run(bool judges) {
    judge_keys(pairs_, kEntryKeys, "the entry");
    entry_.command = find(pairs_, "cmd");
    if (!entry_.command && !find(pairs_, "notebook")) {
      for (const auto& [key, value] : pairs_)
        if (key.text() == "cmd" || key.text() == "notebook")
          out_.add(FindingId::L040, key.at(), fmt::format("{} is empty", key.text()));
      return std::nullopt;
    }
    if (!entry_.command) {
      out_.add(FindingId::L048, entry_.at, fmt::format("{} is a notebook", entry_.name)).help =
          "start it by the program that runs notebooks";
      return std::nullopt;
    }
    if (!entry_.command.is_scalar()) wrong(entry_.command, "cmd", "one text");
    if (entry_.command.is_scalar() && trimmed(entry_.command.text()).empty()) {
      good_ = false;
      out_.add(FindingId::L040, entry_.command.at(), "cmd is empty");
    }
    read_env();
    read_timeout();
    if (const Node place = find(pairs_, "location")) entry_.location = text_of(place, "location");
    entry_.expect = find(pairs_, "expect");
    read_data();
    read_derived();
    read_parameters();
    read_units();
    if (!entry_.command.is_scalar() || entry_.variants.empty()) return std::nullopt;
    if (good_ && judges) good_ = check_benchmark(in_, entry_, pairs_, out_);
    entry_.usable = good_;
    return std::move(entry_);
  }

 private:
  void wrong(Node at, std::string_view what, std::string_view form) {
    good_ = false;
    out_.add(FindingId::Y005, at.at(), fmt::format("{} needs {}", what, form));
  }

  std::string text_of(Node node, std::string_view what) {
    if (!node.is_scalar()) wrong(node, what, "a single value");
    return std::string(node.text());
  }

  /// The old tool reads on over a key that it does not know.
  template <std::size_t N>
  void judge_keys(const Pairs& pairs, const std::string_view (&known)[N], std::string_view where) {
    for (const auto& [key, value] : pairs) {
      if (std::find(std::begin(known), std::end(known), key.text()) != std::end(known)) continue;
      Diagnostic& d = out_.add(FindingId::Y009, key.at(),
                               fmt::format("nothing reads the key {} of {}", key.text(), where));
      d.severity = Severity::Warning;
      d.help = suggestion(key.text(), {std::begin(known), std::end(known)});
    }
  }

  void read_env() {
    const Node env = find(pairs_, "env");
    if (!env) return;
    if (!env.is_map()) return wrong(env, "env", "a mapping of names to single values");
    for (const auto& [name, value] : merged(env)) {
      if (!value.is_scalar() || !is_variable_name(name.text()))
        wrong(value, name.text(), "a variable's name and a single value");
      else
        entry_.env.emplace_back(name, value);
    }
  }

  void read_timeout() {
    const Node timeout = find(pairs_, "timeout");
    if (!timeout) return;
    entry_.timeout = duration_of(timeout);
    if (!entry_.timeout || *entry_.timeout < 1) wrong(timeout, "timeout", "seconds");
  }

  void read_data() {
    const Node data = find(pairs_, "data");
    if (!data) return;
    if (!data.is_map()) return wrong(data, "data", "a mapping of figures");
    for (const auto& [name, body] : merged(data)) {
      if (!body.is_map()) {
        wrong(body, name.text(), "a mapping with `regexp:`");
        continue;
      }
      read_metric(name, merged(body));
    }
  }

  void read_metric(Node name, const Pairs& body) {
    judge_keys(body, kDataKeys, fmt::format("the figure {}", name.text()));
    BenchmarkMetric metric;
    metric.name = std::string(name.text());
    metric.at = name.at();
    metric.expression_node = find(body, "regexp");
    if (metric.expression_node)
      metric.expression = text_of(metric.expression_node, "regexp");
    else
      wrong(name, name.text(), "a `regexp:`");
    if (const Node skip = find(body, "skip")) {
      const auto count = parse_int64(skip.text());
      if (!count || *count < 0)
        wrong(skip, "skip", "a whole number from 0 on");
      else
        metric.skip = *count;
    }
    metric.reduction = reduction_of(body);
    entry_.metrics.push_back(std::move(metric));
  }

  Reduction reduction_of(const Pairs& body) {
    const Node word = find(body, "reduction_type");
    if (!word) return Reduction::Mean;
    for (const auto& [name, reduction] : kReductions)
      if (name == word.text()) return reduction;
    good_ = false;
    out_.add(FindingId::Y010, word.at(),
             fmt::format("reduction_type needs mean, final, min or value, not '{}'", word.text()));
    return Reduction::Mean;
  }

  /// `output:` is a list of pairs, what to call a figure and which one it is; what it calls it is
  /// the unit.
  void read_units() {
    const Node output = find(pairs_, "output");
    if (!output.is_list()) return;
    for (const Node row : output) {
      Node label;
      Node name;
      if (row.is_list() && row.size() == 2) {
        auto item = row.begin();
        label = *item;
        name = *++item;
      } else if (row.is_map() && row.size() == 1) {
        row.each_pair([&](Node key, Node value) {
          label = key;
          name = value;
        });
      }
      take_unit(name, unit_of(label.text()));
    }
  }

  /// `output:` may show a derived figure or a parameter as well, which have no unit.
  void take_unit(Node name, const std::string& unit) {
    if (!name.is_scalar()) return;
    std::vector<std::string_view> known;
    for (BenchmarkMetric& metric : entry_.metrics) {
      known.push_back(metric.name);
      if (metric.name == name.text()) metric.unit = unit;
    }
    for (const BenchmarkDerived& derived : entry_.derived) known.push_back(derived.name);
    if (!entry_.variants.empty())
      for (const auto& [parameter, value] : entry_.variants.front().parameters)
        known.push_back(parameter);
    if (std::find(known.begin(), known.end(), name.text()) != known.end()) return;
    Diagnostic& d = out_.add(FindingId::Y010, name.at(),
                             fmt::format("output shows {}, which is no figure or parameter of {}",
                                         name.text(), entry_.name));
    d.severity = Severity::Warning;
    d.help = suggestion(name.text(), known);
  }

  /// `images/sec` as we write it; a label that is no unit is none.
  static std::string unit_of(std::string_view label) {
    const std::size_t open = label.find('(');
    if (open != label.npos && label.ends_with(')'))
      return std::string(label.substr(open + 1, label.size() - open - 2));
    for (const std::string_view end : {"/sec", "/second", "/s"})
      if (label.ends_with(end) && label.find(' ') == label.npos)
        return std::string(label.substr(0, label.size() - end.size())) + "/s";
    return {};
  }

  void read_derived() {
    const Node derived = find(pairs_, "derived");
    if (!derived) return;
    if (!derived.is_map()) return wrong(derived, "derived", "a mapping of figures");
    for (const auto& [name, body] : merged(derived)) {
      const Pairs pairs = merged(body);
      const Node text = find(pairs, "expr");
      if (!text.is_scalar()) {
        wrong(body, name.text(), "an `expr:`");
        continue;
      }
      judge_keys(pairs, kDerivedKeys, fmt::format("the figure {}", name.text()));
      entry_.derived.push_back({std::string(name.text()), std::string(text.text()), text.at()});
    }
  }

  // --- parameters ---

  using Axis = std::pair<std::string, std::vector<std::string>>;

  /// As the old tool puts it into the command.
  std::string parameter_of(Node node) {
    if (!node.is_scalar()) wrong(node, "a parameter", "a single value");
    return python_text(node);
  }

  void read_parameters() {
    const Node parameters = find(pairs_, "parameters");
    if (!parameters) {
      entry_.variants.push_back({entry_.name, {}});
    } else if (parameters.is_list()) {
      read_rows(parameters);
    } else if (parameters.is_map()) {
      read_axes(parameters);
    } else {
      wrong(parameters, "parameters", "rows, or a mapping of names to values");
    }
  }

  /// The first row has the names, each further one a combination.
  void read_rows(Node rows) {
    std::vector<std::string> names;
    bool first = true;
    for (const Node row : rows) {
      if (!row.is_list()) return wrong(row, "parameters", "rows of values");
      std::vector<std::string> values;
      for (const Node value : row) values.emplace_back(trimmed(parameter_of(value)));
      if (first) {
        names = std::move(values);
      } else if (values.size() != names.size()) {
        good_ = false;
        out_.add(
                FindingId::M017, row.at(),
                fmt::format("{} for {}", counted(static_cast<std::int64_t>(values.size()), "value"),
                            counted(static_cast<std::int64_t>(names.size()), "parameter")))
            .help = "the old tool drops what is too much; give each parameter a value";
      } else {
        BenchmarkVariant variant;
        for (std::size_t i = 0; i < names.size(); ++i)
          variant.parameters.emplace_back(names[i], values[i]);
        add(std::move(variant));
      }
      first = false;
    }
    if (entry_.variants.empty() && good_)
      wrong(rows, "parameters", "a row of names and one of values");
  }

  /// Every combination, the last parameter changing fastest.
  void read_axes(Node parameters) {
    std::vector<Axis> axes;
    std::size_t count = 1;
    for (const auto& [name, value] : merged(parameters)) {
      Axis axis{std::string(name.text()), values_of(value)};
      if (axis.second.empty()) return wrong(value, name.text(), "values with commas between them");
      count *= axis.second.size();
      if (count > kMostVariants) return too_many(value);
      axes.push_back(std::move(axis));
    }
    for (std::size_t number = 0; number < count; ++number) {
      BenchmarkVariant variant;
      std::size_t left = number;
      for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) {
        variant.parameters.emplace_back(axis->first, axis->second[left % axis->second.size()]);
        left /= axis->second.size();
      }
      std::reverse(variant.parameters.begin(), variant.parameters.end());
      add(std::move(variant));
    }
  }

  static std::vector<std::string> values_of(Node value) {
    std::vector<std::string> values;
    if (value.is_list()) {
      for (const Node item : value) values.emplace_back(trimmed(python_text(item)));
      return values;
    }
    const std::string all = python_text(value);
    for (std::string_view rest = all; !rest.empty();) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      values.emplace_back(trimmed(rest.substr(0, comma)));
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    return values;
  }

  void too_many(Node at) {
    good_ = false;
    out_.add(FindingId::K051, at.at(),
             fmt::format("the entry stands for more than {} runs", kMostVariants));
  }

  void add(BenchmarkVariant variant) {
    variant.name = entry_.name;
    for (const auto& [name, value] : variant.parameters)
      variant.name += fmt::format("{}{}={}", variant.name == entry_.name ? ":" : ",", name, value);
    entry_.variants.push_back(std::move(variant));
  }

  const BenchmarkContext& in_;
  Pairs pairs_;
  Diagnostics& out_;
  BenchmarkEntry entry_;
  bool good_ = true;
};

}  // namespace
}  // namespace importing

bool is_benchmark_spec(Node root) {
  bool found = false;
  bool ours = false;
  root.each_pair([&](Node key, Node value) {
    ours = ours || key.text() == "jobs" || key.text() == "presets" || key.text() == "services";
    found = found || (value.is_map() && importing::holds_command(value));
  });
  return found && !ours;
}

namespace {

/// As Python reads it, the last of equal keys wins. Down to the figures of an entry.
void report_twice(Node map, int levels, Diagnostics& out) {
  map.each_pair([&](Node key, Node value) {
    const Node wins = map.find_key(key.text());
    if (key.is_scalar() && key.text() != "<<" && wins && wins.index() != key.index()) {
      Diagnostic& d = out.add(FindingId::Y006, wins.at(),
                              fmt::format("{} stands twice, and the last one wins", key.text()));
      d.notes.push_back({"this one is without effect", key.at()});
      d.help = "remove one of the two";
    } else if (levels > 0 && value.is_map() && !value.is_alias_use()) {
      report_twice(value, levels - 1, out);
    }
  });
}

}  // namespace

std::vector<BenchmarkEntry> read_benchmarks(const BenchmarkContext& in, Node root, Diagnostics& out,
                                            const std::function<bool(std::string_view)>& wanted) {
  std::vector<BenchmarkEntry> all;
  constexpr int kLevels = 3;  // entry, data, figure
  report_twice(root, kLevels, out);
  root.each_pair([&](Node name, Node body) {
    if (root.find_key(name.text()).index() != name.index()) return;
    // What several entries have in common stands under such a name.
    const bool common = name.text().find("options") != std::string_view::npos;
    if (common || !body.is_map()) return;
    const bool starts = importing::holds_command(body);
    if (!starts && importing::is_taken_up(body)) return;
    if (wanted && !wanted(name.text())) return;
    if (!starts) return importing::report_no_command(name, body, out);
    if (auto entry = importing::EntryReader(in, name, body, out).run(true))
      all.push_back(std::move(*entry));
  });
  return all;
}

std::optional<BenchmarkEntry> read_benchmark(const BenchmarkContext& in, Node key, Node body,
                                             Diagnostics& out) {
  return importing::EntryReader(in, key, body, out).run(false);
}

}  // namespace ipucnn
