#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "check/rule_facts.h"

namespace ipucnn::checking {

/// From the descriptor's `layers`; without names when it does not know this model and size. Lasts
/// as long as the descriptor.
const Layers& model_layers(RuleFacts& facts);

/// Help for a name that is not among them: the nearest names, or how they look.
std::string near_layers(std::string_view name, const std::vector<std::string>& layers);

}  // namespace ipucnn::checking
