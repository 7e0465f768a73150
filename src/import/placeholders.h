#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "import/located.h"

namespace ipucnn::importing {

/// What the program that a YAML file is for puts into its texts before anything reads them, beside
/// what is told apart by its form: `${{ .. }}`, `{{ .. }}`, `<< parameters.NAME >>`,
/// `$[[ inputs.NAME ]]`.
struct Placeholders {
  bool dollars_doubled = false;  ///< `$$` is a dollar sign, as docker-compose has it
  /// Whether `$(NAME)` is a variable, as Azure has it; not asked where nothing is said.
  std::function<bool(std::string_view)> in_parentheses{};
};

/// A text for a shell, in which each placeholder is a variable, which it is until the start; where
/// single quotes are around it, as well. `${{ env.NAME }}` is the shell's own NAME.
Located with_variables(const Located& text, const Placeholders& known);

/// A text that no shell reads, in which each placeholder stands as the variable of a word.
Located with_values_open(const Located& text, const Placeholders& known);

/// The name of the variable for what stands in a placeholder.
std::string placeholder_name(std::string_view inside);

}  // namespace ipucnn::importing
