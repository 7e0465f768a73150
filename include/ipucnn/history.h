#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/record.h"
#include "ipucnn/statistics.h"

namespace ipucnn {

/// A run's figure.
struct HistoryPoint {
  std::string run;      ///< name of its folder
  std::string started;  ///< UTC
  std::string release;  ///< empty: none is known
  std::size_t n = 0;    ///< values of which it is the mean
  double value = 0;
};

/// The figure of all runs that do the same, oldest first, and where its level changed.
struct History {
  std::string subject;  ///< the job, else the preset, else the application
  std::string step, metric, unit;
  std::string target;  ///< empty: none
  std::string label;   ///< empty: none
  std::vector<HistoryPoint> points;
  std::vector<LevelChange> changes;  ///< LevelChange::at is an index into points

  std::vector<double> values() const;
};

/// Of the runs that are done, by what they did, on which target, under which label; in the order of
/// their first runs. `subjects` and `metrics` are those that are asked for; empty: all. Figures
/// without a mean are left out.
std::vector<History> histories_of(const std::vector<KeptRecord>& runs,
                                  const std::vector<std::string>& subjects,
                                  const std::vector<std::string>& metrics);

/// In one format: text, json (schema ipucnn.history/1), html; empty for another.
std::string history_text(const std::vector<History>& histories, std::string_view format);

}  // namespace ipucnn
