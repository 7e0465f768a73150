#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ipucnn {

/// Scripts, documents and descriptions of people are far smaller; what is read from them is not.
inline constexpr std::size_t kLargestFile = std::size_t{8} * 1024 * 1024;

/// A file's whole text; `error` says why there is none.
std::optional<std::string> read_file(const std::string& path, std::string& error);

/// The same, or all of standard input where the path is `-`.
std::optional<std::string> read_named_text(const std::string& path, std::string& error);
/// How that text is called in findings.
std::string name_of_text(const std::string& path);

/// Makes a file that was not there. False, with the reason, when that failed, and without one when
/// there is a file, which stays as it is.
bool create_file(const std::string& path, std::string_view text, std::string& error);

}  // namespace ipucnn
