// What the tools of Graphcore's software say of the machine, where they are installed.
#include <array>

#include "ipucnn/local_run.h"

namespace ipucnn {

Variables machine_says(const Variables& environment) {
  static const std::array<std::vector<std::string>, 3> kTools = {{
      {"vipu", "list", "partitions"},  // their sizes and states
      {"gc-info", "--list-devices"},   // the IPUs of the partition in use
      {"gc-monitor"},                  // firmware, and whose processes use which IPU
  }};
  constexpr std::chrono::seconds kLongest(10);
  constexpr std::size_t kMost = std::size_t{16} * 1024;
  Variables said;
  for (const std::vector<std::string>& words : kTools) {
    auto text = output_of({words, environment, {}}, kLongest);
    if (!text || text->empty()) continue;
    std::string name = words.front();
    for (std::size_t i = 1; i < words.size(); ++i) name += " " + words[i];
    said.emplace_back(std::move(name), text->substr(0, kMost));
  }
  return said;
}

}  // namespace ipucnn
