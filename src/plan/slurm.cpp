// What a site says of Slurm.
#include "ipucnn/plan.h"
#include "ipucnn/tree.h"

namespace ipucnn {

SlurmRequest slurm_request(Node site) {
  SlurmRequest request;
  request.resources = site.find_text("resources").value_or("");
  site.find("slurm").each_pair([&](Node name, Node value) {
    if (!value.is_null())
      request.options.emplace_back(std::string(name.text()), std::string(value.text()));
  });
  return request;
}

}  // namespace ipucnn
