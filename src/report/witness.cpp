// The csv files that applications write beside their logs.
#include "report/witness.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "base/text.h"
#include "ipucnn/record.h"

namespace ipucnn {
namespace reporting {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> read_whole(const std::string& path) {
  std::error_code code;
  if (!fs::exists(path, code)) return std::nullopt;
  std::string text;
  std::string error;  // whoever asks says what is missing
  const bool whole = read_log(
      path, [&](std::string_view piece) { text += piece; }, error);
  return whole ? std::optional(std::move(text)) : std::nullopt;
}

/// What stands between two texts of a line; empty where they do not.
std::string between(std::string_view line, const CsvPattern& file) {
  const std::size_t at = line.find(file.before);
  if (at == line.npos) return {};
  line.remove_prefix(at + file.before.size());
  const std::size_t end = file.after.empty() ? line.size() : line.rfind(file.after);
  return end == line.npos ? std::string() : std::string(line.substr(0, end));
}

}  // namespace

CsvWitnesses::CsvWitnesses(const std::vector<CsvPattern>& files,
                           const std::vector<MetricPattern>& metrics, WitnessPlace place)
    : place_(std::move(place)) {
  for (const CsvPattern& file : files) {
    WitnessedLog log(file, metrics);
    Measurement measured(log.metrics(), {}, {file.file});  // nothing of MLPerf's
    all_.push_back({file, std::move(log), std::move(measured)});
  }
}

void CsvWitnesses::line(const LogLine& line) {
  tagged_ = tagged_ || line.tagged;
  for (Followed& one : all_) {
    one.measured.line(line, [&](const Sample& sample) { one.log.take(sample, line.tagged); });
    if (place_.asked.empty() && one.folder.empty() && !one.file.before.empty())
      one.folder = between(line.text, one.file);
  }
}

std::vector<CsvWitness> CsvWitnesses::compare() {
  std::vector<CsvWitness> witnesses;
  for (Followed& one : all_) {
    if (tagged_) one.log.leave_untagged_out();
    const std::string& told = one.folder.empty() ? place_.usual : one.folder;
    const fs::path folder =
        place_.asked.empty() ? fs::path(place_.started_in) / told : fs::path(place_.asked);
    // What was never printed has nothing to be held to, and who names no folder may have none.
    if (one.log.empty() || (place_.asked.empty() && told.empty())) continue;
    const std::string path = (folder / one.file.file).lexically_normal().string();
    const auto text = read_whole(path);
    if (text)
      witnesses.push_back(one.log.compare(path, *text, place_.over));
    else if (place_.over && place_.has_to_be_there)
      witnesses.push_back(one.log.missing(path));
  }
  return witnesses;
}

std::string witness_text(const CsvWitness& witness) {
  if (witness.figures == 0) return "nothing could be compared";
  const auto rows = counted(static_cast<std::int64_t>(witness.rows), "row");
  const std::string what = fmt::format("{} of {}", rows, join(witness.metrics, ", "));
  const std::string earlier =
      witness.earlier == 0
          ? ""
          : fmt::format(" ({} of earlier starts left out)",
                        counted(static_cast<std::int64_t>(witness.earlier), "row"));
  if (witness.agree == witness.figures)
    return fmt::format("agrees with the log: {}{}", what, earlier);
  return fmt::format("disagrees with the log in {} of {}: {}{}", witness.figures - witness.agree,
                     counted(static_cast<std::int64_t>(witness.figures), "figure"), what, earlier);
}

}  // namespace reporting

std::vector<Doubt> doubts_of_step(const StepReport& step) {
  std::vector<Doubt> doubts = doubts_of(step.lines);
  if (!step.log_error.empty())
    doubts.push_back({"cut_off", step.log_error,
                      "what was printed after it is missing; make room and start it again"});
  for (const CsvWitness& witness : step.csv)
    doubts.insert(doubts.end(), witness.doubts.begin(), witness.doubts.end());
  return doubts;
}

}  // namespace ipucnn
