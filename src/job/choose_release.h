#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "ipucnn/job.h"

namespace ipucnn::job {

/// What tells the release where the request does not: the site's SDK, empty where it says none.
struct ReleaseWish {
  AppId application;  ///< as it was asked for; with a release nothing is guessed
  std::string_view sdk;
  const Word* name = nullptr;  ///< what a guess is said of
};

struct ReleaseChoice {
  Entry application;
  std::optional<PresetRef> preset;
};

/// The newest release of an application, of those for the SDK if there are any. Absent when there
/// is none. A guess between several is said as K044.
Entry choose_application(const Catalog& catalog, const ReleaseWish& wish, Diagnostics& out);

/// Of presets of one name in one application that of the strongest layer, and of several releases
/// as above. A preset of no release belongs to those that know its keys and what it extends. The
/// application is absent when there is none for it.
ReleaseChoice choose_release(const Descriptors& descriptors, const std::vector<PresetRef>& found,
                             const ReleaseWish& wish, Diagnostics& out);

}  // namespace ipucnn::job
