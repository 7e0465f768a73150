#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ipucnn/patterns.h"

namespace ipucnn {

enum class Stream : std::uint8_t { Out, Err };

/// A line of one instance, without its end and its tag.
struct LogLine {
  Stream stream = Stream::Out;
  std::int64_t offset = 0;  ///< of its first byte in the stream, behind its tag
  std::int64_t instance = 0;
  bool tagged = false;  ///< whether the log says whose it is; otherwise it counts as instance 0's
  std::string_view text;
};
using LineSink = std::function<void(const LogLine&)>;

/// Takes one stream of a job apart into the lines of its instances, whatever the pieces it comes
/// in. Lines end with LF or CR; mpirun's tags `[JOB,RANK]<stdout>:` count anywhere in a line,
/// because a rank that writes without line ends gets one in the middle. Memory stays bounded: of a
/// line longer than kLongestLine nothing is given on.
class LineReader {
 public:
  static constexpr std::size_t kLongestLine = std::size_t{64} * 1024;

  explicit LineReader(Stream stream = Stream::Out) : stream_(stream) {}

  void feed(std::string_view bytes, const LineSink& sink);
  /// At the end of the stream: lines without an end count, too.
  void finish(const LineSink& sink);
  /// Lines that were too long to be looked at.
  std::int64_t overlong() const { return overlong_; }

 private:
  struct Key {
    bool tagged = false;
    std::int64_t rank = 0;
    std::string stream{};
    // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 sees a 0 in the generated comparison
    auto operator<=>(const Key&) const = default;
  };
  struct Part {
    std::string text;
    std::int64_t offset = 0;
    bool overlong = false;
  };

  void take(std::string_view text);
  void skip(std::string_view& bytes, std::size_t count);
  void finish_part(const Key& key, Part& part, const LineSink& sink);

  Stream stream_;
  std::int64_t at_ = 0;  // bytes of the stream that were looked at
  std::string pending_;  // the beginning of what may be a tag
  Key now_;
  std::map<Key, Part> parts_;
  std::int64_t overlong_ = 0;
};

/// The number behind a metric's literal text; absent when the line does not hold the metric.
/// `readable` is false where something else stands in its place (nan, 1,024.5, nothing).
struct Extracted {
  double value = 0;
  bool readable = true;
  std::string_view printed{};  ///< the number as it stands in the line
};
std::optional<Extracted> extract(const MetricPattern& metric, std::string_view line);

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

/// The values of one metric, by instance, in the order in which they were printed; those of
/// standard output come before those of standard error.
struct Series {
  std::map<std::int64_t, std::vector<double>> per_instance;
  std::int64_t unreadable = 0;
};

/// A value that does not count, and why.
struct Discarded {
  std::int64_t instance;
  std::size_t index;  ///< in per_instance
  std::string_view why;
};

/// Figures of a series. Absent where n does not allow them.
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
  std::vector<Discarded> discarded;
};

/// A sample of a figure that covers all instances is the mean of their k-th kept values; of one
/// that covers a process it is their sum, as far as every instance has a k-th value, or their mean
/// where it is of checkpoints.
Summary summarize(const MetricPattern& metric, const Series& series);

/// Everything that is read from the lines of one step. Absent metrics have no series.
class Measurement {
 public:
  Measurement(std::vector<MetricPattern> metrics, ProofPattern proof);

  void line(const LogLine& line, const SampleSink& sink = {});

  const std::vector<MetricPattern>& metrics() const { return metrics_; }
  Series series(std::size_t metric) const;
  /// Index of the metric of this name; absent when the script has none.
  std::optional<std::size_t> find(std::string_view name) const;
  /// What its `at` said on the line of a metric's sample; absent where nothing tells.
  std::optional<double> at(std::size_t metric, std::size_t sample) const;
  /// The newest readable value of a metric, whichever instance printed it.
  std::optional<double> latest(std::string_view name) const;
  /// Instances that have printed anything; one where nothing is tagged.
  std::size_t instances() const { return tagged_.empty() && untagged_ ? 1 : tagged_.size(); }
  const ProofPattern& proof() const { return proof_; }
  bool proven() const;

 private:
  std::vector<MetricPattern> metrics_;
  ProofPattern proof_;
  std::array<std::vector<Series>, 2> series_;  // of each stream
  std::vector<std::optional<double>> latest_;
  std::set<std::int64_t> tagged_;  // instances
  bool untagged_ = false;
  bool text_seen_ = false;
};

}  // namespace ipucnn
