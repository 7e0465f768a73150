#pragma once

#include <array>
#include <string>

#include "ipucnn/run.h"
#include "run/descriptor.h"

namespace ipucnn::running {

/// What is kept of one try of a step while it runs: stdout.log and stderr.log byte for byte,
/// times.csv (when which bytes came) and samples.csv (every figure as it was printed). Where one
/// cannot be written the job goes on; `error` tells, and all are cut off there.
class TryLog {
 public:
  /// `streams`: false where the job writes stdout.log and stderr.log itself.
  TryLog(const std::string& folder, bool streams);

  /// Why something is not kept; empty when all is.
  const std::string& error() const { return error_; }

  /// `seconds` since the step began.
  void bytes(const Bytes& bytes, double seconds);
  void sample(const Sample& sample, const MetricPattern& metric, double seconds);
  /// Writes what is held back, and waits until it is on disk.
  void finish();

 private:
  /// A line of times.csv that may still grow.
  struct Row {
    double seconds = 0;
    std::int64_t offset = 0;
    std::int64_t size = 0;
  };

  void open(Descriptor& file, const std::string& path);
  void write(const Descriptor& file, std::string_view text);
  void end_row(Stream stream);

  bool keeps_streams_;
  std::array<Descriptor, 2> streams_;
  Descriptor times_;
  Descriptor samples_;
  std::array<Row, 2> rows_;
  std::string error_;
};

}  // namespace ipucnn::running
