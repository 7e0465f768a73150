#pragma once

#include <string>
#include <vector>

#include "ipucnn/report.h"

namespace ipucnn::reporting {

/// Where the csv files of a step are.
struct WitnessPlace {
  std::string asked{};       ///< the folder, whatever the log says; empty: what it says
  std::string usual{};       ///< where it says nothing; empty: not known
  std::string started_in{};  ///< that these are relative to
  bool over = true;          ///< nobody writes to them any more
  bool has_to_be_there = false;
};

/// Holds csv files to the figures of a step's log, which it is given line by line.
class CsvWitnesses {
 public:
  CsvWitnesses(const std::vector<CsvPattern>& files, const std::vector<MetricPattern>& metrics,
               WitnessPlace place);

  bool empty() const { return all_.empty(); }
  void line(const LogLine& line);
  /// After the last line: each of the files that the log has figures of.
  std::vector<CsvWitness> compare();

 private:
  /// A file with what the log has of its figures, and the folder that the log names.
  struct Followed {
    CsvPattern file;
    WitnessedLog log;
    Measurement measured;
    std::string folder{};
  };

  WitnessPlace place_;
  std::vector<Followed> all_;
  bool tagged_ = false;  // some line is
};

/// "agrees with the log: 9 rows of throughput, loss"
std::string witness_text(const CsvWitness& witness);

}  // namespace ipucnn::reporting
