#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace ipucnn {

// How a process ended, as whoever ran it saw it.
struct Exited {
  int code = 0;
};
struct Killed {
  int signal = 0;
};
struct NotStarted {
  std::string why;
  bool not_found = false;  ///< there is no such program
};
/// Nobody saw its end.
struct Lost {
  std::string why;
};
/// Taken out of a queue, or not begun because what it waited for did not end well.
struct Cancelled {};
/// Its scheduler took the machine away.
struct Preempted {};
/// Its scheduler ended it at the limit that it has for the whole job.
struct PastLimit {
  std::int64_t seconds = 0;
};
using Exit = std::variant<Exited, Killed, NotStarted, Lost, Cancelled, Preempted, PastLimit>;

// How a step ended: its exit judged by proof and limits. One of these is the fact, and only it has
// fields.
struct Done {};
struct Failed {
  std::variant<Exited, Killed> how;
};
/// It ended well and did not print what proves that it did its work.
struct Silent {
  std::string missing;  ///< for people: "no throughput was printed"
};
struct TimedOut {
  std::string phase;         ///< whose limit was passed; `run`: the whole step; `stall`: no output;
                             ///< `pending`: it waited in a queue
  std::int64_t seconds = 0;  ///< the limit
};
/// The limit of the time in a queue, beside those of phases.
inline constexpr std::string_view kPending = "pending";
struct Interrupted {
  int signal = 0;  ///< that we were sent
};
using End = std::variant<Done, Failed, Silent, TimedOut, Interrupted, NotStarted, Lost, Cancelled,
                         Preempted>;

/// One lower-case word or two, as records have it: "done", "timed out".
std::string_view end_name(const End& end);

/// The facts of an end as a record holds them; each absent where it has no meaning.
struct EndFacts {
  std::optional<int> exit_status;
  std::optional<int> signal;
  std::optional<std::string> phase;
  std::optional<std::string> reason;  ///< for people
};
EndFacts facts_of(const End& end);

/// "90 s", "15 m", "1 h 30 m": as exactly as it was given.
std::string duration_text(std::int64_t seconds);

/// "exit status 3", "killed by signal 9 (Killed)".
std::string exit_text(const std::variant<Exited, Killed>& how);

}  // namespace ipucnn
