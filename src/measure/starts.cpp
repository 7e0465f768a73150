// Starts of a job in one log, told by what its lines count by.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <iterator>
#include <limits>
#include <string_view>

#include "ipucnn/measure.h"

namespace ipucnn {
namespace {

/// Units of what counts up as a job goes on, the finest first that does not begin anew within it.
constexpr std::array<std::string_view, 4> kCounts = {"weight updates", "samples", "epochs",
                                                     "steps"};

/// Whether both stand on the same lines, as far as the patterns tell.
bool share_lines(const MetricPattern& one, const MetricPattern& other) {
  return one.line == other.line && one.under == other.under &&
         !(one.line.empty() && one.under.empty());
}

}  // namespace

void Starts::add(std::span<const double> positions) {
  for (const double at : positions) {
    const std::size_t index = next_++;
    if (!any_) {
      any_ = true;
      highest_ = at;
      second_ = -std::numeric_limits<double>::infinity();
    } else if (at > highest_) {
      second_ = highest_;
      highest_ = at;
    } else if (at == last_) {
      repeated_ = true;
    } else if (at < last_ && (at < second_ || !repeated_)) {
      found_.push_back(index);
      highest_ = at;
      second_ = -std::numeric_limits<double>::infinity();
    }
    last_ = at;
  }
}

std::vector<std::size_t> ValueList::starts() const {
  Starts starts = starts_ ? *starts_ : Starts(gone_);
  each_part([&](std::span<const double> values) { starts.add(values); });
  return starts.found();
}

std::vector<std::size_t> ValueList::starts_by(const ValueList& positions) const {
  constexpr std::ptrdiff_t kMostCutOff = 4;  // with more, they do not belong together
  const std::ptrdiff_t shift = std::ssize(*this) - std::ssize(positions);
  std::vector<std::size_t> all;
  if (std::abs(shift) > kMostCutOff) return all;
  for (const std::size_t found : positions.starts())
    for (std::ptrdiff_t by = std::min<std::ptrdiff_t>(shift, 0);
         by <= std::max<std::ptrdiff_t>(shift, 0); ++by) {
      const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(found) + by;
      if (at < std::max<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(gone_), 1) ||
          at >= std::ssize(*this))
        continue;
      const std::size_t kept = static_cast<std::size_t>(at) - gone_;
      if (all.empty() || all.back() < kept) all.push_back(kept);
    }
  return all;
}

std::optional<std::size_t> position_of(const std::vector<MetricPattern>& metrics,
                                       std::size_t metric) {
  const MetricPattern& pattern = metrics[metric];
  const auto first = [&](const auto& is_it) -> std::optional<std::size_t> {
    for (std::size_t i = 0; i < metrics.size(); ++i)
      if (i != metric && is_it(metrics[i])) return i;
    return std::nullopt;
  };
  if (!pattern.at.empty())
    return first([&](const MetricPattern& other) { return other.name == pattern.at; });
  for (const std::string_view unit : kCounts)
    if (const auto found = first([&](const MetricPattern& other) {
          return other.unit == unit && share_lines(pattern, other);
        }))
      return found;
  return std::nullopt;
}

}  // namespace ipucnn
