#pragma once

#include <string_view>

#include "cli/options.h"

namespace ipucnn::cli {

inline constexpr WordList kShells = word_list("bash", "zsh", "fish");

/// The last line of `completion words` where a file may stand as well.
inline constexpr std::string_view kFilesToo = "#files";

/// What a shell reads to complete our words; empty for a shell that is not known. It asks the
/// program that is being typed, so that one of a checkout completes by itself.
std::string_view completion_script(std::string_view shell);

}  // namespace ipucnn::cli
