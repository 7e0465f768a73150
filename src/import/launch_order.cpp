#include "import/launch_order.h"

#include <algorithm>

namespace ipucnn::importing {

std::vector<std::string> LaunchOrder::options(bool is_poprun) const {
  std::vector<std::string> written;
  std::vector<std::size_t> places;
  for (const auto& [row, option] : met_) {
    if (row != nullptr) places.push_back(static_cast<std::size_t>(row - resolving::kLaunchWords));
    if (std::find(written.begin(), written.end(), option) == written.end())
      written.push_back(option);
  }
  const bool switches_moved = !is_poprun && !switches_come_first();
  const bool usual = std::is_sorted(places.begin(), places.end()) && !root_comes_before_tag();
  return usual && !switches_moved ? std::vector<std::string>() : written;
}

/// Whether mpirun's switches stand where a plan puts them, in front of everything.
bool LaunchOrder::switches_come_first() const {
  bool other = false;
  for (const auto& [row, option] : met_) {
    if (row != nullptr)
      other = true;
    else if (other)
      return false;
  }
  return true;
}

/// A plan writes them the other way round.
bool LaunchOrder::root_comes_before_tag() const {
  const auto at = [&](const char* name) {
    return std::find_if(met_.begin(), met_.end(),
                        [&](const auto& met) { return met.second == name; });
  };
  const auto tag = at("--tag-output");
  return tag != met_.end() && at("--allow-run-as-root") < tag;
}

}  // namespace ipucnn::importing
