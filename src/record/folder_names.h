#pragma once

#include <string>
#include <string_view>

namespace ipucnn::record {

/// A name from a user's file as one part of a path.
std::string as_file_name(std::string_view name);

}  // namespace ipucnn::record
