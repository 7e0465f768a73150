// How commands are launched that have nothing of their own to say about it.
#include "resolve/usual_launch.h"

#include <string>
#include <utility>
#include <vector>

namespace ipucnn {
namespace {

/// Where nothing but target and profile says how a job is launched, many commands of a list are
/// launched alike.
struct UsualLaunch {
  std::string_view target;
  std::string_view profile;
  std::string purpose;  ///< a profile may have steps
  bool keeps = false;   ///< the next that is worked out is kept
  std::optional<LaunchSettings> settings{};
};

/// Where the settings of such commands are kept; null for others.
UsualLaunch* usual_launch(const ResolveInput& in, const Target& target) {
  if (in.profile == nullptr || in.job != nullptr || in.site || !in.launch.empty() ||
      !in.hostfiles.empty() || in.for_slurm || in.for_kubernetes)
    return nullptr;
  auto& known = in.catalog.memo().of<std::vector<UsualLaunch>>();
  for (UsualLaunch& one : known)
    if (one.target == target.id && one.profile == in.profile->name &&
        one.purpose == in.purpose.name)
      return &one;
  // The settings of a single start would be kept in vain; where others came before it is a list.
  const bool is_list = !known.empty();
  return &known.emplace_back(
      UsualLaunch{target.id, in.profile->name, std::string(in.purpose.name), is_list});
}

}  // namespace

namespace resolving {

NameNumbers::NameNumbers() = default;
NameNumbers::~NameNumbers() = default;

std::uint32_t NameNumbers::of(std::string_view name) {
  return static_cast<std::uint32_t>(known_.try_emplace(name, known_.size()).first->second);
}

}  // namespace resolving

std::optional<LaunchSettings> resolve_launch(const ResolveInput& in, const Target& target,
                                             Diagnostics& out) {
  UsualLaunch* usual = usual_launch(in, target);
  if (usual != nullptr && usual->settings) return usual->settings;
  Diagnostics found;
  bool asks_more = false;
  auto launch = resolving::resolve_launch_anew(in, target, asks_more, found);
  if (usual != nullptr && std::exchange(usual->keeps, true) && found.all().empty() && !asks_more)
    usual->settings = launch;
  out.add(found);
  return launch;
}

}  // namespace ipucnn
