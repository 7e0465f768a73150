// A job that is run with several values of an option.
#include <fmt/format.h>

#include "ipucnn/resolve.h"

namespace ipucnn {
namespace {

/// More than anybody runs one after the other; what grows beyond it is a slip.
constexpr std::size_t kMostSweepPoints = 1000;

}  // namespace

std::vector<std::vector<SweepValue>> sweep_points(const FlatProfile& job, Diagnostics& out) {
  std::vector<std::vector<SweepValue>> all = {{}};
  bool good = true;
  for (const std::string_view section : {"sweep", "alternatives"}) {
    job.find(section).each_pair([&](Node key, Node values) {
      if (!values.is_list() || values.size() == 0) {
        out.add(FindingId::Y005, values.at(),
                fmt::format("{} under {} needs a list of values", key.text(), section));
        good = false;
        return;
      }
      if (values.size() > kMostSweepPoints / all.size()) {
        out.add(FindingId::K051, key.at(),
                fmt::format("the job stands for more than {} runs", kMostSweepPoints));
        good = false;
        return;
      }
      std::vector<std::vector<SweepValue>> longer;
      for (const std::vector<SweepValue>& begun : all) {
        for (const Node value : values) {
          longer.push_back(begun);
          longer.back().push_back({key, value});
        }
      }
      all = std::move(longer);
    });
  }
  return good ? all : std::vector<std::vector<SweepValue>>{};
}

}  // namespace ipucnn
