#include <algorithm>

#include "ipucnn/measure.h"

namespace ipucnn {
Measurement::Measurement(std::vector<MetricPattern> metrics, ProofPattern proof)
    : metrics_(std::move(metrics)),
      proof_(std::move(proof)),
      series_(metrics_.size()),
      latest_(metrics_.size()) {}

void Measurement::line(const LogLine& line) {
  if (line.tagged)
    tagged_.insert(line.instance);
  else
    untagged_ = true;
  if (proof_.kind == ProofPattern::Kind::Text && line.text.find(proof_.what) != line.text.npos)
    text_seen_ = true;
  for (std::size_t i = 0; i < metrics_.size(); ++i) {
    const auto found = extract(metrics_[i], line.text);
    if (!found) continue;
    if (!found->readable) {
      ++series_[i].unreadable;
      continue;
    }
    series_[i].per_instance[line.instance].push_back(found->value);
    latest_[i] = found->value;
  }
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

bool Measurement::proven() const {
  if (proof_.kind == ProofPattern::Kind::ExitStatus) return true;
  if (proof_.kind == ProofPattern::Kind::Text) return text_seen_;
  const auto index = find(proof_.what);
  if (!index) return false;
  const auto& values = series_[*index].per_instance;
  return std::any_of(values.begin(), values.end(), [&](const auto& instance) {
    return std::any_of(instance.second.begin(), instance.second.end(),
                       [&](double value) { return !metrics_[*index].is_rate() || value > 0; });
  });
}

Verdict Measurement::verdict(bool ended_well) const {
  if (!ended_well) return Verdict::Failed;
  return proven() ? Verdict::Succeeded : Verdict::Silent;
}

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::Succeeded:
      return "succeeded";
    case Verdict::Failed:
      return "failed";
    case Verdict::Silent:
      break;
  }
  return "silent";
}

}  // namespace ipucnn
