// What is wrong with an entry of a benchmark specification before it has run.
#include "import/benchmark_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/arithmetic.h"
#include "base/line_part.h"
#include "base/regex.h"
#include "base/suggest.h"
#include "base/text.h"
#include "import/shell_words.h"
#include "import/yaml_scalar.h"
#include "ipucnn/app_reader.h"
#include "ipucnn/file_schema.h"

namespace ipucnn::importing {
namespace {

class BenchmarkCheck {
 public:
  BenchmarkCheck(const BenchmarkContext& in, BenchmarkEntry& entry,
                 const std::vector<std::pair<Node, Node>>& pairs, Diagnostics& out)
      : in_(in),
        places_(in.sources, entry.command.defined_at().source),
        entry_(entry),
        pairs_(pairs),
        out_(out),
        command_(scalar_text(places_, entry.command)) {}

  bool run() {
    for (const BenchmarkMetric& metric : entry_.metrics) check_pattern(metric);
    for (const BenchmarkDerived& derived : entry_.derived) check_derived(derived);
    check_parameters();
    check_expected();
    check_name();
    return good_;
  }

 private:
  // --- patterns ---

  void check_pattern(const BenchmarkMetric& metric) {
    RegexFault fault;
    const auto regex = Regex::compile(metric.expression, fault);
    if (regex == nullptr) {
      good_ = false;
      out_.add(FindingId::M010, part_of(metric, fault.at, fault.size),
               fmt::format("the pattern of {} cannot be used: {}", metric.name, fault.says))
          .help = fault.help;
      return;
    }
    if (is_always_empty(metric.expression)) {
      good_ = false;
      out_.add(
              FindingId::M013, metric.expression_node.at(),
              fmt::format("the pattern of {} finds an empty text, which is no number", metric.name))
          .help = "write what stands behind the value, or (\\S+) for all of it";
      return;
    }
    if (const std::size_t at = stray_quote(metric.expression); at != std::string::npos) {
      out_.add(FindingId::M011, part_of(metric, at, 1),
               fmt::format("the pattern of {} ends in a quote that it does not begin with",
                           metric.name))
          .help = "take it away, unless the log has one there";
      return;
    }
    check_against_log(metric, *regex);
  }

  /// The place of a part of the expression, where its spelling in the file is the same.
  Span part_of(const BenchmarkMetric& metric, std::size_t at, std::size_t size) const {
    const Span whole = metric.expression_node.at();
    const std::string_view shown = line_part(in_.sources, whole).at;
    const std::size_t begin = shown.find(metric.expression);
    if (begin == shown.npos) return whole;
    Span part = whole;
    part.column += static_cast<std::uint32_t>(begin + at);
    part.length = static_cast<std::uint32_t>(std::max<std::size_t>(1, size));
    return part;
  }

  /// A group at the end that takes as little as it can takes nothing.
  static bool is_always_empty(std::string_view expression) {
    for (const std::string_view lazy : {"(.*?)", "([^ ]*?)", "(\\S*?)", "(\\d*?)"})
      if (expression.ends_with(lazy)) return true;
    return expression.ends_with("()");
  }

  static std::size_t stray_quote(std::string_view expression) {
    if (expression.size() < 2) return std::string::npos;
    const char last = expression.back();
    const bool quote = last == '"' || last == '\'' || last == '`';
    const auto count = std::count(expression.begin(), expression.end(), last);
    return quote && count % 2 == 1 && expression[expression.size() - 2] != '\\'
               ? expression.size() - 1
               : std::string::npos;
  }

  /// What the script is known to print holds no line that it finds.
  void check_against_log(const BenchmarkMetric& metric, const Regex& regex) {
    for (const std::string& line : log_lines())
      if (regex.find(line)) return;
    if (log_lines().empty() || metric.expression.find("MLLOG") != std::string::npos) return;
    out_.add(FindingId::M012, metric.expression_node.at(),
             fmt::format("the pattern of {} finds nothing in the lines that {} is known to print",
                         metric.name, application_))
        .help = "parentheses and dots that are meant as they stand need a backslash";
  }

  /// A line of each figure of the application that the command is taken for.
  const std::vector<std::string>& log_lines() {
    if (looked_) return lines_;
    looked_ = true;
    entry_.first = first_command(in_, entry_);
    application_ = entry_.first->application;
    if (application_.empty()) return lines_;
    Diagnostics unsaid;
    const Entry found = in_.catalog.find_application(parse_app_id(application_));
    schema_ = found ? AppSchema::load(in_.catalog, found, unsaid) : std::nullopt;
    if (!schema_) return lines_;
    schema_->node().find("metrics").each_pair([&](Node, Node body) {
      const std::string text(body.find_text("text").value_or(""));
      if (text.empty()) return;
      std::string line(body.find_text("line").value_or(""));
      if (!line.empty()) line += " ";
      add_lines(line + text);
    });
    add_texts(schema_->node().find("rehearsal"));
    return lines_;
  }

  /// Every text of what the stand-ins of the scripts write: it has the lines whole.
  void add_texts(Node node) {
    if (node.is_scalar()) return add_lines(node.text());
    if (node.is_list())
      for (const Node item : node) add_texts(item);
    node.each_pair([&](Node, Node value) { add_texts(value); });
  }

  /// The lines of a text, with values of several kinds for what is in braces; doubled ones stand
  /// for themselves.
  void add_lines(std::string_view text) {
    if (text.find('{') == text.npos) return;
    for (const std::string_view value : {"12.5", " 12.5", "12", " 12"}) {
      std::string filled;
      for (std::size_t i = 0; i < text.size(); ++i) {
        const bool brace = text[i] == '{' || text[i] == '}';
        if (brace && text.substr(i + 1, 1) == text.substr(i, 1))
          ++i;
        else if (brace) {
          i = std::min(text.find('}', i), text.size());
          filled += value;
          continue;
        }
        filled += text[i];
      }
      for (std::size_t at = 0; at <= filled.size();) {
        const std::size_t end = std::min(filled.find('\n', at), filled.size());
        lines_.push_back(filled.substr(at, end - at));
        at = end + 1;
      }
    }
  }

  // --- derived figures ---

  void check_derived(const BenchmarkDerived& derived) {
    ArithmeticFault fault;
    const auto arithmetic = Arithmetic::parse(derived.expression, fault);
    if (!arithmetic) {
      good_ = false;
      out_.add(FindingId::M018, derived.at,
               fmt::format("the expression of {} cannot be worked out: {}", derived.name,
                           fault.says))
          .help = "numbers, names, + - * / and parentheses are known";
      return;
    }
    for (const std::string& name : arithmetic->names()) {
      if (is_figure(name) || is_parameter(name) || is_derived_before(name, derived)) continue;
      good_ = false;
      out_.add(FindingId::M018, derived.at,
               fmt::format("the expression of {} speaks of {}, which is neither a figure nor a "
                           "parameter of the entry",
                           derived.name, name));
    }
  }

  // --- bounds ---

  void check_expected() {
    if (!entry_.expect) return;
    good_ = check_field(in_.catalog, *find_field("job", "expect"), entry_.expect, out_) && good_;
    entry_.expect.each_pair([&](Node name, Node) { check_expected(name); });
  }

  /// A figure of the entry, or of the application, or of `:::MLLOG` lines, which any may print.
  void check_expected(Node name) {
    std::vector<std::string_view> known;
    for (const BenchmarkMetric& metric : entry_.metrics) known.push_back(metric.name);
    for (const BenchmarkDerived& derived : entry_.derived) known.push_back(derived.name);
    static_cast<void>(log_lines());
    if (schema_)
      schema_->node().find("metrics").each_pair(
          [&](Node own, Node) { known.push_back(own.text()); });
    if (std::find(known.begin(), known.end(), name.text()) != known.end() ||
        name.text().starts_with("mlperf_") || (name.is_plain() && name.text() == "<<"))
      return;
    good_ = false;
    out_.add(FindingId::Y010, name.at(),
             fmt::format("expect names {}, which is no figure of {}", name.text(), entry_.name))
        .help = suggestion(name.text(), known);
  }

  bool is_figure(std::string_view name) const {
    return std::any_of(entry_.metrics.begin(), entry_.metrics.end(),
                       [&](const BenchmarkMetric& metric) { return metric.name == name; });
  }
  /// Each is worked out before the next.
  bool is_derived_before(std::string_view name, const BenchmarkDerived& derived) const {
    for (const BenchmarkDerived& other : entry_.derived) {
      if (&other == &derived) return false;
      if (other.name == name) return true;
    }
    return false;
  }
  bool is_parameter(std::string_view name) const {
    const auto& parameters = entry_.variants.front().parameters;
    return std::any_of(parameters.begin(), parameters.end(),
                       [&](const auto& parameter) { return parameter.first == name; });
  }

  // --- parameters ---

  void check_parameters() {
    const std::string_view text = command_.text;
    std::vector<std::string> used;
    for (std::size_t open = text.find('{'); open != text.npos; open = text.find('{', open + 1)) {
      if (open > 0 && (text[open - 1] == '$' || text[open - 1] == '{')) continue;
      const std::size_t close = text.find('}', open);
      if (close == text.npos) break;
      const std::string_view name = text.substr(open + 1, close - open - 1);
      if (!is_variable_name(name)) continue;
      used.emplace_back(name);
      if (is_parameter(name)) continue;
      good_ = false;
      out_.add(FindingId::M016, places_.span(command_.from[open], command_.from[close] + 1),
               fmt::format("{} is no parameter of the entry", name))
          .help = "name its values under `parameters:`; {{ and }} are braces that are meant";
    }
    for (const auto& [name, value] : entry_.variants.front().parameters)
      if (std::find(used.begin(), used.end(), name) == used.end() && !is_derived_from(name))
        out_.add(FindingId::M015, parameter_at(name),
                 fmt::format("the command does not use the parameter {}, so its runs are the same",
                             name))
            .help = fmt::format("write {{{}}} where its value belongs, or take it away", name);
  }

  bool is_derived_from(const std::string& name) const {
    return std::any_of(entry_.derived.begin(), entry_.derived.end(), [&](const auto& derived) {
      ArithmeticFault unsaid;
      const auto arithmetic = Arithmetic::parse(derived.expression, unsaid);
      const auto names = arithmetic ? arithmetic->names() : std::vector<std::string>();
      return std::find(names.begin(), names.end(), name) != names.end();
    });
  }

  Span parameter_at(std::string_view name) const {
    for (const auto& [key, value] : pairs_) {
      if (key.text() != "parameters") continue;
      if (const Node own = value.find_key(name)) return own.at();
      if (value.is_list())
        for (const Node title : *value.begin())
          if (title.text() == name) return title.at();
      return key.at();
    }
    return entry_.at;
  }

  // --- its name ---

  /// The old tool takes an entry for one that needs no data set by its name alone.
  void check_name() {
    const auto holds = [](std::string_view text, std::string_view part) {
      return text.find(part) != text.npos;
    };
    const std::string_view name = entry_.name;
    const std::string_view part = holds(name, "synth") ? "synth" : "gen";
    if (!holds(name, part)) return;
    std::string text = to_lower(command_.text);
    for (const BenchmarkVariant& variant : entry_.variants)
      for (const auto& parameter : variant.parameters) text += " " + to_lower(parameter.second);
    bool says_so = holds(text, "generated") || holds(text, "synth") || holds(text, "random");
    for (const auto& [key, value] : pairs_)
      says_so = says_so || key.text() == "generated" || key.text() == "synthetic";
    if (says_so) return;
    out_.add(FindingId::M014, entry_.at,
             fmt::format("examples_utils takes {} for a run on generated data, because its name "
                         "holds '{}', and does not ask for its data set",
                         name, part))
        .help = "call it otherwise, or write `generated: false` to say that this is known";
  }

  const BenchmarkContext& in_;
  Places places_;
  BenchmarkEntry& entry_;
  const std::vector<std::pair<Node, Node>>& pairs_;
  Diagnostics& out_;
  Located command_;
  bool good_ = true;
  bool looked_ = false;
  std::string application_;
  std::optional<AppSchema> schema_;
  std::vector<std::string> lines_;
};

}  // namespace

bool check_benchmark(const BenchmarkContext& in, BenchmarkEntry& entry,
                     const std::vector<std::pair<Node, Node>>& pairs, Diagnostics& out) {
  return BenchmarkCheck(in, entry, pairs, out).run();
}

}  // namespace ipucnn::importing
