#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace ipucnn {

/// Takes a text piece by piece.
using TextSink = std::function<void(std::string_view)>;
/// Gives one, the same each time it is asked.
using TextSource = std::function<void(const TextSink&)>;

/// write_file (record.h) for a text that is never in memory as a whole.
bool write_file(const std::string& path, const TextSource& text, std::string& error);

}  // namespace ipucnn
