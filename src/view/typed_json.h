#pragma once

#include <nlohmann/json.hpp>

#include "ipucnn/resolve.h"

namespace ipucnn::view {

using Json = nlohmann::ordered_json;

/// A setting's value typed as the script would see it; without an option as the file types it.
Json typed_json(const Setting& setting, const OptionSpec* option);

Json geometry_json(const Geometry& geometry);

std::string dump(const Json& json);

}  // namespace ipucnn::view
