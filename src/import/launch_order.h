#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ipucnn/launch_words.h"

namespace ipucnn::importing {

/// In which order a launcher's options were met, to be kept where a plan would write another.
class LaunchOrder {
 public:
  /// `row` is null for a switch that a plan writes outside its table.
  void add(const resolving::LaunchWord* row, std::string option) {
    met_.emplace_back(row, std::move(option));
  }
  void take_back() { met_.pop_back(); }

  /// Each option once; empty where a plan's own order is the same.
  std::vector<std::string> options(bool is_poprun) const;

 private:
  bool switches_come_first() const;
  bool root_comes_before_tag() const;

  std::vector<std::pair<const resolving::LaunchWord*, std::string>> met_;
};

}  // namespace ipucnn::importing
