#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/launch_settings.h"
#include "ipucnn/plan.h"

namespace ipucnn::planning {

/// Text of ours as a word: `${env:NAME}` and `${env:NAME:-default}` become variables, any other
/// dollar sign stays as it is.
Arg to_arg(std::string_view text, std::string_view cause);

/// Appends an option and its value: two words, or `--option=value` where the value begins with a
/// dash.
void add_option(std::vector<Arg>& words, std::string_view option, Arg value,
                std::string_view cause);

/// Appends an option that stands alone.
void add_flag(std::vector<Arg>& words, std::string_view option, std::string_view cause);

/// The words that a program is started with: those of the site's `programs`, else its own name.
std::vector<Arg> program(const LaunchSettings& launch, std::string_view name,
                         std::string_view cause);

/// Words inside one word, as poprun's MPI arguments: blanks between, quotes only where needed.
void append_inner_word(Arg& outer, const Arg& word);

}  // namespace ipucnn::planning
