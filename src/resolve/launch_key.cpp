#include "resolve/launch_key.h"

namespace ipucnn::resolving {
namespace {

constexpr LaunchKey kLaunchKeys[] = {
#define LAUNCH_KEY(key, kind, detail, meaning) {#key, LaunchKind::kind},
#include "ipucnn/launch_keys.def"
#undef LAUNCH_KEY
};

/// How words are written, under `spelling` of a profile or a job.
constexpr LaunchKey kSpellings[] = {
    {"spelling.equals", LaunchKind::List},   // --option=value for these; * for all
    {"spelling.yes_no", LaunchKind::List},   // yes and no for these
    {"spelling.verbose", LaunchKind::Text},  // in place of -vv
    {"spelling.order", LaunchKind::List},    // the launcher's options in this order, then the rest
};

}  // namespace

const LaunchKey* find_launch_key(std::string_view key) {
  for (const LaunchKey& known : kLaunchKeys)
    if (known.key == key) return &known;
  for (const LaunchKey& known : kSpellings)
    if (known.key == key) return &known;
  return nullptr;
}

std::vector<std::string_view> launch_key_names() {
  std::vector<std::string_view> names;
  for (const LaunchKey& known : kLaunchKeys) names.push_back(known.key);
  return names;
}

}  // namespace ipucnn::resolving
