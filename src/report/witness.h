#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ipucnn/witness.h"

namespace ipucnn::reporting {

/// Where the csv files of a step are.
struct WitnessPlace {
  std::string asked{};       ///< the folder, whatever the log says; empty: what it says
  std::string usual{};       ///< where it says nothing; empty: not known
  std::string started_in{};  ///< that these are relative to
  bool over = true;          ///< nobody writes to them any more
  bool has_to_be_there = false;
};

/// Gives each line of the step's logs on.
using EachLine = std::function<void(const LineSink&)>;

/// Holds each of the files that the log has figures of to it.
std::vector<CsvWitness> csv_witnesses(const std::vector<CsvPattern>& files,
                                      const std::vector<MetricPattern>& metrics,
                                      const WitnessPlace& place, const EachLine& each_line);

/// "agrees with the log: 9 rows of throughput, loss"
std::string witness_text(const CsvWitness& witness);

/// What is doubtful about a step as a whole: its lines, and its csv files.
std::vector<Doubt> doubts_of_step(const LineCounts& lines, const std::vector<CsvWitness>& csv);

}  // namespace ipucnn::reporting
