#pragma once

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

/// A line of one instance, without its end and its tag.
struct LogLine {
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
    bool overlong = false;
  };

  void take(std::string_view text);
  void finish_part(const Key& key, Part& part, const LineSink& sink);

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
};
std::optional<Extracted> extract(const MetricPattern& metric, std::string_view line);

/// The values of one metric, by instance, in the order in which they were printed.
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
  std::vector<Discarded> discarded;
};

/// A sample of a figure that covers all instances is the mean of their k-th kept values; of one
/// that covers a process it is their sum, as far as every instance has a k-th value.
Summary summarize(const MetricPattern& metric, const Series& series);

/// Whether a step did what it was started for.
enum class Verdict : std::uint8_t { Succeeded, Failed, Silent };
std::string_view verdict_name(Verdict verdict);

/// Everything that is read from the lines of one step. Absent metrics have no series.
class Measurement {
 public:
  Measurement(std::vector<MetricPattern> metrics, ProofPattern proof);

  void line(const LogLine& line);

  const std::vector<MetricPattern>& metrics() const { return metrics_; }
  const Series& series(std::size_t metric) const { return series_[metric]; }
  /// Index of the metric of this name; absent when the script has none.
  std::optional<std::size_t> find(std::string_view name) const;
  /// The newest readable value of a metric, whichever instance printed it.
  std::optional<double> latest(std::string_view name) const;
  /// Instances that have printed anything; one where nothing is tagged.
  std::size_t instances() const { return tagged_.empty() && untagged_ ? 1 : tagged_.size(); }
  const ProofPattern& proof() const { return proof_; }
  bool proven() const;
  Verdict verdict(bool ended_well) const;

 private:
  std::vector<MetricPattern> metrics_;
  ProofPattern proof_;
  std::vector<Series> series_;
  std::vector<std::optional<double>> latest_;
  std::set<std::int64_t> tagged_;  // instances
  bool untagged_ = false;
  bool text_seen_ = false;
};

}  // namespace ipucnn
