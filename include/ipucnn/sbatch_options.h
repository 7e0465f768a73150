#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ipucnn/value.h"

namespace ipucnn {

/// Why a run that is followed cannot have this option of sbatch, as a whole message with its
/// remedy; empty message: it can. `name` is the long one, without dashes.
struct SbatchRefusal {
  std::string message;
  std::string help;
};
SbatchRefusal refuse_sbatch_option(std::string_view name, std::string_view value, ScalarType type);

/// What stands behind the option's name: empty where it stands alone, absent where it is left out.
/// yes and no are the presence of an option that may stand alone, and the text of any other.
std::optional<std::string> sbatch_value(std::string_view name, std::string_view value,
                                        ScalarType type);

}  // namespace ipucnn
