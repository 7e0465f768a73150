// What is left of values that are not kept.
#include <algorithm>

#include "ipucnn/measure.h"

namespace ipucnn {

void Outline::add(std::span<const double> values) {
  if (values.empty()) return;
  // Two of each, since each waits for the one before.
  double low = values.front();
  double other_low = low;
  double high = low;
  double other_high = low;
  for (std::size_t i = values.size() % 2; i < values.size(); i += 2) {
    low = std::min(low, values[i]);
    high = std::max(high, values[i]);
    other_low = std::min(other_low, values[i + 1]);
    other_high = std::max(other_high, values[i + 1]);
  }
  // Of 0 and -0, which are equal, the first one counts.
  const auto first = [&](double found) {
    return found != 0 ? found : *std::find(values.begin(), values.end(), found);
  };
  add(Outline{values.size(), first(std::min(low, other_low)), first(std::max(high, other_high)),
              values.back()});
}

void Outline::add(const Outline& other) {
  if (other.count == 0) return;
  lowest = std::min(lowest, other.lowest);
  highest = std::max(highest, other.highest);
  last = other.last;
  count += other.count;
}

void ValueList::add_to(Outline& outline) const {
  outline.add(outline_);
  each_part([&](std::span<const double> values) { outline.add(values); });
}

void Measurement::keep_outlines_of_states() {
  for (std::size_t i = 0; i < metrics_.size(); ++i) {
    const MetricPattern& metric = metrics_[i];
    bool outlined = metric.is_state() && !metric.is_of_checkpoints();
    for (const MetricPattern& other : metrics_) outlined = outlined && other.at != metric.name;
    if (outlined) outlined_.push_back(i);
  }
}

}  // namespace ipucnn
