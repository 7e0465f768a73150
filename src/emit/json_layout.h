#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace ipucnn::emitting {

using Json = nlohmann::ordered_json;

/// JSON for people and programs: what fits in 100 columns stands on one line. Texts have to be
/// UTF-8.
std::string laid_out(const Json& json);

}  // namespace ipucnn::emitting
