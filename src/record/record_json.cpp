#include <nlohmann/json.hpp>

#include "ipucnn/record.h"

namespace ipucnn {

std::string record_json(const TryRecord& record) {
  using Json = nlohmann::ordered_json;
  const auto or_null = [](const auto& value) { return value ? Json(*value) : Json(nullptr); };
  const Json json = {{"schema", "ipucnn.record/1"},
                     {"step", record.step},
                     {"try", record.number},
                     {"started", record.started},
                     {"ended", record.ended},
                     {"seconds", record.seconds},
                     {"verdict", record.verdict},
                     {"outcome", record.outcome},
                     {"exit_status", or_null(record.exit_status)},
                     {"signal", or_null(record.signal)},
                     {"reason", record.reason},
                     {"label", or_null(record.label)}};
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace ipucnn
