// What a site says of Kubernetes.
#include "base/text.h"
#include "plan/parts.h"

namespace ipucnn::planning {

KubernetesRequest kubernetes_request(const PlanInput& in) {
  const Node cluster = in.in.site.body.find("kubernetes");
  KubernetesRequest request;
  const auto take = [&](std::string_view key, std::string& into) {
    if (const auto text = cluster.find_text(key)) into = *text;
  };
  take("namespace", request.name_space);
  take("image", request.image);
  take("shared_memory", request.shared_memory);
  take("service_account", request.service_account);
  take("cpu", request.cpu);
  take("memory", request.memory);
  take("clean_pods", request.clean_pods);
  if (const auto text = cluster.find_text("backoff_limit"))
    request.backoff_limit = parse_int64(*text).value_or(0);
  const auto take_pairs = [&](std::string_view key, auto& into) {
    cluster.find(key).each_pair([&](Node name, Node value) {
      if (!value.is_null()) into.emplace_back(name.text(), value.text());
    });
  };
  take_pairs("volumes", request.volumes);
  take_pairs("secrets", request.secrets);
  return request;
}

}  // namespace ipucnn::planning
