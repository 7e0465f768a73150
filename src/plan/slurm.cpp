// What a site says of Slurm.
#include "ipucnn/plan.h"
#include "ipucnn/sbatch_options.h"
#include "ipucnn/tree.h"

namespace ipucnn {

SlurmRequest slurm_request(Node site) {
  SlurmRequest request;
  request.resources = site.find_text("resources").value_or("");
  site.find("slurm").each_pair([&](Node name, Node value) {
    if (auto text = sbatch_value(name.text(), value.text(), value.type()))
      request.options.emplace_back(std::string(name.text()), *std::move(text));
  });
  return request;
}

}  // namespace ipucnn
