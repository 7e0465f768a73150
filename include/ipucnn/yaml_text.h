#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ipucnn/resolve.h"

namespace ipucnn {

/// A scalar that YAML reads back as the same value: in quotes unless it is plain and of that type.
std::string yaml_text(const Scalar& scalar);
/// A value on one line.
std::string yaml_text(const Value& value);

/// What a word that is a mapping in YAML holds, values as flow_text() writes them; null when it is
/// none. Holds until the next call.
using WordEntries = std::vector<std::pair<std::string, std::string>>;
const WordEntries* entries_of_word(const std::string& word);

/// A preset with all it inherits as a configs.yml that the scripts read.
std::string preset_yaml(const FlatPreset& preset);

}  // namespace ipucnn
