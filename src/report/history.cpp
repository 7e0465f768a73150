#include "ipucnn/history.h"

#include <algorithm>

namespace ipucnn {
namespace {

bool asked_for(const std::vector<std::string>& names, const std::string& name) {
  return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
}

/// What a run did: its job, else its preset, else its application.
std::string subject_of(const KeptRecord& run, const std::vector<std::string>& subjects) {
  std::string first;
  for (const char* key : {"job", "preset", "application"}) {
    std::string name = run.chosen(key).value_or("");
    if (name.empty()) continue;
    if (first.empty()) first = name;
    // A run of a job counts for its preset as well where that is asked for.
    if (!subjects.empty() && asked_for(subjects, name)) return name;
  }
  return subjects.empty() ? first : std::string();
}

History& history_for(std::vector<History>& all, History key) {
  for (History& one : all)
    if (one.subject == key.subject && one.step == key.step && one.metric == key.metric &&
        one.unit == key.unit && one.target == key.target && one.label == key.label)
      return one;
  return all.emplace_back(std::move(key));
}

}  // namespace

std::vector<double> History::values() const {
  std::vector<double> all;
  for (const HistoryPoint& point : points) all.push_back(point.value);
  return all;
}

std::vector<History> histories_of(const std::vector<KeptRecord>& runs,
                                  const std::vector<std::string>& subjects,
                                  const std::vector<std::string>& metrics) {
  std::vector<History> all;
  for (const KeptRecord& run : runs) {
    const std::string subject = subject_of(run, subjects);
    if (run.state != end_name(Done{}) || subject.empty()) continue;
    for (const HeadlineFigure& figure : run.figures) {
      if (!figure.mean || !asked_for(metrics, figure.metric)) continue;
      History key{subject,
                  figure.step,
                  figure.metric,
                  figure.unit,
                  run.chosen("target").value_or(""),
                  run.chosen("label").value_or(""),
                  {},
                  {}};
      history_for(all, std::move(key))
          .points.push_back({run.folder_name, run.started, run.chosen("release").value_or(""),
                             figure.n, *figure.mean});
    }
  }
  for (History& one : all) one.changes = level_changes_of(one.values());
  return all;
}

}  // namespace ipucnn
