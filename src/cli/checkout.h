#pragma once

#include <optional>
#include <string>

#include "ipucnn/catalog.h"

namespace ipucnn::cli {

/// A folder of an application's scripts that was recognised.
struct Checkout {
  std::string application;  ///< NAME@RELEASE of the descriptor
  std::string configs;      ///< path of its configs.yml; empty when it has none
};

/// The descriptor whose `checkout:` marks the folder bears; of several the last release. Absent
/// when there is none. `of` limits the search to one application.
std::optional<Checkout> recognise_checkout(const Catalog& catalog, const std::string& folder,
                                           AppId of);

}  // namespace ipucnn::cli
