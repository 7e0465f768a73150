#pragma once

#include <forward_list>
#include <string>

#include "ipucnn/resolve.h"

namespace ipucnn::job {

/// Launch profiles that were looked up before: the commands of a list have few.
struct KnownProfiles {
  /// One as steps of a name take it.
  struct Flat {
    const NodeRecord* body;
    std::string step;
    FlatProfile profile;
  };
  Entry usual{};  ///< of all who name none; absent: not asked for yet
  std::forward_list<Flat> flat{};
};

}  // namespace ipucnn::job
