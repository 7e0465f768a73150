#include "view/typed_json.h"

#include <cmath>

namespace ipucnn::view {
namespace {

Json scalar_json(const Scalar& scalar, const OptionSpec* option, const Origin& origin) {
  // A key no script knows is shown as the file types it.
  const OptionSpec untyped;
  const auto typed = script_value(scalar, option ? *option : untyped, origin);
  if (!typed) return scalar.text;
  switch (typed->type) {
    case ScalarType::Null:
      return nullptr;
    case ScalarType::Bool:
      return typed->boolean;
    case ScalarType::Int:
      return typed->integer;
    case ScalarType::Float:
      return std::isfinite(typed->real) ? Json(typed->real) : Json(scalar.text);
    case ScalarType::String:
      break;
  }
  return typed->text;
}

}  // namespace

Json typed_json(const Setting& setting, const OptionSpec* option) {
  if (!setting.value.is_list)
    return setting.value.items.empty()
               ? Json(nullptr)
               : scalar_json(setting.value.items.front(), option, setting.origin);
  Json list = Json::array();
  for (const Scalar& item : setting.value.items)
    list.push_back(scalar_json(item, option, setting.origin));
  return list;
}

Json geometry_json(const Geometry& g) {
  const auto figure = [](const std::optional<Quantity>& quantity) {
    return quantity ? Json(quantity->value) : Json(nullptr);
  };
  return {{"micro_batch", figure(g.micro_batch)},
          {"accumulation", figure(g.accumulation)},
          {"replicas", figure(g.replicas)},
          {"ipus_per_replica", figure(g.ipus_per_replica)},
          {"instances", figure(g.instances)},
          {"hosts", figure(g.hosts)},
          {"ilds", figure(g.ilds)},
          {"global_batch", figure(g.global_batch)},
          {"ipus", figure(g.ipus)}};
}

std::string dump(const Json& json) {
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace ipucnn::view
