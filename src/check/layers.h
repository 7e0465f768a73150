#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "check/rule_facts.h"

namespace ipucnn::checking {

/// Names of layers at which a pipeline stage may begin, in the model's order, from the descriptor's
/// `layers`. Empty when the descriptor does not know this model and size.
std::vector<std::string> layer_names(RuleFacts& facts);

/// Help for a name that is not among them: the nearest names, or how they look.
std::string near_layers(std::string_view name, const std::vector<std::string>& layers);

}  // namespace ipucnn::checking
