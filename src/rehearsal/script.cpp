#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <thread>

#include "base/text.h"
#include "ipucnn/rehearsal.h"
#include "rehearsal/checkpoint_files.h"
#include "rehearsal/csv_files.h"
#include "rehearsal/played_options.h"
#include "rehearsal/schedule.h"
#include "rehearsal/template.h"

namespace ipucnn {
namespace {

using rehearsing::Fields;

constexpr std::string_view kMark = " (REHEARSAL)";
/// Open MPI 4.1.4 loses bytes when tagged lines shorter than about 14 bytes come in a burst
/// (measured), so none is.
constexpr std::size_t kShortestLine = 15;

/// Samples a second of one replica. Nobody's machine: only the shape of a series is played.
constexpr double kInventedSpeed = 1000;
/// What the first value, which contains what is done once, reaches of it.
constexpr double kFirstValue = 0.6;

/// From -1 to 1, always the same for the same numbers.
double noise(std::int64_t a, std::int64_t b) {
  std::uint64_t x = static_cast<std::uint64_t>(a) * 0x9E3779B97F4A7C15ULL +
                    static_cast<std::uint64_t>(b) * 0xBF58476D1CE4E5B9ULL + 1;
  x ^= x >> 31U;
  x *= 0x94D049BB133111EBULL;
  x ^= x >> 29U;
  constexpr double kHalfRange = 1 << 20;
  return static_cast<double>(x % (1U << 21U)) / kHalfRange - 1;
}

class Player : rehearsing::PlayedOptions {
 public:
  explicit Player(const PlayedScript& script)
      : PlayedOptions(script), csv_files_(script.parts.find("csv_files")) {}

  int run() {
    const std::string_view plays =
        evaluates() ? "evaluation" : parts_.find_text("plays").value_or("nothing");
    prepare();
    write_all("head");
    const Node proof = instead();
    if (status_ == 0 && proof) {
      pause(share(0.5));
      write_line(proof.find_text("text").value_or(""));
    } else if (status_ == 0 && plays == "training") {
      if (!is_off("trains_with")) train();
      if (parts_.find_text("validates_with") && !is_off("validates_with") && status_ == 0)
        evaluate();
    } else if (status_ == 0 && plays == "evaluation") {
      evaluate();
    }
    write_all("tail");
    write_rows("tail");
    return status_;
  }

 private:
  using Seconds = std::chrono::duration<double>;

  void prepare() {
    const std::int64_t micro_batch = whole("micro_batch", 1);
    replicas_ = script_.replicas;
    const std::int64_t everywhere = replicas_ * script_.instances;
    accumulation_ = whole("accumulation", 1);
    // A global batch is divided as Python rounds: half to even.
    if (const std::int64_t asked = whole("global_batch", 0); asked > 0)
      accumulation_ =
          std::llrint(static_cast<double>(asked) / static_cast<double>(micro_batch * everywhere));
    const std::int64_t accumulation = accumulation_;
    // The model is not split in an evaluation, so its shards count as replicas.
    const std::int64_t batch = evaluates() ? micro_batch * whole("shards", 1) * everywhere
                                           : micro_batch * accumulation * everywhere;
    global_batch_ = batch;
    fields_["global_batch"] = batch;
    fields_["micro_batch"] = micro_batch;
    fields_["accumulation"] = accumulation;
    fields_["replicas"] = replicas_;
    fields_["instances"] = script_.instances;
    fields_["instance"] = script_.instance;
    fields_["options"] = script_.options;
    fields_["command_line"] = script_.command_line;
    fields_["script"] = std::string(script_.name);
    const std::string name = filled(parts_.find_text("name").value_or("rehearsal"));
    fields_["name"] = name;
    if (const auto epochs = option_of("epochs")) fields_["epochs"] = *epochs;
    // What goes on with a run writes into its folder.
    const auto own = option_of("output_dir");
    const auto before = trained_before();
    fields_["folder"] = own      ? *own
                        : before ? *before
                                 : option_of("output_parent").value_or("") + name;
  }

  /// The entry of the proof whose condition holds: the script then does something else.
  Node instead() const {
    if (!script_.proof.is_list()) return {};
    for (const Node entry : script_.proof)
      if (condition_holds(entry.find("when"), facts())) return entry;
    return {};
  }

  /// Options, and what is known of the process itself.
  Facts facts() const {
    return [this](std::string_view key) -> std::optional<FactValue> {
      if (key == "under_poprun")
        fact_ = script_.under_poprun ? "true" : "false";
      else if (key == "instance")
        fact_ = std::to_string(script_.instance);
      else
        fact_ = script_.value(key);
      if (!fact_) return std::nullopt;
      // A word of Python's is a boolean's, as the options are given here.
      const bool is_bool = *fact_ == "true" || *fact_ == "false";
      return FactValue(*fact_, is_bool ? ScalarType::Bool : ScalarType::String);
    };
  }

  void train() {
    const auto schedule = parts_.find_text("call") == "divisor"
                              ? rehearsing::schedule_by_divisors(length(global_batch_))
                              : rehearsing::schedule_of(length(global_batch_));
    if (!schedule) {
      fail("ZeroDivisionError: integer division or modulo by zero");
      return;
    }
    const std::int64_t done = std::min(calls_before(*schedule), schedule->calls - 1);
    if (schedule->updates_per_checkpoint > 0 && done == 0) {
      fields_["iteration"] = std::int64_t{0};
      write_line(parts_.find_text("saved_first").value_or(""), 0);
    }
    const double compiling = share(0.15);
    pause(compiling);
    fields_["compile_time"] = 412.0 + noise(script_.instance, 0);
    write_line(parts_.find_text("compiled").value_or(""));
    const double pause_of_call = share(0.85) / static_cast<double>(schedule->calls);
    double total_time = 0;
    for (std::int64_t call = done + 1; call <= schedule->calls && status_ == 0; ++call) {
      pause(pause_of_call);
      total_time += time_of(call) * static_cast<double>(schedule->updates_per_call);
      speeds_.push_back(static_cast<double>(global_batch_) / time_of(call));
      if (schedule->prints(call)) progress(*schedule, call, total_time);
      if (!schedule->saves(call)) continue;
      fields_["iteration"] = call * schedule->updates_per_call;
      fields_["save_time"] = 1.3 + noise(call, 1) / 10;
      write_line(parts_.find_text("saved").value_or(""), 0);
    }
    result();
  }

  /// The folder of a training that this one goes on with.
  std::optional<std::string> trained_before() const {
    const auto option = script_.checkpoints.find_text("restore");
    auto folder = option && !evaluates() ? script_.value(*option) : std::nullopt;
    return folder && folder->empty() ? std::nullopt : folder;
  }

  /// Calls that its newest checkpoint holds.
  std::int64_t calls_before(const rehearsing::TrainingSchedule& schedule) const {
    const auto folder = trained_before();
    if (!folder) return 0;
    const auto found = rehearsing::checkpoints_in(script_.checkpoints, *folder);
    return found.empty() ? 0 : found.back() / schedule.updates_per_call;
  }

  /// What the script makes of all its calls but the first ones; nothing where these are all.
  void result() {
    const auto first = static_cast<std::size_t>(parts_.find_int("leaves_out").value_or(0));
    if (speeds_.size() <= first) return;
    const std::vector<double> kept(speeds_.begin() + static_cast<std::ptrdiff_t>(first),
                                   speeds_.end());
    const auto count = static_cast<double>(kept.size());
    const double mean = std::accumulate(kept.begin(), kept.end(), 0.0) / count;
    double squares = 0;
    for (const double speed : kept) squares += (speed - mean) * (speed - mean);
    fields_["mean"] = mean;
    fields_["lowest"] = *std::min_element(kept.begin(), kept.end());
    fields_["highest"] = *std::max_element(kept.begin(), kept.end());
    fields_["deviation"] = std::sqrt(squares / count);
    write_line(parts_.find_text("result").value_or(""));
  }

  /// The scripts take the percentage of the data set once more for this figure.
  double epoch_of(std::int64_t iteration) const {
    const std::int64_t all = samples("training") * whole("percent_of_data", 100) / 100;
    return static_cast<double>(global_batch_) * static_cast<double>(iteration) /
           static_cast<double>(std::max<std::int64_t>(1, all));
  }

  void progress(const rehearsing::TrainingSchedule& schedule, std::int64_t call,
                double total_time) {
    const std::int64_t iteration = call * schedule.updates_per_call;
    const double done = static_cast<double>(iteration) / static_cast<double>(schedule.updates);
    const bool made_up_data = is_on("synthetic_data");
    const double rate = std::max(0.0, std::cos(done * std::acos(0.0))) * 0.5;
    // Not pipelined, a step is a micro batch.
    fields_["step"] = schedule.whole_intervals
                          ? step_of_epoch(schedule, iteration)
                          : call * (is_on("pipeline") ? 1 : whole("accumulation", 1));
    fields_["iteration"] = iteration;
    fields_["epoch"] = epoch_of(iteration);
    fields_["epoch_number"] = static_cast<std::int64_t>(std::ceil(epoch_of(iteration)));
    fields_["lr"] = made_up_data ? 0.0 : rate;
    fields_["loss"] = made_up_data ? 0.0 : 7.0 - 5.5 * std::sqrt(std::min(done, 1.0));
    fields_["accuracy"] = made_up_data ? 0.0 : 70 * std::sqrt(std::min(done, 1.0));
    fields_["share"] = made_up_data ? 0.0 : 0.7 * std::sqrt(std::min(done, 1.0));
    fields_["time"] = time_of(call);
    fields_["milliseconds"] = 1000 * time_of(call);
    fields_["throughput"] = static_cast<double>(global_batch_) / time_of(call);
    fields_["total_time"] = total_time;
    write_line(parts_.find_text("progress").value_or(""));
    write_rows("progress");
  }

  /// Micro batches of one replica since the epoch began, or the call where it is longer.
  std::int64_t step_of_epoch(const rehearsing::TrainingSchedule& schedule,
                             std::int64_t iteration) const {
    const std::int64_t epoch = std::max(schedule.updates_per_epoch, schedule.updates_per_call);
    return ((iteration - 1) % epoch + 1) * accumulation_;
  }

  /// Seconds of one weight update: of all instances together, on this instance's clock.
  double time_of(std::int64_t call) const {
    const auto all = static_cast<double>(replicas_ * script_.instances);
    const double speed = kInventedSpeed * all * (call == 1 ? kFirstValue : 1) *
                         (1 + noise(call, -1) / 200 + noise(call, script_.instance) / 20000);
    return static_cast<double>(global_batch_) / speed;
  }

  /// Samples of a step of an evaluation that has a batch of its own.
  void take_evaluation_batch() {
    const auto replicas = option_of("evaluation_replicas");
    if (!parts_.find("figures").find_text("evaluation_replicas")) return;
    const std::int64_t own = whole("evaluation_batch", 0);
    const std::int64_t micro_batch = own > 0 ? own : whole("micro_batch", 1);
    const std::int64_t asked = replicas ? parse_int64(*replicas).value_or(0) : 0;
    const std::int64_t everywhere = replicas_ * script_.instances * script_.ipus_per_replica;
    fields_["micro_batch"] = micro_batch;
    fields_["replicas"] = asked > 0 ? asked : everywhere;
    global_batch_ = micro_batch * (asked > 0 ? asked : everywhere);
    fields_["global_batch"] = global_batch_;
  }

  void evaluate() {
    take_evaluation_batch();
    const auto schedule = rehearsing::evaluation_of(samples("validation"), global_batch_,
                                                    whole("updates_per_call", 1));
    if (!schedule) {
      fail("ZeroDivisionError: integer division or modulo by zero");
      return;
    }
    const auto from = option_of("restore_path");
    std::vector<std::int64_t> found;
    if (from) found = rehearsing::checkpoints_in(script_.checkpoints, *from);
    if (found.empty())  // nobody has trained here: made-up ones
      found = from ? std::vector<std::int64_t>{0, 20000, 40000} : std::vector<std::int64_t>{0};
    std::string list;
    for (const std::int64_t iteration : found)
      list += (list.empty() ? "" : ", ") + (from ? "'" + checkpoint(iteration) + "'" : "None");
    fields_["checkpoints"] = list;
    write_line(parts_.find_text("list").value_or(""), 0);
    const std::int64_t repeat = whole("repeat", 1);
    const double pause_of_line = share(1) / static_cast<double>(found.size()) /
                                 static_cast<double>(std::max<std::int64_t>(1, repeat));
    std::int64_t lines = 0;
    for (const std::int64_t iteration : found) {
      fields_["checkpoint"] = from ? checkpoint(iteration) : "None";
      write_line(parts_.find_text("checkpoint").value_or(""), 0);
      for (std::int64_t i = 0; i < repeat && status_ == 0; ++i) {
        pause(pause_of_line);
        evaluation(iteration, *schedule, ++lines);
      }
    }
  }

  std::string checkpoint(std::int64_t iteration) const {
    return fmt::format("{}/ckpt-{}", option_of("restore_path").value_or("."), iteration);
  }

  void evaluation(std::int64_t iteration, const rehearsing::EvaluationSchedule& schedule,
                  std::int64_t line) {
    const double time =
        time_of(line) / static_cast<double>(global_batch_) * static_cast<double>(schedule.samples);
    fields_["iteration"] = iteration;
    fields_["epoch"] = epoch_of(iteration);
    fields_["time"] = time;
    fields_["throughput"] = static_cast<double>(schedule.samples) / time;
    fields_["latency"] = -1.0;
    fields_["samples"] = schedule.samples;
    fields_["step"] = schedule.samples / global_batch_;
    fields_["share"] =
        (0.1 + 70 * static_cast<double>(iteration) / (20000.0 + static_cast<double>(iteration))) /
        100;
    fields_["accuracy"] =
        0.1 + 70 * static_cast<double>(iteration) / (20000.0 + static_cast<double>(iteration));
    const Node own = parts_.find("evaluation");
    write_line((own ? own : parts_.find("progress")).text());
    write_rows("evaluation");
  }

  double share(double of) const { return script_.seconds * of; }

  /// Short pauses are made together: a run of millions of calls would take its time in sleeping.
  void pause(double seconds) {
    constexpr double kShortest = 0.002;
    due_ += seconds;
    if (due_ < kShortest) return;
    std::this_thread::sleep_for(Seconds(due_));
    due_ = 0;
  }

  std::string filled(std::string_view text) {
    std::string error;
    auto line = rehearsing::fill(text, fields_, script_.value, error);
    if (!line) fail(error);
    return line.value_or("");
  }

  /// A list of lines, each a text or a text under a condition.
  void write_all(std::string_view part) {
    const Node lines = parts_.find(part);
    if (!lines.is_list()) return;
    for (const Node line : lines) {
      if (line.is_scalar())
        write_line(line.text());
      else if (condition_holds(line.find("when"), facts()))
        write_line(line.find_text("text").value_or(""));
    }
  }

  /// `only`: the one instance that writes the line.
  void write_line(std::string_view text, std::optional<std::int64_t> only = std::nullopt) {
    if (parts_.find_text("written_by") == "first") only = 0;
    if (text.empty() || (only && *only != script_.instance)) return;
    std::string line = filled(text);
    if (line.size() < kShortestLine) line += kMark;
    if (const std::string error = rehearsing::write_checkpoint(script_.checkpoints, line);
        !error.empty())
      return fail(error);
    put(parts_.find_text("stream") == "stderr" ? STDERR_FILENO : STDOUT_FILENO, line);
  }

  /// What is written to files beside a line, by the first instance.
  void write_rows(std::string_view part) {
    const std::string& folder = std::get<std::string>(fields_["folder"]);
    if (script_.instance != 0 || folder.empty()) return;
    const std::string error = csv_files_.write(
        part, folder, [this](std::string_view text) { return filled(text); },
        [this](Node when) { return condition_holds(when, facts()); });
    if (!error.empty()) fail(error);
  }

  void fail(const std::string& why) {
    put(STDERR_FILENO, fmt::format("{}{}: {}", script_.name, kMark, why));
    status_ = 1;
  }

  static void put(int fd, std::string line) {
    line += '\n';
    std::string_view rest = line;
    while (!rest.empty()) {
      const ssize_t n = ::write(fd, rest.data(), rest.size());
      if (n < 0 && errno != EINTR) return;
      if (n > 0) rest.remove_prefix(static_cast<std::size_t>(n));
    }
  }

  rehearsing::CsvFiles csv_files_;
  Fields fields_;
  std::vector<double> speeds_;  ///< of each call so far
  double due_ = 0;              ///< seconds of pauses that were not made yet
  std::int64_t global_batch_ = 1;
  std::int64_t replicas_ = 1;
  std::int64_t accumulation_ = 1;
  int status_ = 0;
  mutable std::optional<std::string> fact_;  // the text that the last fact's view looks at
};

}  // namespace

int play(const PlayedScript& script) { return Player(script).run(); }

}  // namespace ipucnn
