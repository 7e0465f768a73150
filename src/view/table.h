#pragma once

#include <optional>
#include <string>

#include "base/table.h"
#include "ipucnn/geometry.h"

namespace ipucnn::view {

using ipucnn::Table;

/// A figure in a table; a dash for one that is not known.
inline std::string cell(const std::optional<Quantity>& quantity) {
  return quantity ? std::to_string(quantity->value) : "-";
}

}  // namespace ipucnn::view
