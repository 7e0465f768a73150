#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/measure.h"

namespace ipucnn {

/// What came of holding a csv file to a log.
struct CsvWitness {
  std::string path;
  std::size_t rows = 0;                ///< found in both
  std::size_t earlier = 0;             ///< of earlier starts, which wrote to the same file
  std::size_t figures = 0;             ///< compared
  std::size_t agree = 0;               ///< of those, but for the rounding of the print
  std::vector<std::string> metrics{};  ///< that were compared
  std::vector<Doubt> doubts{};
};

/// The figures of a log that a csv file repeats, in the order of printing.
class WitnessedLog {
 public:
  /// `metrics`: those of the step; a column of any other is left alone.
  WitnessedLog(CsvPattern file, const std::vector<MetricPattern>& metrics);

  /// Of the metrics, those that have to be looked for.
  const std::vector<MetricPattern>& metrics() const { return metrics_; }
  /// A sample of a Measurement of metrics(). `tagged`: the log says whose its line is.
  void take(const Sample& sample, bool tagged);
  /// Of a log with tags: what stands on lines without one is nobody's.
  void leave_untagged_out() { instances_.erase(kNobody); }
  bool empty() const { return instances_.empty(); }

  /// Holds the file's text to the log. `over`: the job writes no more to either; else what is
  /// missing at the end of one may still come.
  CsvWitness compare(std::string path, std::string_view csv, bool over) const;
  /// A file that is not there.
  CsvWitness missing(std::string path) const;

  /// A figure and what its print may have rounded away.
  struct Cell {
    bool printed = false;
    double value = 0;
    double rounding = 0;
  };
  /// The figures of a line, by metric; of a file without `rows_by` those that were printed first,
  /// second and so on, wherever they stood.
  using Row = std::vector<Cell>;

 private:
  static constexpr std::int64_t kNobody = -1;

  /// The rows that the file's have to be equal to.
  std::vector<Row> rows() const;

  CsvPattern file_;
  std::vector<MetricPattern> metrics_;
  struct Lines {
    std::vector<Row> rows;
    std::int64_t offset = -1;  // of the last line
    Stream stream = Stream::Out;
    std::vector<std::size_t> counts;  // of each metric's values
  };
  std::map<std::int64_t, Lines> instances_;
};

}  // namespace ipucnn
