#include <algorithm>

#include "ipucnn/measure.h"

namespace ipucnn {
Measurement::Measurement(std::vector<MetricPattern> metrics, ProofPattern proof)
    : metrics_(std::move(metrics)),
      proof_(std::move(proof)),
      kept_{std::vector<Kept>(metrics_.size()), std::vector<Kept>(metrics_.size())},
      latest_(metrics_.size()) {}

void Measurement::line(const LogLine& line, const SampleSink& sink) {
  note_instance(line);
  if (proof_.kind == ProofPattern::Kind::Text && line.text.find(proof_.what) != line.text.npos)
    text_seen_ = true;
  const std::int64_t whose = line.tagged ? line.instance : kNobody;
  for (std::size_t i = 0; i < metrics_.size(); ++i) {
    Kept& kept = kept_[line.stream == Stream::Out ? 0 : 1][i];
    const auto found = find_value(metrics_[i], line.text, whose, kept);
    if (!found) continue;
    if (!found->readable) {
      ++kept.unreadable;
      continue;
    }
    std::vector<double>& values = kept.values[whose];
    if (sink) sink({line.stream, line.offset, line.instance, i, values.size(), found->printed});
    values.push_back(found->value);
    latest_[i] = found->value;
  }
}

void Measurement::note_instance(const LogLine& line) {
  untagged_ = untagged_ || !line.tagged;
  if (!line.tagged) return;
  constexpr std::int64_t kSmall = 4096;
  if (line.instance < kSmall) {
    const auto i = static_cast<std::size_t>(line.instance);
    if (seen_.size() <= i) seen_.resize(i + 1);
    if (seen_[i]) return;
    seen_[i] = true;
  }
  tagged_.insert(line.instance);
}

std::optional<Extracted> Measurement::find_value(const MetricPattern& metric, std::string_view line,
                                                 std::int64_t whose, Kept& kept) {
  if (metric.under.empty()) return extract(metric, line);
  if (is_head(metric, line)) kept.in_table.insert(whose);
  if (kept.in_table.count(whose) == 0) return std::nullopt;
  const auto row = extract_row(metric, line);
  if (!row) return std::nullopt;
  const auto through = static_cast<double>(metric.discard_through);
  if (row->value.readable && row->first && *row->first <= through)
    kept.early[whose].insert(kept.values[whose].size());
  return row->value;
}

Series Measurement::series(std::size_t metric) const {
  Series all;
  for (const auto& stream : kept_) {
    const Kept& kept = stream[metric];
    all.unreadable += kept.unreadable;
    for (const auto& [whose, values] : kept.values) {
      if (whose == kNobody && !tagged_.empty()) {
        all.nobodys += static_cast<std::int64_t>(values.size());
        continue;
      }
      const std::int64_t instance = std::max<std::int64_t>(whose, 0);
      std::vector<double>& own = all.per_instance[instance];
      if (const auto early = kept.early.find(whose); early != kept.early.end())
        for (const std::size_t index : early->second)
          all.early[instance].insert(own.size() + index);
      own.insert(own.end(), values.begin(), values.end());
    }
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
  const Series all = series(*index);
  for (const auto& [instance, values] : all.per_instance)
    for (const double value : values)
      if (!rate || value > 0) return true;
  return false;
}

}  // namespace ipucnn
