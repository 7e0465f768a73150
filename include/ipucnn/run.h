#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "ipucnn/end.h"
#include "ipucnn/measure.h"
#include "ipucnn/plan.h"
#include "ipucnn/record.h"

namespace ipucnn {

using Time = std::chrono::steady_clock::time_point;

/// Given from outside, so that a test needs no sleep.
struct Clock {
  virtual ~Clock() = default;
  virtual Time now() = 0;
  virtual std::string utc() = 0;  ///< 2026-11-21T03:38:00Z
};

// --- what starts something ---

/// A step that a backend has taken: text that `adopt` takes back, in another process as well.
struct Submitted {
  std::string text;
  friend bool operator==(const Submitted&, const Submitted&) = default;
};

/// When submitted steps may begin: at once, or when all of these have ended with status 0. If one
/// of them has not, they are cancelled.
struct After {
  std::vector<Submitted> ended_well{};
};

/// What a stream held from an offset on. The bytes stay valid until the backend is called again.
struct Bytes {
  Stream stream = Stream::Out;
  std::int64_t offset = 0;
  std::string_view bytes;
};
/// It waits in a queue; told again when the reason changes, and when it comes back to the queue.
struct Queued {
  std::string why;  ///< as its scheduler puts it; empty: it does not say
};
struct Running {
  std::string where{};  ///< the host of its launcher, where that is not this one
};

struct Event {
  std::size_t job = 0;  ///< index in what was polled
  Time at;
  /// A message is of the backend itself. An Exit is the last event of its job.
  std::variant<Bytes, Queued, Running, SeenMessage, Exit> what;
};

/// The run that steps belong to.
struct RunPlace {
  std::string folder;  ///< from the root; empty: none
  std::chrono::milliseconds grace{
      30'000};                    ///< that a job has to end, when we cannot say it any more
  const JobPlan* plan = nullptr;  ///< valid until the next run begins; a test may have none
};

/// Local processes and schedulers alike. A backend reports facts; what they mean is the runner's.
struct Backend {
  virtual ~Backend() = default;
  /// A scheduler's name, as records have it; empty: steps are processes of ours. A scheduler takes
  /// all steps of a run at once, and they go on without us.
  virtual std::string_view scheduler() const { return {}; }
  /// Whether its jobs themselves write stdout.log and stderr.log into the places of their tries.
  virtual bool writes_logs() const { return false; }
  /// The text for what is about to be submitted as this step, which `adopt` takes as well; it is
  /// kept before, so that nothing is submitted that nobody knows of.
  virtual Submitted intended(const ReadyStep& /*step*/) const { return {}; }
  /// Variables of a plan that it fills in itself, as a scheduler does with the list of hosts.
  virtual std::vector<std::string> kept_variables() const { return {}; }
  /// Tells to which run the steps belong that are submitted next.
  virtual void begin_run(const RunPlace& /*run*/) {}
  /// One for each step. What cannot be started is reported by `poll` as an Exit.
  virtual std::vector<Submitted> submit(std::span<const ReadyStep> steps, const After& after) = 0;
  /// Waits until something happens, at most until the deadline. May return nothing earlier, when a
  /// signal arrived.
  virtual std::vector<Event> poll(std::span<const Submitted> jobs,
                                  std::optional<Time> deadline) = 0;
  /// Passes a signal on to these; SIGKILL ends everything that belongs to them.
  virtual void stop(std::span<const Submitted> jobs, int signal) = 0;
  /// Takes a step over that another process submitted; false when there is nothing of it any more.
  virtual bool adopt(const Submitted& job) = 0;
  /// Nobody will ask of these again.
  virtual void forget(std::span<const Submitted> /*jobs*/) {}
};

/// Signals that we are sent and that are meant for the job.
struct Interrupts {
  virtual ~Interrupts() = default;
  virtual std::optional<int> next() = 0;
  /// Stops this process, as SIGTSTP would have; returns when somebody lets it go on.
  virtual void suspend() {}
};

// --- the runner ---

/// What is known of a metric of which a run printed more than it keeps in memory: samples.csv has
/// all. The mean is that of the instances' means, which is the mean of the samples where all have
/// printed as many; absent where there is none, as lowest and highest are of several instances.
struct LongFigure {
  std::string metric;
  std::string unit;
  std::size_t n = 0;  ///< samples that count
  std::optional<double> mean{}, min{}, max{}, last{};
};

/// What came of a step.
struct StepResult {
  End end;
  std::string place;      ///< folder of the try
  std::string log_error;  ///< why a log is cut off; empty when it is whole
  std::vector<SeenMessage> messages;
  Measurement measured;
  std::vector<SeenPhase> phases{};
  std::optional<std::string> checkpoint{};  ///< that its output told of last, as it was printed
  Time ended{};                             ///< after it more of its output may have been read
  std::vector<LongFigure> long_figures{};   ///< not empty: `measured` does not hold all values
  LineCounts lines{};                       ///< of both streams
};

/// What is told while a run goes on; how it is shown is not the runner's business. Every call comes
/// from the thread that runs.
struct Watcher {
  virtual ~Watcher() = default;
  virtual void run_began(const std::string& /*folder*/) {}
  virtual void step_began(const Step& /*step*/, Time /*at*/) {}
  virtual void phase_began(const std::string& /*phase*/, Time /*at*/) {}
  virtual void bytes(const Bytes& /*bytes*/, const Measurement& /*measured*/, Time /*at*/) {}
  /// Whether bytes of a stream would not have to wait. They come later where they would.
  virtual bool has_room(Stream /*stream*/) { return true; }
  /// Whether some may be left out when there was no room for long; then it is told how many were.
  virtual bool may_skip(Stream /*stream*/) { return false; }
  virtual void skipped(Stream /*stream*/, std::int64_t /*bytes*/) {}
  /// When `tick` wants to be called even if nothing happens; absent: never.
  virtual std::optional<Time> next_tick() { return std::nullopt; }
  virtual void tick(const Measurement& /*measured*/, Time /*at*/) {}
  virtual void log_cut_off(const std::string& /*why*/) {}
  /// Why a step is being ended, and what comes next; for people.
  virtual void stopping(const std::string& /*what*/) {}
  virtual void step_ended(const ReadyStep& /*step*/, const StepResult& /*result*/) {}
};

/// Lines about the run itself, for ipucnn.log.
struct RunLog {
  virtual ~RunLog() = default;
  /// Once the run has a folder. False, with the reason, when the file cannot be made.
  virtual bool open(const std::string& /*path*/, std::string& /*error*/) { return true; }
  virtual void note(std::string_view /*text*/) {}
};

/// What a run uses of the system; a test gives its own.
struct Machine {
  Backend& backend;
  Clock& clock;
  Interrupts& interrupts;
  RunLog& log;
  Writer writer;
};

/// How long things may take, beside what the plan says.
struct RunSettings {
  std::chrono::seconds grace{30};  ///< between a signal and the end of whatever is left
  std::vector<Limit> limits;       ///< in place of the plan's of the same phase
  std::optional<Retry> retry{};    ///< in place of the plan's; `launch`: what could not be started
  bool resume = false;   ///< a further try goes on from the newest checkpoint of those before it
  bool stopped = false;  ///< what is taken over was told to end
};

/// A cause to try again: a failure of any kind. For runs that resume only.
inline constexpr std::string_view kCrash = "crash";

/// What a limit of this plan may name: the phases of its steps in their order, then `run` and
/// `stall`.
std::vector<std::string> limit_names(const JobPlan& plan);
/// What may be tried again: its messages, ends of a step, `launch` and `crash`.
std::vector<std::string> retry_names(const JobPlan& plan);

struct RunInput {
  const FilledPlan& plan;
  std::string parent;              ///< folder that holds the runs
  std::vector<NamedText> files{};  ///< to be kept beside the logs, plan.json among them
  RunSettings settings{};
  std::optional<std::string> name{};  ///< by which it is found again; also part of its folder's
  std::optional<std::string> notes{};
  RunContext context{};
  std::size_t first_step = 0;  ///< those before it are left out
  std::optional<RunOrigin> origin{};
};

struct RunResult {
  std::string error;  ///< why it could not go on, as a folder that cannot be written; else empty
  std::vector<StepResult> steps{};  ///< those that were begun; the last one may not be Done
};

/// The phase that a line begins, at least that of number `from`; their count when it begins none.
std::size_t next_phase(const std::vector<PhasePattern>& phases, std::size_t from,
                       std::string_view line);

/// Makes the run folder and runs the steps one after the other, up to the first that is not Done.
RunResult run_plan(const RunInput& in, Machine& machine, Watcher& watcher);

/// A run that is made up to the submission of its first step, as its record says.
struct PreparedRun {
  std::string folder;
  std::string place;  ///< of the first try
};
/// Makes it for a scheduler, to whom somebody else submits it; it goes on by `take_over_run`.
std::optional<PreparedRun> prepare_run(const RunInput& in, Machine& machine, std::string& error);

/// Goes on with a run that a scheduler has and whose ipucnn is gone, up to its end: `parent` is its
/// folder, and nothing is submitted or tried again.
RunResult take_over_run(const RunInput& in, Machine& machine, Watcher& watcher);

// --- processes of this host ---

/// A process as it is started: no shell between us and it, standard input is empty.
struct ProcessSpec {
  std::vector<std::string> argv;
  std::vector<std::pair<std::string, std::string>> env;  ///< set beside what we have
  std::string cwd;                                       ///< empty: ours
  /// Of what we have, left out: names, and beginnings of names that end in `_`.
  std::vector<std::string> without{};
};
/// Run folders that are not known yet are empty texts.
ProcessSpec process_of(const Command& command);

/// The program of a process as its own environment and folder find it, which is how a shell would.
/// Absent when there is none that can be executed.
std::optional<std::string> find_program(const ProcessSpec& spec);

}  // namespace ipucnn
