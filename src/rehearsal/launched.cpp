// What a process knows of the launcher that started it.
#include <fmt/format.h>

#include "base/text.h"
#include "ipucnn/rehearsal.h"

namespace ipucnn {

bool take_launcher(const std::function<std::optional<std::string>(std::string_view)>& variable,
                   std::int64_t ipus_per_replica, PlayedScript& played, std::string& error) {
  const auto number = [&](std::string_view name) -> std::optional<std::int64_t> {
    const auto text = variable(name);
    return text ? parse_int64(*text) : std::nullopt;
  };
  const auto total = number("POPDIST_NUM_TOTAL_REPLICAS");
  const auto local = number("POPDIST_NUM_LOCAL_REPLICAS");
  if (!total) {
    if (!played.parts.find_bool("takes_ranks", false)) return true;
    played.instances = number("OMPI_COMM_WORLD_SIZE").value_or(1);
    played.instance = number("OMPI_COMM_WORLD_RANK").value_or(0);
    return true;
  }
  if (!local || *local < 1 || *total % *local != 0) {
    error = "the POPDIST variables do not fit each other";
    return false;
  }
  played.under_poprun = true;
  played.replicas = *local;
  played.instances = *total / *local;
  played.instance = number("POPDIST_REPLICA_INDEX_OFFSET").value_or(0) / *local;
  const auto told = number("POPDIST_NUM_IPUS_PER_REPLICA").value_or(1);
  if (told == ipus_per_replica) return true;
  error =
      fmt::format("a replica takes {} IPUs here, and poprun was told {}", ipus_per_replica, told);
  return false;
}

}  // namespace ipucnn
