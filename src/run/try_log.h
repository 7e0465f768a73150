#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ipucnn/run.h"
#include "run/descriptor.h"

namespace ipucnn::running {

/// What is kept of one try of a step while it runs: stdout.log and stderr.log byte for byte,
/// times.csv (when which bytes came) and samples.csv (every figure as it was printed). Where one
/// cannot be written the job goes on; `error` tells, and that one is cut off there. Of figures and
/// times up to a second is held back in memory; bytes of the streams never are.
class TryLog {
 public:
  /// `streams`: false where the job writes stdout.log and stderr.log itself.
  TryLog(const std::string& folder, bool streams);

  /// Why something is not kept; empty when all is.
  const std::string& error() const { return error_; }

  /// Whether what came of the streams can be read back.
  bool keeps_streams() const { return keeps_streams_ && error_.empty(); }
  /// What a stream held from an offset on, at most as much as the buffer takes; 0 where it cannot
  /// be read.
  std::size_t read_back(Stream stream, std::int64_t offset, std::span<char> buffer) const;

  /// `seconds` since the step began.
  void bytes(const Bytes& bytes, double seconds);
  void sample(const Sample& sample, const MetricPattern& metric, double seconds);
  /// Writes the figures that are held back, and of the times what is older than a moment.
  void flush(double seconds);
  /// Since when something is held back; absent where nothing is.
  std::optional<double> holds_since() const;
  /// Writes what is held back, and waits until it is on disk.
  void finish();

 private:
  /// A line of times.csv that may still grow.
  struct Row {
    double seconds = 0;
    std::int64_t offset = 0;
    std::int64_t size = 0;
  };

  struct File {
    Descriptor fd{};
    bool is_cut_off = false;
  };

  void open(File& file, const std::string& path);
  void write(File& file, std::string_view text);
  void write_samples();
  void end_row(Stream stream);

  bool keeps_streams_;
  std::array<File, 2> streams_;
  File times_;
  File samples_;
  std::array<Row, 2> rows_;
  std::string held_;  // lines of samples.csv
  /// How lines of a moment begin.
  struct SampleHead {
    double seconds = 0;
    std::string text;
  };
  std::array<SampleHead, 2> heads_;
  std::vector<std::string> names_;  // of metrics, as a csv file has them
  double held_since_ = 0;
  std::string error_;
};

}  // namespace ipucnn::running
