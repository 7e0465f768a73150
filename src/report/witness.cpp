// The csv files that applications write beside their logs.
#include "ipucnn/witness.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "base/text.h"
#include "ipucnn/record.h"
#include "report/witness.h"

namespace ipucnn::reporting {
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

/// A file with what the log has of its figures, and the folder that the log names.
struct Followed {
  const CsvPattern& file;
  WitnessedLog log;
  Measurement measured;
  std::string folder{};
};

}  // namespace

std::vector<CsvWitness> csv_witnesses(const std::vector<CsvPattern>& files,
                                      const std::vector<MetricPattern>& metrics,
                                      const WitnessPlace& place, const EachLine& each_line) {
  std::vector<Followed> all;
  for (const CsvPattern& file : files) {
    WitnessedLog log(file, metrics);
    Measurement measured(log.metrics(), {}, {file.file});  // nothing of MLPerf's
    all.push_back({file, std::move(log), std::move(measured)});
  }
  each_line([&](const LogLine& line) {
    for (Followed& one : all) {
      one.measured.line(line, [&](const Sample& sample) { one.log.take(sample); });
      if (place.asked.empty() && one.folder.empty() && !one.file.before.empty())
        one.folder = between(line.text, one.file);
    }
  });
  std::vector<CsvWitness> witnesses;
  for (const Followed& one : all) {
    const std::string& told = one.folder.empty() ? place.usual : one.folder;
    const fs::path folder =
        place.asked.empty() ? fs::path(place.started_in) / told : fs::path(place.asked);
    // What was never printed has nothing to be held to, and who names no folder may have none.
    if (one.log.empty() || (place.asked.empty() && told.empty())) continue;
    const std::string path = (folder / one.file.file).lexically_normal().string();
    const auto text = read_whole(path);
    if (text)
      witnesses.push_back(one.log.compare(path, *text, place.over));
    else if (place.over && place.has_to_be_there)
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

std::vector<Doubt> doubts_of_step(const LineCounts& lines, const std::vector<CsvWitness>& csv) {
  std::vector<Doubt> doubts = doubts_of(lines);
  for (const CsvWitness& witness : csv)
    doubts.insert(doubts.end(), witness.doubts.begin(), witness.doubts.end());
  return doubts;
}

}  // namespace ipucnn::reporting
