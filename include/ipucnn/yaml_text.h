#pragma once

#include <string>

#include "ipucnn/resolve.h"

namespace ipucnn {

/// A scalar that YAML reads back as the same value: in quotes unless it is plain and of that type.
std::string yaml_text(const Scalar& scalar);
/// A value on one line.
std::string yaml_text(const Value& value);

/// A preset with all it inherits as a configs.yml that the scripts read.
std::string preset_yaml(const FlatPreset& preset);

}  // namespace ipucnn
