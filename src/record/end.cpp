#include "ipucnn/end.h"

#include <cstring>

namespace ipucnn {
namespace {

template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <typename... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

}  // namespace

std::string_view end_name(const End& end) {
  constexpr std::string_view kNames[] = {"done",      "failed",      "silent",
                                         "timed out", "interrupted", "not started",
                                         "lost",      "cancelled",   "preempted"};
  static_assert(std::size(kNames) == std::variant_size_v<End>);
  return kNames[end.index()];
}

EndFacts facts_of(const End& end) {
  EndFacts facts;
  std::visit(Overloaded{[&](const Done&) { facts.exit_status = 0; },
                        [&](const Failed& failed) {
                          if (const auto* exited = std::get_if<Exited>(&failed.how))
                            facts.exit_status = exited->code;
                          else
                            facts.signal = std::get<Killed>(failed.how).signal;
                          facts.reason = exit_text(failed.how);
                        },
                        [&](const Silent& silent) {
                          facts.exit_status = 0;
                          facts.reason = silent.missing;
                        },
                        [&](const TimedOut& timed_out) {
                          facts.phase = timed_out.phase;
                          const std::string limit = duration_text(timed_out.seconds);
                          if (timed_out.phase == "stall")
                            facts.reason = "it wrote nothing for " + limit;
                          else if (timed_out.phase == kPending)
                            facts.reason = "it waited in the queue for " + limit;
                          else if (timed_out.phase == "run")
                            facts.reason = "it took longer than " + limit;
                          else
                            facts.reason = timed_out.phase + " took longer than " + limit;
                        },
                        [&](const Interrupted& interrupted) {
                          facts.signal = interrupted.signal;
                          facts.reason = std::string("ipucnn got signal ") +
                                         std::to_string(interrupted.signal) + " (" +
                                         ::strsignal(interrupted.signal) + ")";
                        },
                        [&](const NotStarted& not_started) { facts.reason = not_started.why; },
                        [&](const Lost& lost) { facts.reason = lost.why; }, [](const Cancelled&) {},
                        [](const Preempted&) {}},
             end);
  return facts;
}

std::string duration_text(std::int64_t seconds) {
  constexpr std::int64_t kMinute = 60;
  constexpr std::int64_t kHour = 3600;
  std::string text;
  const auto add = [&](std::int64_t count, const char* unit) {
    if (count > 0 || (text.empty() && *unit == 's'))
      text += (text.empty() ? "" : " ") + std::to_string(count) + " " + unit;
  };
  // Below two minutes a round number of seconds is easier to read than its parts.
  if (seconds < 2 * kMinute && seconds % kMinute != 0) {
    add(seconds, "s");
    return text;
  }
  add(seconds / kHour, "h");
  add(seconds / kMinute % kMinute, "m");
  add(seconds % kMinute, "s");
  return text;
}

std::string exit_text(const std::variant<Exited, Killed>& how) {
  if (const auto* exited = std::get_if<Exited>(&how))
    return "exit status " + std::to_string(exited->code);
  const int signal = std::get<Killed>(how).signal;
  return "killed by signal " + std::to_string(signal) + " (" + ::strsignal(signal) + ")";
}

}  // namespace ipucnn
