// What a site says of Slurm.
#include "plan/parts.h"

namespace ipucnn::planning {

SlurmRequest slurm_request(const PlanInput& in) {
  SlurmRequest request;
  const Node site = in.in.site.body;
  request.resources = site.find_text("resources").value_or("");
  site.find("slurm").each_pair([&](Node name, Node value) {
    if (!value.is_null())
      request.options.emplace_back(std::string(name.text()), std::string(value.text()));
  });
  return request;
}

}  // namespace ipucnn::planning
