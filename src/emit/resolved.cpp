// The settings of a plan as YAML 1.1 that reads back as the same values.
#include <nlohmann/json.hpp>

#include "emit/emitters.h"
#include "ipucnn/emit.h"
#include "ipucnn/plan.h"

namespace ipucnn {
namespace emitting {

/// What YAML does not take as it is, or would take for the end of a line,
/// escaped.
std::string yaml_quoted(const std::string& text) {
  using Json = nlohmann::json;
  const std::string json = Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string out;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const std::string_view rest = std::string_view(json).substr(i);
    const auto byte = static_cast<unsigned char>(rest[0]);
    const auto next = static_cast<unsigned char>(rest.size() > 1 ? rest[1] : '\0');
    if (byte == 0x7F) {
      out += "\\x7f";
    } else if (byte == 0xC2 && next < 0xA0) {
      out += std::string("\\x") + "89"[(next >> 4U) - 8U] + "0123456789abcdef"[next & 15U];
      ++i;
    } else if (rest.substr(0, 3) == "\xe2\x80\xa8" || rest.substr(0, 3) == "\xe2\x80\xa9") {
      out += rest[2] == '\xa8' ? "\\L" : "\\P";
      i += 2;
    } else if (rest.substr(0, 3) == "\xef\xbb\xbf") {
      out += "\\ufeff";
      i += 2;
    } else {
      out += rest[0];
    }
  }
  return out;
}

}  // namespace emitting

namespace {

using emitting::yaml_quoted;

/// YAML 1.1 wants a point in every float.
std::string float_text(std::string text) {
  if (text == "inf" || text == "nan") return "." + text;
  if (text == "-inf") return "-.inf";
  const std::size_t exponent = text.find('e');
  if (text.find('.') == std::string::npos)
    text.insert(exponent == std::string::npos ? text.size() : exponent, ".0");
  return text;
}

std::string scalar_text(const PlanScalar& scalar) {
  switch (scalar.type) {
    case ScalarType::Null:
      return "null";
    case ScalarType::Bool:
    case ScalarType::Int:
      return scalar.text;
    case ScalarType::Float:
      return float_text(scalar.text);
    case ScalarType::String:
      break;
  }
  return yaml_quoted(scalar.text);
}

}  // namespace

std::string resolved_yaml(const JobPlan& plan) {
  std::string out;
  for (const Step& step : plan.steps) {
    out += yaml_quoted(step.name) + (step.settings.empty() ? ": {}\n" : ":\n");
    for (const PlanSetting& set : step.settings) {
      std::string value;
      for (const PlanScalar& item : set.items)
        value += (value.empty() ? "" : ", ") + scalar_text(item);
      out += "  " + yaml_quoted(set.key) + ": " + (set.is_list ? "[" + value + "]" : value) + "\n";
    }
  }
  return out;
}

}  // namespace ipucnn
