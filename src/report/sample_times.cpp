#include "report/sample_times.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <string_view>

#include "base/escape.h"

namespace ipucnn::reporting {
namespace {

/// Takes the text before the next comma.
std::string_view next_field(std::string_view& line) {
  const std::string_view field = line.substr(0, line.find(','));
  line.remove_prefix(std::min(line.size(), field.size() + 1));
  return field;
}

template <typename Number>
bool is_number(std::string_view text, Number& number) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc() && read.ptr == text.data() + text.size();
}

/// The reader of one file.
class Reader {
 public:
  explicit Reader(const std::vector<MetricPattern>& metrics) {
    for (const MetricPattern& metric : metrics) fields_.push_back(csv_field(metric.name) + ',');
    for (auto& stream : seconds_) stream.resize(metrics.size());
  }

  void feed(std::string_view piece) {
    while (!piece.empty()) {
      const std::size_t end = piece.find('\n');
      rest_ += piece.substr(0, end);
      if (end == piece.npos) return;
      row(rest_);
      rest_.clear();
      piece.remove_prefix(end + 1);
    }
  }

  /// Standard error behind standard output, as Series has its values.
  std::vector<InstanceSeconds> all() {
    for (std::size_t metric = 0; metric < fields_.size(); ++metric)
      for (const auto& [instance, seconds] : seconds_[1][metric]) {
        std::vector<double>& of = seconds_[0][metric][instance];
        of.insert(of.end(), seconds.begin(), seconds.end());
      }
    return std::move(seconds_[0]);
  }

 private:
  /// seconds,stream,offset,instance,metric,index,value; the metric alone may have quotes.
  void row(std::string_view line) {
    double seconds = 0;
    if (!is_number(next_field(line), seconds)) return;
    const std::size_t stream = next_field(line) == "stderr" ? 1 : 0;
    next_field(line);
    std::int64_t instance = 0;
    if (!is_number(next_field(line), instance)) return;
    for (std::size_t metric = 0; metric < fields_.size(); ++metric)
      if (line.substr(0, fields_[metric].size()) == fields_[metric])
        return seconds_[stream][metric][instance].push_back(seconds);
  }

  std::vector<std::string> fields_;
  std::array<std::vector<InstanceSeconds>, 2> seconds_;
  std::string rest_;
};

}  // namespace

std::vector<InstanceSeconds> seconds_of(const std::string& samples_csv,
                                        const std::vector<MetricPattern>& metrics) {
  Reader reader(metrics);
  std::string error;  // without it values stand in their order
  if (!read_log(
          samples_csv, [&](std::string_view piece) { reader.feed(piece); }, error))
    return {};
  return reader.all();
}

bool tell_apart(const InstanceSeconds& seconds, const Series& series) {
  for (const auto& [instance, values] : series.per_instance) {
    const auto of = seconds.find(instance);
    if (of == seconds.end() || of->second.size() != values.size()) return false;
    const std::set<double> moments(of->second.begin(), of->second.end());
    if (values.size() > 1 && moments.size() * 2 < values.size() + 1) return false;
    if (values.size() > 1 && moments.size() < 2) return false;
  }
  return true;
}

}  // namespace ipucnn::reporting
