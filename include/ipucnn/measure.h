#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ipucnn/patterns.h"
#include "ipucnn/statistics.h"

namespace ipucnn {

namespace measuring {
class MetricFinder;
struct Extracted;
struct ShapeFigure;
struct Scratch;
struct Tag;
class UsualLines;
}  // namespace measuring

enum class Stream : std::uint8_t { Out, Err };

/// Where the bytes stand that a measurement looks for (LineReader::look_for), a bit for each byte,
/// so that a line is gone through once for its end and for these.
struct LineMarks {
  const void* whose = nullptr;  ///< what they were made for; null: there are none
  const std::uint64_t* words = nullptr;
  std::size_t first = 0;  ///< bit of the text's first byte
};

/// A line of one instance, without its end and its tag.
struct LogLine {
  Stream stream = Stream::Out;
  std::int64_t offset = 0;  ///< of its first byte in the stream, behind its tag
  std::int64_t instance = 0;
  bool tagged = false;  ///< whether the log says whose it is; otherwise it counts as instance 0's
  std::string_view text;
  LineMarks marks{};
};
using LineSink = std::function<void(const LogLine&)>;

/// Lines of one stream that stand in one text, one after the other; between them tags, line ends
/// and empty lines.
struct LineBlock {
  struct Line {
    std::uint32_t begin = 0;
    std::uint32_t size = 0;
    std::int32_t instance = kNobody;
    std::uint32_t layout = 0;  ///< number of its layout in `usual`, where there are those
  };
  static constexpr std::int32_t kNobody = -1;  ///< the log does not say whose it is
  Stream stream = Stream::Out;
  std::int64_t offset = 0;  ///< of the text's first byte in the stream
  std::string_view text;
  LineMarks marks{};  ///< of the text from its byte `marked_from` on, to its last line
  std::size_t marked_from = 0;
  std::span<const Line> lines{};
  /// Whose layouts the lines have; null: they were not looked at for that.
  const measuring::UsualLines* usual = nullptr;

  LogLine line(const Line& one) const {
    const bool tagged = one.instance != kNobody;
    return {stream,
            offset + one.begin,
            tagged ? one.instance : 0,
            tagged,
            text.substr(one.begin, one.size),
            {marks.whose, marks.words, one.begin - marked_from}};
  }
};
using LineBlockSink = std::function<void(const LineBlock&)>;

/// What was seen of a stream. Bytes do not count line ends and tags.
struct LineCounts {
  std::int64_t tags = 0;
  std::int64_t tagged_bytes = 0;
  std::int64_t untagged_bytes = 0;
  std::int64_t overlong = 0;        ///< lines that were too long to be looked at
  std::int64_t overlong_bytes = 0;  ///< of those

  /// Bytes that belong to no instance: without a tag where there are tags.
  std::int64_t nobodys_bytes() const { return tags > 0 ? untagged_bytes : 0; }
  LineCounts& operator+=(const LineCounts& other);
};

class Measurement;

/// Takes one stream of a job apart into the lines of its instances, whatever the pieces it comes
/// in. Lines end with LF or CR; mpirun's tags `[JOB,RANK]<stdout>:` count anywhere in a line,
/// because a rank that writes without line ends gets one in the middle. Memory stays bounded: of a
/// line longer than kLongestLine nothing is given on.
class LineReader {
 public:
  static constexpr std::size_t kLongestLine = std::size_t{64} * 1024;

  explicit LineReader(Stream stream = Stream::Out) : stream_(stream) {}

  /// Marks what the measurement looks for, which makes its part of the work small. It gives the
  /// same figures without, and the lines are the same for everybody else.
  void look_for(const Measurement& measurement);

  void feed(std::string_view bytes, const LineSink& sink) { feed(bytes, one_by_one(sink)); }
  /// The same with the lines of a part of `bytes` at a time, which costs less for each.
  void feed(std::string_view bytes, const LineBlockSink& sink);
  /// At the end of the stream: lines without an end count, too.
  void finish(const LineSink& sink) { finish(one_by_one(sink)); }
  void finish(const LineBlockSink& sink);
  const LineCounts& counts() const { return counts_; }

 private:
  static LineBlockSink one_by_one(const LineSink& sink) {
    return [&sink](const LineBlock& block) {
      for (const LineBlock::Line& line : block.lines) sink(block.line(line));
    };
  }
  /// What feed was given, and how far it has come.
  struct Input {
    std::string_view text;
    std::int64_t offset;  // of the text in the stream
    const LineBlockSink& sink;
    std::size_t marked_from = 0;
  };
  /// How a tag of standard output was written, so that the next one is read at a glance: as bytes
  /// of the text, all but the digits of the rank.
  static constexpr std::size_t kTagSeen = 2 * sizeof(std::uint64_t);
  struct UsualTag {
    std::array<std::uint64_t, 2> bytes{}, mask{~std::uint64_t{0}, 0};  // no tag
    std::uint32_t rank_at = 0;
    std::uint32_t digits = 0;
    std::uint32_t size = 0;
  };
  struct Key {
    bool tagged = false;
    std::int64_t rank = 0;
    std::int8_t stream = 0;  // that the tag names
    // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 sees a 0 in the generated comparison
    auto operator<=>(const Key&) const = default;
  };
  struct Part {
    std::string text;
    std::int64_t offset = 0;
    bool overlong = false;
  };

  void block_of(Input& input, std::size_t& at);
  void take_usual(Input& input, std::size_t& at);
  void make_room(std::size_t block);
  std::size_t usual_lines(const Input& input, std::size_t at, std::size_t end);
  std::uint32_t read_usual_tag(const char* text, std::int32_t& rank) const;
  void learn_tag(std::string_view text, const measuring::Tag& tag);
  std::size_t any_line(Input& input, std::size_t begin, std::size_t block_end);
  bool is_next(const Key& key) const;
  void simple_line(std::string_view text, std::size_t at, const measuring::Tag& tag, bool returns);
  void add_line(std::size_t begin, std::size_t size, std::int32_t instance) {
    lines_[waiting_++] = {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(size),
                          instance, 0};
  }
  void give_lines(Input& input);
  void piece_by_piece(std::string_view bytes, const LineBlockSink& sink);
  void take(std::string_view text);
  void finish_part(const Key& key, Part& part, const LineBlockSink& sink);

  Stream stream_;
  std::int64_t at_ = 0;  // bytes of the stream that were looked at
  std::string pending_;  // the beginning of what may be a tag
  Key now_;
  bool at_start_ = true;  // of a line, whose tag would come now
  std::map<Key, Part> parts_;
  std::size_t open_parts_ = 0;  // that hold the beginning of a line
  LineCounts counts_;
  const void* wanted_by_ = nullptr;
  std::string wanted_;                            // bytes that are marked
  std::array<UsualTag, 4> tags_;                  // by the digits of the rank, beginning with one
  std::shared_ptr<measuring::UsualLines> usual_;  // null: lines are not looked at for their layout
  std::size_t block_ = 0;                         // bytes that are marked at once
  // Of the block that is looked at.
  std::vector<std::uint64_t> ends_, marks_;
  std::vector<LineBlock::Line> lines_;  // with room for all
  std::size_t waiting_ = 0;             // of them, to be given on
};

/// A figure as it was printed.
struct Sample {
  Stream stream = Stream::Out;
  std::int64_t offset = 0;  ///< of its line
  std::int64_t instance = 0;
  std::size_t metric = 0;  ///< in Measurement::metrics
  std::size_t index = 0;   ///< among the instance's values of this metric on this stream
  std::string_view printed;
};
using SampleSink = std::function<void(const Sample&)>;

/// What is left of values that need not be kept.
struct Outline {
  std::size_t count = 0;
  double lowest = std::numeric_limits<double>::infinity();
  double highest = -std::numeric_limits<double>::infinity();
  double last = 0;

  // Those that come after.
  void add(std::span<const double> values);
  void add(const Outline& other);
};

/// The values of one metric, by instance, in the order in which they were printed; those of
/// standard output come before those of standard error.
struct Series {
  std::map<std::int64_t, std::vector<double>> per_instance;
  std::int64_t unreadable = 0;
  /// Which values stand in rows that MetricPattern::discard_through leaves out.
  std::map<std::int64_t, std::set<std::size_t>> early{};
  /// Of a figure that is no state: the first value of each further start of the job, where what its
  /// lines count by goes back. Such a log was appended to.
  std::map<std::int64_t, std::vector<std::size_t>> starts{};
  /// Values of lines without a tag, where others have one.
  std::int64_t nobodys = 0;
  /// No line has a tag, so nothing tells which process printed a value: all are instance 0's.
  bool untagged = false;
  /// Of a metric whose values are not kept, in place of per_instance.
  std::map<std::int64_t, Outline> outlines{};

  /// Whether there is nothing that could be read.
  bool empty() const { return per_instance.empty() && outlines.empty(); }
  bool printed() const { return !empty() || unreadable > 0; }
};

/// A value that does not count, and why.
struct Discarded {
  std::int64_t instance;
  std::size_t index;  ///< in per_instance
  std::string_view why;
};

inline constexpr std::string_view kFirstValue = "first value";
inline constexpr std::string_view kEarlyRow = "row of the beginning";
inline constexpr std::string_view kNotMeasured = "negative: not measured";

/// Figures of a series. Absent where n does not allow them, and but for lowest, highest and last of
/// a figure that has no mean (MetricPattern::is_state).
struct Summary {
  std::size_t n = 0;
  std::optional<double> mean, median, min, max, stddev;
  /// Of values that stand for a checkpoint each, which have no mean, median and deviation: the
  /// newest and the best, each with its place among the samples.
  struct Checkpoint {
    double value = 0;
    std::size_t index = 0;
  };
  std::optional<Checkpoint> last, best;
  std::optional<Interval> interval;      ///< of the mean, values taken as depending on neighbours
  std::optional<Dependence> dependence;  ///< of neighbours
  std::optional<double> over_time;  ///< of a rate: samples by time, if each value is of as many
  std::vector<Discarded> discarded;
  std::vector<double> samples;  ///< that count, in time order
};

/// Whether a value was measured: below 0 no rate and no time is, and scripts print such for none.
inline bool is_measured(const MetricPattern& metric, double value) {
  return value >= 0 || !(metric.is_rate() || metric.is_duration());
}

/// A sample of a figure that covers all instances is the mean of their k-th kept values; of one
/// that covers a process it is their sum, or what MetricPattern::combine says, as far as every
/// instance has a k-th value (but for the mean).
Summary summarize(const MetricPattern& metric, const Series& series);

/// A reason to trust a figure less, and what to do about it.
struct Doubt {
  std::string_view name;  ///< lower-case words with underscores, for programs
  std::string says;
  std::string remedy;
};

/// What is known of the job besides its figures.
struct Expected {
  std::optional<std::int64_t> instances{};  ///< that print
  /// Of rates, by name: that of the same job on generated data over this one, 95 %.
  std::vector<std::pair<std::string, Interval>> on_generated_data{};
};

/// What is doubtful about a metric that was printed; nothing but missing instances, values that
/// differ between instances and unreadable ones of a figure that has no mean.
std::vector<Doubt> doubts_of(const MetricPattern& metric, const Series& series,
                             const Summary& summary, const Expected& expected);

/// How many values at the beginning of a series lie far off its second half, all on one side.
std::size_t warm_up_of(std::span<const double> values);

/// What is doubtful about the lines themselves.
std::vector<Doubt> doubts_of(const LineCounts& lines);

/// For people, a line each.
std::string doubt_lines(const std::vector<Doubt>& doubts, const std::string& indent);

// Figures of `:::MLLOG` lines, which any script may print. They join a step's metrics with the
// first such line, unless the script has metrics of these names.
inline constexpr std::string_view kTimeToTrain = "mlperf_time_to_train";
inline constexpr std::string_view kTimeToAbort = "mlperf_time_to_abort";
inline constexpr std::string_view kEvalAccuracy = "mlperf_eval_accuracy";
inline constexpr std::string_view kEvalEpoch = "mlperf_epoch";
inline constexpr std::string_view kSeed = "mlperf_seed";

/// Finds where positions of a job go back because it was begun anew. Where several processes print
/// the same ones, one that is late goes back as well, but by no more than one of them.
class Starts {
 public:
  explicit Starts(std::size_t first = 0) : next_(first) {}
  void add(std::span<const double> positions);
  /// Which of all that came begin a further start.
  const std::vector<std::size_t>& found() const { return found_; }

 private:
  std::size_t next_;
  bool any_ = false;
  bool repeated_ = false;
  double last_ = 0;
  // Of this start.
  double highest_ = 0;
  double second_ = 0;
  std::vector<std::size_t> found_;
};

/// Values in the order in which they came. Growing moves none of them, so that many series at once
/// touch no more memory than they fill.
class ValueList {
 public:
  void push_back(double value) {
    if (next_ == end_) add_part();
    *next_++ = value;
  }
  std::size_t size() const { return gone_ + room_ - static_cast<std::size_t>(end_ - next_); }
  bool empty() const { return size() == 0; }
  void append_to(std::vector<double>& out) const;  ///< those that are kept
  /// Keeps none of those that it has; `size` counts them all the same.
  void let_go();
  std::size_t gone() const { return gone_; }
  /// From now on keeps no more than the outline says, but for a few that came last.
  void keep_outline() { outlined_ = true; }
  bool is_outlined() const { return outlined_; }
  void add_to(Outline& outline) const;  ///< those that came
  /// They are positions: from now on it is known where they go back, of those that are gone, too.
  void keep_starts() { starts_ = std::make_unique<Starts>(); }
  /// Of positions: which of all that came begin a further start. Without keep_starts, as far as
  /// those tell that are kept.
  std::vector<std::size_t> starts() const;
  /// Which of those that are kept begin a further start, by their positions. A line that was cut
  /// off between the two shifts them: then it is each that may be the one.
  std::vector<std::size_t> starts_by(const ValueList& positions) const;

 private:
  void add_part();
  struct Part {
    std::unique_ptr<double[]> values;  // NOLINT(modernize-avoid-c-arrays)
    std::size_t room = 0;
  };
  /// Of those that are kept.
  template <typename Take>
  void each_part(Take take) const {
    for (const Part& part : parts_) {
      const double* const end = &part == &parts_.back() ? next_ : part.values.get() + part.room;
      take(std::span<const double>(part.values.get(), end));
    }
  }
  std::vector<Part> parts_;
  double* next_ = nullptr;  // in the last part
  double* end_ = nullptr;
  std::size_t room_ = 0;  // of all parts
  std::size_t gone_ = 0;
  bool outlined_ = false;
  Outline outline_;                 // of those that are gone
  std::unique_ptr<Starts> starts_;  // the same
};

/// The metric that says on the lines of this one how far the job has come; absent: none does.
std::optional<std::size_t> position_of(const std::vector<MetricPattern>& metrics,
                                       std::size_t metric);

/// Everything that is read from the lines of one step. Absent metrics have no series.
class Measurement {
 public:
  /// `only`: the names that figures of `:::MLLOG` lines may have; empty: all.
  Measurement(std::vector<MetricPattern> metrics, ProofPattern proof,
              std::vector<std::string> only = {});

  void line(const LogLine& line, const SampleSink& sink = {});
  /// The same of many lines.
  void lines(const LineBlock& block);

  /// Bytes of which one at least stands in each line with something to measure, for LineReader.
  const std::string& wanted_bytes() const;
  /// Whose LineMarks this understands.
  const void* marks_owner() const { return finder_.get(); }
  /// The layouts of lines that it knows, which LineReader tells them by.
  std::shared_ptr<measuring::UsualLines> usual_lines() const;

  const std::vector<MetricPattern>& metrics() const { return metrics_; }
  /// Leaves other first values of each instance out than the pattern says.
  void discard_first(std::size_t metric, std::int64_t count) {
    metrics_[metric].discard_first = count;
  }
  /// Of metrics that are neither rates nor durations nor of checkpoints, and that no other one is
  /// placed by, keeps the outline alone. To be called before the first line.
  void keep_outlines_of_states();
  /// Where lines have tags, without the values of lines that have none.
  Series series(std::size_t metric) const { return is_hidden(metric) ? Series{} : read(metric); }
  /// Frees the values of all series, which then hold those that come after. How many there are
  /// altogether and the newest are still known.
  void let_go_of_values();
  /// Index of the metric of this name; absent when the script has none.
  std::optional<std::size_t> find(std::string_view name) const;
  /// What its `at` said on the lines of a metric's samples, in their order; empty where nothing
  /// tells.
  std::vector<double> places(std::size_t metric) const;
  /// The same of one sample; absent where nothing tells.
  std::optional<double> at(std::size_t metric, std::size_t sample) const;
  /// Reads a metric for the sake of others alone: it has no series.
  void hide(std::size_t metric) { hidden_.insert(metric); }
  bool is_hidden(std::size_t metric) const { return hidden_.count(metric) != 0; }
  /// The newest readable value of a metric, whichever instance printed it.
  std::optional<double> latest(std::string_view name) const;
  /// Instances that have printed anything; one where nothing is tagged.
  std::size_t instances() const { return tagged_ == 0 && !slots_.empty() ? 1 : tagged_; }
  const ProofPattern& proof() const { return proof_; }
  bool proven() const;

 private:
  /// What was read of one metric on one stream, but for its values.
  struct Kept {
    std::map<std::size_t, std::set<std::size_t>> early;  // by slot
    std::int64_t unreadable = 0;
  };
  static constexpr std::int64_t kNobody = -1;  // whose lines without a tag are

  static constexpr std::int64_t kSmall = 4096;

  /// An instance's place in the lists below.
  std::size_t slot_of(std::int64_t whose) {
    const auto i = static_cast<std::size_t>(whose - kNobody);
    return i < small_.size() && small_[i] != 0 ? small_[i] - 1 : new_slot(whose);
  }
  std::size_t new_slot(std::int64_t whose);
  Series read(std::size_t metric) const;
  void line_of(std::size_t slot, const LogLine& line, const SampleSink& sink);
  void known_lines(const LineBlock& block);
  /// Of a line whose shape is known, but whose number is written in another way.
  void keep_other(std::size_t place, const LogLine& line, std::size_t slot,
                  measuring::ShapeFigure& figure);
  void rows(const LogLine& line, std::size_t slot, const SampleSink& sink);
  void mlperf(const LogLine& line, std::size_t slot, const SampleSink& sink);
  void mlperf_value(std::string_view name, const measuring::Extracted& value, const LogLine& line,
                    std::size_t slot, const SampleSink& sink);
  void keep(std::size_t metric, const measuring::Extracted& found, const LogLine& line,
            std::size_t slot, const SampleSink& sink);
  static std::size_t number_of(Stream stream) { return stream == Stream::Out ? 0 : 1; }
  Kept& kept(std::size_t metric, Stream stream) { return kept_[number_of(stream)][metric]; }
  ValueList& values(std::size_t metric, Stream stream, std::size_t slot) {
    return values_[number_of(stream)][slot][metric];
  }

  std::vector<MetricPattern> metrics_;
  ProofPattern proof_;
  std::vector<std::string> only_;
  std::shared_ptr<const measuring::MetricFinder> finder_;
  std::size_t looked_for_;  // metrics that the finder knows
  std::shared_ptr<measuring::Scratch> look_;
  std::array<std::vector<Kept>, 2> kept_;                      // of each stream
  std::array<std::vector<std::vector<ValueList>>, 2> values_;  // by stream, slot and metric
  std::vector<std::optional<double>> latest_;
  std::vector<std::size_t> outlined_;  // metrics of which the outline alone is kept
  std::set<std::size_t> positions_;    // metrics that others are counted by
  std::set<std::size_t> hidden_;
  std::vector<std::int64_t> slots_;  // whose each is
  std::vector<std::size_t> small_;   // slots + 1 of small numbers; 0: none
  std::map<std::int64_t, std::size_t> large_;
  std::size_t tagged_ = 0;  // slots of instances
  /// By stream, table and slot: from where on in their words lines of the table stand, behind what
  /// a collector of logs put in front, plus one; 0: its head was not printed.
  std::array<std::vector<std::vector<std::size_t>>, 2> in_table_;
  bool any_table_ = false;
  std::map<std::size_t, double> run_start_;  // milliseconds, by slot
  bool text_seen_ = false;
  bool proven_ = false;  // by values that were let go
};

}  // namespace ipucnn
