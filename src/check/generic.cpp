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
  DescriptorRule(const RuleSpec& rule, RuleFacts& facts, Diagnostics& out)
      : rule_(rule), facts_(facts), out_(out) {}

  void run() {
    if (!concerns_this_run() || all_hold(rule_.when, facts_) != Holds::Yes) return;
    if (rule_.needs) {
      missing();
    } else if (rule_.needs_any) {
      none_of();
    } else if (rule_.excludes) {
      together();
    } else if (rule_.used_when) {
      unused();
    } else {
      finish(say(FindingId::K062, subject(), {}));
    }
  }

 private:
  bool concerns_this_run() {
    const PurposeSpec& purpose = facts_.input().in.purpose;
    if (rule_.scripts && !rule_.scripts.contains(purpose.script)) return false;
    const auto part = rule_.node.find_text("part");
    if (part && ends_before(*part, facts_)) return false;
    if (rule_.option.empty()) return true;
    const Fact& fact = facts_.find(rule_.option);
    return fact.known() && !(fact.is_switch && fact.text != "true");
  }

  std::string subject() { return with_value(subject_name(), facts_); }

  std::string_view first_of_when() {
    return rule_.when.size() > 0 ? (*rule_.when.begin()).text() : std::string_view();
  }

  void missing() {
    const FailedTest failed = first_failure(rule_.needs, facts_);
    if (!failed.name) return;
    const std::string_view name = failed.name.text();
    if (name == rule_.option) {
      facts_.refuse(name);
      Diagnostic& d =
          say(FindingId::N001, fmt::format("{} {}", subject(), failure(name, failed.test, facts_)),
              name);
      d.help = use(legal_values(name, failed.test, facts_));
      return finish(d);
    }
    const std::string what = wanted(name, failed.test, facts_);
    Diagnostic& d =
        say(FindingId::K060,
            fmt::format("{} needs {}, and {}", subject(), what, state_text(name, facts_)), name);
    d.help = fmt::format("set {}, or leave {} out", what, subject_name());
    finish(d);
  }

  void none_of() {
    std::string names;
    for (const Node name : rule_.needs_any) {
      if (facts_.find(name.text()).state != Fact::State::Absent) return;
      names += (names.empty() ? "" : " or ") + std::string(name.text());
    }
    Diagnostic& d =
        say(FindingId::K060, fmt::format("{} needs {}, and none is set", subject(), names), {});
    d.help = "set " + names;
    finish(d);
  }

  void together() {
    if (all_hold(rule_.excludes, facts_) != Holds::Yes) return;
    const std::string_view other = (*rule_.excludes.begin()).text();
    Diagnostic& d = say(FindingId::K061,
                        fmt::format("{} excludes {}", subject(), with_value(other, facts_)), other);
    d.help = fmt::format("leave out {} or {}", subject_name(), other);
    finish(d);
  }

  void unused() {
    if (!facts_.find(rule_.option).given) return;
    const FailedTest failed = first_failure(rule_.used_when, facts_);
    if (!failed.name) return;
    const std::string_view name = failed.name.text();
    const std::string state = state_text(name, facts_);
    Diagnostic& d =
        say(FindingId::K062,
            fmt::format("{} has no effect: {} {}", subject(), name, state.substr(3)), name);
    d.help = fmt::format("it counts with {}", wanted(name, failed.test, facts_));
    finish(d);
  }

  static std::string use(const std::string& values) {
    return values.empty() ? std::string() : "use " + values;
  }

  std::string_view subject_name() { return rule_.option.empty() ? first_of_when() : rule_.option; }

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
  Diagnostic& say(FindingId usual, std::string message, std::string_view other) {
    const FindingId id = id_of(rule_.node.find_text("id").value_or("")).value_or(usual);
    if (const auto says = rule_.node.find_text("says")) message = filled(*says);
    if (const auto effect = rule_.node.find_text("effect"))
      message += fmt::format(": {}", filled(*effect));
    const std::string_view name = subject_name();
    const Span at = facts_.place({name, other});
    Diagnostic& d = out_.add(id, at, std::move(message));
    if (!other.empty() && other != name) {
      const Fact& fact = facts_.find(other);
      if (fact.known() && is_set(fact.kind) && fact.at != at)
        d.notes.push_back({fmt::format("{} is set here", other), fact.at});
    }
    return d;
  }

  /// The rule's own remedy, and what is to be thought of its evidence.
  void finish(Diagnostic& d) {
    if (const auto help = rule_.node.find_text("help")) d.help = filled(*help);
    const auto evidence = rule_.node.find_text("evidence").value_or("code");
    if (evidence == "code") return;
    if (d.severity == Severity::Error) d.severity = Severity::Warning;
    d.notes.push_back({evidence == "documented" ? "the documents say so; no code checks it"
                                                : "this is inferred, nothing documents it",
                       {}});
  }

  const RuleSpec& rule_;
  RuleFacts& facts_;
  Diagnostics& out_;
};

}  // namespace

void descriptor_rules(const RuleInput& in, Diagnostics& out) {
  if (!in.in.purpose.node.find_bool("figures", true)) return;
  for (const RuleSpec& rule : in.in.schema.rules()) DescriptorRule(rule, in.facts, out).run();
}

}  // namespace ipucnn::checking
