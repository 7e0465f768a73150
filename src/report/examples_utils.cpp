#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/regex.h"
#include "ipucnn/report.h"
#include "report/format.h"

namespace ipucnn {
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

/// Of all values, in the order in which that tool finds them.
std::optional<double> reduced(std::vector<double> values, const OldToolFigure& figure,
                              const std::vector<std::string>& command) {
  const auto skip = static_cast<std::size_t>(std::max<std::int64_t>(0, figure.skip));
  const bool has_nan =
      std::any_of(values.begin(), values.end(), [](double value) { return std::isnan(value); });
  if (values.size() <= skip || has_nan) return std::nullopt;
  double result = 0;
  switch (figure.reduction) {
    case Reduction::Final:
      result = values.back();
      break;
    case Reduction::Min:
      result = *std::min_element(values.begin(), values.end());
      break;
    case Reduction::Value:
      result = values.front();
      break;
    case Reduction::Mean:
      if (figure.name == "latency")
        std::sort(values.begin(), values.end(), std::greater<>());
      else
        std::sort(values.begin(), values.end());
      result = mean_of(std::span<const double>(values).subspan(skip));
      break;
  }
  if (figure.name == "throughput") result *= processes_of(command);
  return std::isfinite(result) ? std::optional(result) : std::nullopt;
}

/// As Python's float() reads a text, but for underscores between digits.
std::optional<double> python_float(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Adds the values of a stream. False where one is no number, or the log cannot be read.
bool add_values(const Regex& regex, const std::string& path, std::vector<double>& values) {
  bool good = true;
  const auto add_line = [&](std::string_view line) {
    if (!regex.literal().empty() && line.find(regex.literal()) == line.npos) return;
    std::size_t from = 0;
    while (good) {
      const auto text = regex.find(line, from);
      if (!text) return;
      const auto value = python_float(*text);
      good = value.has_value();
      if (value) values.push_back(*value);
    }
  };
  std::string rest;
  std::string error;
  const bool read = read_log(
      path,
      [&](std::string_view piece) {
        for (std::size_t end = piece.find('\n'); end != piece.npos; end = piece.find('\n')) {
          rest += piece.substr(0, end);
          add_line(rest);
          rest.clear();
          piece.remove_prefix(end + 1);
        }
        if (rest.size() < LineReader::kLongestLine) rest += piece;
      },
      error);
  add_line(rest);
  return read && good;
}

}  // namespace

std::optional<double> reporting::as_examples_utils(const MetricPattern& metric,
                                                   const Series& series,
                                                   const std::vector<std::string>& command) {
  std::vector<double> values;
  for (const auto& [instance, own] : series.per_instance)
    values.insert(values.end(), own.begin(), own.end());
  // One text that is no number ends its whole session; a count up to `skip` is a failure.
  if (series.unreadable > 0 || series.nobodys > 0) return std::nullopt;
  return reduced(std::move(values), {metric.name, {}, metric.discard_first, Reduction::Mean},
                 command);
}

std::optional<double> examples_utils_figure(const OldToolFigure& figure,
                                            const std::string& try_folder,
                                            const std::vector<std::string>& command) {
  RegexFault unsaid;
  const auto regex = Regex::compile(figure.expression, unsaid);
  std::vector<double> values;
  if (regex == nullptr || !add_values(*regex, try_folder + "/stdout.log", values) ||
      !add_values(*regex, try_folder + "/stderr.log", values))
    return std::nullopt;
  return reduced(std::move(values), figure, command);
}

}  // namespace ipucnn
