#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace ipucnn {

/// How a process ended: named outcomes, never a code plus a flag.
struct Exited {
  int code;
};
struct Killed {
  int signal;
};
struct NotStarted {
  std::string why;
  bool not_found = false;  ///< there is no such program
};
using Exit = std::variant<Exited, Killed, NotStarted>;

enum class Stream : std::uint8_t { Out, Err };

/// What looks on while a job runs. Every call comes from the thread that runs the job.
struct Observer {
  using Time = std::chrono::steady_clock::time_point;
  virtual ~Observer() = default;
  /// Bytes of a stream as they were read, and when.
  virtual void bytes(Stream stream, std::string_view bytes, Time at) = 0;
  /// When `stop` wants to be asked even if nothing is written; absent: never.
  virtual std::optional<Time> deadline() { return std::nullopt; }
  /// A reason to end the job; empty to go on.
  virtual std::string stop(Time) { return {}; }
};

/// A process as it is started: no shell between us and it, standard input is empty.
struct ProcessSpec {
  std::vector<std::string> argv;
  std::vector<std::pair<std::string, std::string>> env;  ///< set beside what we have
  std::string cwd;                                       ///< empty: ours
};

/// What came of it. `interrupted` is the signal that we were sent and passed on.
struct Ended {
  Exit exit;
  std::optional<int> interrupted;
  std::string stopped;  ///< the observer's reason
};

/// The seam to the system: faked in tests by hand.
struct Processes {
  virtual ~Processes() = default;
  virtual Ended run(const ProcessSpec& spec, Observer& observer) = 0;
};

/// Real processes: own process group; SIGINT, SIGTERM, SIGHUP and SIGQUIT are passed on to it
/// unless we were started with them ignored.
class PosixProcesses final : public Processes {
 public:
  Ended run(const ProcessSpec& spec, Observer& observer) override;
};

/// The program of a process as its own environment and folder find it, which is how a shell would.
/// Absent when there is none that can be executed.
std::optional<std::string> find_program(const ProcessSpec& spec);

/// "exit status 3", "killed by signal 9 (Killed)", or why it was not started.
std::string exit_text(const Exit& exit);

}  // namespace ipucnn
