#include <algorithm>

#include "ipucnn/measure.h"

namespace ipucnn {
Measurement::Measurement(std::vector<MetricPattern> metrics, ProofPattern proof)
    : metrics_(std::move(metrics)),
      proof_(std::move(proof)),
      series_{std::vector<Series>(metrics_.size()), std::vector<Series>(metrics_.size())},
      latest_(metrics_.size()) {}

void Measurement::line(const LogLine& line, const SampleSink& sink) {
  if (line.tagged)
    tagged_.insert(line.instance);
  else
    untagged_ = true;
  if (proof_.kind == ProofPattern::Kind::Text && line.text.find(proof_.what) != line.text.npos)
    text_seen_ = true;
  for (std::size_t i = 0; i < metrics_.size(); ++i) {
    const auto found = extract(metrics_[i], line.text);
    if (!found) continue;
    Series& series = series_[line.stream == Stream::Out ? 0 : 1][i];
    if (!found->readable) {
      ++series.unreadable;
      continue;
    }
    std::vector<double>& values = series.per_instance[line.instance];
    if (sink) sink({line.stream, line.offset, line.instance, i, values.size(), found->printed});
    values.push_back(found->value);
    latest_[i] = found->value;
  }
}

Series Measurement::series(std::size_t metric) const {
  Series all = series_[0][metric];
  const Series& more = series_[1][metric];
  all.unreadable += more.unreadable;
  for (const auto& [instance, values] : more.per_instance) {
    std::vector<double>& own = all.per_instance[instance];
    own.insert(own.end(), values.begin(), values.end());
  }
  return all;
}

std::optional<std::size_t> Measurement::find(std::string_view name) const {
  const auto it = std::find_if(metrics_.begin(), metrics_.end(),
                               [&](const MetricPattern& metric) { return metric.name == name; });
  if (it == metrics_.end()) return std::nullopt;
  return static_cast<std::size_t>(it - metrics_.begin());
}

std::optional<double> Measurement::latest(std::string_view name) const {
  const auto index = find(name);
  return index ? latest_[*index] : std::nullopt;
}

std::optional<double> Measurement::at(std::size_t metric, std::size_t sample) const {
  const auto other = find(metrics_[metric].at);
  if (!other) return std::nullopt;
  const Series of = series(metric);
  const Series places = series(*other);
  const auto values = of.per_instance.begin();
  const auto known = places.per_instance.begin();
  // A line on which one of the two cannot be read would shift the others.
  if (values == of.per_instance.end() || known == places.per_instance.end() ||
      of.unreadable + places.unreadable > 0 || values->first != known->first ||
      values->second.size() != known->second.size())
    return std::nullopt;
  const std::size_t index =
      sample + static_cast<std::size_t>(std::max<std::int64_t>(0, metrics_[metric].discard_first));
  return index < known->second.size() ? std::optional(known->second[index]) : std::nullopt;
}

bool Measurement::proven() const {
  if (proof_.kind == ProofPattern::Kind::ExitStatus) return true;
  if (proof_.kind == ProofPattern::Kind::Text) return text_seen_;
  const auto index = find(proof_.what);
  if (!index) return false;
  const bool rate = metrics_[*index].is_rate();
  const auto any = [&](const Series& series) {
    for (const auto& [instance, values] : series.per_instance)
      for (const double value : values)
        if (!rate || value > 0) return true;
    return false;
  };
  return any(series_[0][*index]) || any(series_[1][*index]);
}

}  // namespace ipucnn
