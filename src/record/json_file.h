#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace ipucnn::record {

using Json = nlohmann::ordered_json;

/// All bytes of a file; absent when it cannot be read.
std::optional<std::string> read_text(const std::filesystem::path& path);

/// The object that a file holds; absent when it cannot be read or holds anything else.
std::optional<Json> read_object(const std::filesystem::path& path);

/// A text of an object; absent where the key or its value is none.
std::optional<std::string> text_in(const Json& object, const char* key);

}  // namespace ipucnn::record
