#pragma once

#include <string>

#include "ipucnn/descriptor.h"

namespace ipucnn::load {

/// What a value of this shape may be: "a number or a list".
std::string forms_of(const Shape& shape);

/// Whether a node is of the kind that the shape itself asks for, whatever it holds.
bool takes_kind(const Shape& shape, Node node);

}  // namespace ipucnn::load
