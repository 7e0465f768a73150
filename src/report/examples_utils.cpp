#include <algorithm>
#include <charconv>

#include "ipucnn/report.h"
#include "report/format.h"

namespace ipucnn::reporting {
namespace {

/// The number behind `--np` in a command that holds mpirun, which its throughput is multiplied by.
double processes_of(const std::vector<std::string>& command) {
  const bool mpirun = std::any_of(command.begin(), command.end(), [](const std::string& word) {
    return word.find("mpirun") != std::string::npos;
  });
  const auto flag = std::find(command.begin(), command.end(), "--np");
  if (!mpirun || flag == command.end() || flag + 1 == command.end()) return 1;
  double count = 1;
  const std::string& word = *(flag + 1);
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), count);
  return error == std::errc{} && end == word.data() + word.size() ? count : 1;
}

}  // namespace

std::optional<double> as_examples_utils(const MetricPattern& metric, const Series& series,
                                        const std::vector<std::string>& command) {
  std::vector<double> values;
  for (const auto& [instance, own] : series.per_instance)
    values.insert(values.end(), own.begin(), own.end());
  const auto skip = static_cast<std::size_t>(std::max<std::int64_t>(0, metric.discard_first));
  // One text that is no number ends its whole session; a count up to `skip` is a failure.
  if (series.unreadable > 0 || series.nobodys > 0 || values.size() <= skip) return std::nullopt;
  if (metric.name == "latency")
    std::sort(values.begin(), values.end(), std::greater<>());
  else
    std::sort(values.begin(), values.end());
  const double mean = mean_of(std::span<const double>(values).subspan(skip));
  return metric.name == "throughput" ? mean * processes_of(command) : mean;
}

}  // namespace ipucnn::reporting
