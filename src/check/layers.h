#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "check/rule_facts.h"

namespace ipucnn::checking {

/// Names of layers at which a pipeline stage may begin.
struct Layers {
  std::vector<std::string> names;
  bool in_order = true;  ///< as the model runs them, and splits have to follow
};

/// From the descriptor's `layers`; without names when it does not know this model and size.
Layers model_layers(RuleFacts& facts);

/// Help for a name that is not among them: the nearest names, or how they look.
std::string near_layers(std::string_view name, const std::vector<std::string>& layers);

}  // namespace ipucnn::checking
