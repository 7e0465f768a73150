#include "measure/mlperf.h"

#include <nlohmann/json.hpp>

namespace ipucnn::measuring {
namespace {

using Json = nlohmann::json;

std::optional<MlperfEvent::Kind> kind_of(std::string_view key) {
  if (key == "run_start") return MlperfEvent::Kind::Start;
  if (key == "run_stop") return MlperfEvent::Kind::Stop;
  if (key == "eval_accuracy") return MlperfEvent::Kind::Accuracy;
  if (key == "seed") return MlperfEvent::Kind::Seed;
  return std::nullopt;
}

std::optional<double> number_at(const Json& map, const char* key) {
  const auto found = map.find(key);
  if (found == map.end() || !found->is_number()) return std::nullopt;
  const double value = found->get<double>();
  return can_be_figure(value) ? std::optional<double>(value) : std::nullopt;
}

/// The kind of an event whose JSON cannot be read, as its text has it.
std::optional<MlperfEvent> broken(std::string_view text) {
  for (const std::string_view key : {"run_start", "run_stop", "eval_accuracy", "seed"}) {
    const std::string quoted = "\"" + std::string(key) + "\"";
    if (text.find(quoted) == text.npos) continue;
    MlperfEvent event;
    event.kind = *kind_of(key);
    event.value.readable = false;
    return event;
  }
  return std::nullopt;
}

}  // namespace

std::optional<MlperfEvent> read_mlperf(std::string_view text) {
  // Python writes NaN and Infinity, which JSON has not.
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return broken(text);
  const auto key = json.find("key");
  const auto kind = key != json.end() && key->is_string()
                        ? kind_of(key->get_ref<const std::string&>())
                        : std::nullopt;
  if (!kind) return std::nullopt;
  MlperfEvent event;
  event.kind = *kind;
  event.milliseconds = number_at(json, "time_ms");
  const auto value = number_at(json, "value");
  event.value = {value.value_or(0), value.has_value(), {}};
  const auto more = json.find("metadata");
  if (more == json.end() || !more->is_object()) return event;
  event.epoch = number_at(*more, "epoch_num");
  const auto status = more->find("status");
  event.success = status != more->end() && *status == "success";
  return event;
}

}  // namespace ipucnn::measuring
