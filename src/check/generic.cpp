// The rules that descriptors state as data: relations between options, and ranges of numbers.
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "check/rules.h"

namespace ipucnn::checking {
namespace {

std::optional<FindingId> id_of(std::string_view text) {
#define FINDING(id, name, severity, on, allowance, summary) \
  if (text == #id) return FindingId::id;
#include "ipucnn/findings.def"
#undef FINDING
  return std::nullopt;
}

/// One entry of `rules:`.
class DescriptorRule {
 public:
  DescriptorRule(const RuleRecord& rule, RuleFacts& facts, Diagnostics& out)
      : rule_(rule),
        schema_(facts.input().in.schema),
        table_(schema_.table()),
        facts_(facts),
        out_(out) {}

  void run() {
    if (!concerns_this_run() || all_hold(schema_.condition(rule_.when), facts_) != Holds::Yes)
      return;
    if (rule_.needs != kNone) {
      missing();
    } else if (rule_.has_needs_any) {
      none_of();
    } else if (rule_.excludes != kNone) {
      together();
    } else if (rule_.used_when != kNone) {
      unused();
    } else {
      finish(say(FindingId::K062, subject(), std::string_view()));
    }
  }

 private:
  bool concerns_this_run() {
    if (rule_.has_scripts && !takes_script()) return false;
    if (has_option()) {
      const Fact& fact = facts_.find(table_, rule_.option);
      if (!fact.known() || (fact.is_switch && fact.text != "true")) return false;
    }
    return rule_.ended_by.count == 0 || !is_one_on(rule_.ended_by, facts_);
  }

  bool takes_script() const {
    const std::uint32_t script = facts_.effective().script().number;
    const auto numbers = table_.script_numbers.subspan(rule_.scripts.first, rule_.scripts.count);
    return std::find(numbers.begin(), numbers.end(), script) != numbers.end();
  }

  bool has_option() const { return static_cast<bool>(rule_.option.node); }
  FactName option() const { return {table_.text(rule_.option.node), rule_.option.number}; }
  Node node() const { return table_.node(rule_.node); }
  /// The name that a condition tests first.
  FactName first_of(std::uint32_t condition) const {
    const Node map = condition == kNone ? Node() : table_.node(table_.conditions[condition].node);
    return map.size() > 0 ? (*map.begin()).text() : std::string_view();
  }

  std::string subject() { return with_value(subject_name(), facts_); }

  void missing() {
    const FailedTest failed = first_failure(schema_.condition(rule_.needs), facts_);
    if (!failed) return;
    const FactName name = failed.name();
    if (has_option() && name.text == option().text) {
      facts_.refuse(name);
      Diagnostic& d =
          say(FindingId::N001, fmt::format("{} {}", subject(), failure(failed, facts_)), name);
      d.help = use(legal_values(failed, facts_));
      return finish(d);
    }
    const std::string what = wanted(failed, facts_);
    Diagnostic& d =
        say(FindingId::K060,
            fmt::format("{} needs {}, and {}", subject(), what, state_text(name, facts_)), name);
    d.help = fmt::format("set {}, or leave {} out", what, subject_name().text);
    finish(d);
  }

  void none_of() {
    std::string names;
    for (const NameRecord& name :
         table_.names.subspan(rule_.needs_any.first, rule_.needs_any.count)) {
      const FactName one(table_.text(name.node), name.number);
      if (facts_.find(one).state != Fact::State::Absent) return;
      names += (names.empty() ? "" : " or ") + std::string(one.text);
    }
    Diagnostic& d =
        say(FindingId::K060, fmt::format("{} needs {}, and none is set", subject(), names),
            std::string_view());
    d.help = "set " + names;
    finish(d);
  }

  void together() {
    if (all_hold(schema_.condition(rule_.excludes), facts_) != Holds::Yes) return;
    const FactName other = first_of(rule_.excludes);
    Diagnostic& d = say(FindingId::K061,
                        fmt::format("{} excludes {}", subject(), with_value(other, facts_)), other);
    d.help = fmt::format("leave out {} or {}", subject_name().text, other.text);
    finish(d);
  }

  void unused() {
    if (!facts_.find(option()).given) return;
    const FailedTest failed = first_failure(schema_.condition(rule_.used_when), facts_);
    if (!failed) return;
    const FactName name = failed.name();
    const std::string state = state_text(name, facts_);
    Diagnostic& d =
        say(FindingId::K062,
            fmt::format("{} has no effect: {} {}", subject(), name.text, state.substr(3)), name);
    d.help = fmt::format("it counts with {}", wanted(failed, facts_));
    finish(d);
  }

  static std::string use(const std::string& values) {
    return values.empty() ? std::string() : "use " + values;
  }

  FactName subject_name() const { return has_option() ? option() : first_of(rule_.when); }

  /// The rule's own words, with the values of the names in braces.
  std::string filled(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t open = std::min(text.find('{', at), text.size());
      const std::size_t close = text.find('}', open);
      out += text.substr(at, open - at);
      if (close == std::string_view::npos) return out += text.substr(open);
      out += facts_.find(text.substr(open + 1, close - open - 1)).text;
      at = close + 1;
    }
    return out;
  }

  /// The finding with the rule's own id and consequence; a note says where `other` comes from.
  Diagnostic& say(FindingId usual, std::string message, FactName other) {
    const FindingId id = id_of(node().find_text("id").value_or("")).value_or(usual);
    if (const auto says = node().find_text("says")) message = filled(*says);
    if (const auto effect = node().find_text("effect"))
      message += fmt::format(": {}", filled(*effect));
    const FactName name = subject_name();
    const Span at = facts_.place({name, other});
    Diagnostic& d = out_.add(id, at, std::move(message));
    if (!other.text.empty() && other.text != name.text) {
      const Fact& fact = facts_.find(other);
      if (fact.known() && is_set(fact.kind) && fact.at != at)
        d.notes.push_back({fmt::format("{} is set here", other.text), fact.at});
    }
    return d;
  }

  /// The rule's own remedy, and what is to be thought of its evidence.
  void finish(Diagnostic& d) {
    if (const auto help = node().find_text("help")) d.help = filled(*help);
    const auto evidence = node().find_text("evidence").value_or("code");
    if (evidence == "code") return;
    if (d.severity == Severity::Error) d.severity = Severity::Warning;
    d.notes.push_back({evidence == "documented" ? "the documents say so; no code checks it"
                                                : "this is inferred, nothing documents it",
                       {}});
  }

  const RuleRecord& rule_;
  const AppSchema& schema_;
  const AppTable& table_;
  RuleFacts& facts_;
  Diagnostics& out_;
};

}  // namespace

void descriptor_rules(const RuleInput& in, Diagnostics& out) {
  if (!in.in.purpose.node.find_bool("figures", true)) return;
  for (const RuleRecord& rule : in.in.schema.table().rules)
    DescriptorRule(rule, in.facts, out).run();
}

}  // namespace ipucnn::checking
