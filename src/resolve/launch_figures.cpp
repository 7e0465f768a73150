#include "resolve/launch_figures.h"

#include <fmt/format.h>

#include "ipucnn/launcher.h"

namespace ipucnn::resolving {

std::string_view launcher_in_use(const PurposeSpec& purpose, const LaunchSettings& launch) {
  const std::string_view has = launcher_for(purpose, launch.text("launcher"));
  const Setting* set = launch.values.find("launcher");
  const Node launchers = purpose.node.find("launchers");
  if (!launchers.is_list() || (set != nullptr && set->origin.kind > OriginKind::Derived))
    return has;
  for (const Node launcher : launchers)
    if (launcher.text() == has || launcher.text() == "none") return launcher.text();
  return has;
}

std::optional<Quantity> launch_figure(const LaunchSettings& launch, std::string_view key,
                                      Diagnostics& out) {
  const Setting* set = launch.values.find(key);
  const Scalar* scalar = set == nullptr ? nullptr : set->value.scalar();
  const auto count = scalar != nullptr ? yaml_int(scalar->text) : std::nullopt;
  if (!count) return std::nullopt;
  if (is_figure(*count)) return Quantity{*count, set->origin};
  out.add(FindingId::K015, set->origin.at,
          fmt::format("{} is {}, which is not a whole number from 1 to {}", key, *count,
                      kLargestFigure));
  return std::nullopt;
}

}  // namespace ipucnn::resolving
