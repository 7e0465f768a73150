// Whether the application's own configs.yml says what a preset says, so that its name is enough.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "ipucnn/resolve.h"

namespace ipucnn {
namespace {

using Winners = std::map<std::string_view, Node>;

Winners winners(const FlatPreset& preset) {
  Winners out;
  for (const PresetEntry& entry : preset.entries) out[entry.key.text()] = entry.value;
  return out;
}

bool same_node(Node a, Node b) {
  if (a.is_scalar() && b.is_scalar()) return a.type() == b.type() && a.text() == b.text();
  if (!a.is_list() || !b.is_list() || a.size() != b.size()) return false;
  auto other = b.begin();
  for (const Node item : a) {
    if (!same_node(item, *other)) return false;
    ++other;
  }
  return true;
}

/// Where the application's own presets stand: in the checkout when one is known, else in our copy
/// of that release's. Other groups of presets stand in files that are not read from a checkout.
Layer own_layer(const Catalog& catalog, AppId application) {
  for (const Catalog::File& file : catalog.files())
    if (file.layer == Layer::Checkout && application.group.empty()) return Layer::Checkout;
  return Layer::BuiltIn;
}

}  // namespace

std::string why_written_out(const Catalog& catalog, AppId application, const FlatPreset& preset) {
  const Layer layer = own_layer(catalog, application);
  const auto own = catalog.find_preset_in(layer, preset.name, application);
  const auto whose = [&] {
    return layer == Layer::Checkout
               ? "the checkout's configs.yml"
               : fmt::format("the configs.yml of {}@{}", application.name, application.release);
  };
  if (!own) return fmt::format("{} has no preset '{}'", whose(), preset.name);
  // The very entry, nothing added: most runs end here.
  if (preset.layer == layer && !preset.extended && preset.at == own->name.at()) return {};
  Diagnostics ignored;  // what the scripts read is not ours to judge
  const auto theirs = flatten(catalog, *own, ignored);
  const Winners a = winners(preset);
  const Winners b = theirs ? winners(*theirs) : Winners{};
  const bool same =
      theirs &&
      std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
        return x.first == y.first && same_node(x.second, y.second);
      });
  if (same) return {};
  return fmt::format("{} has other values under '{}'", whose(), preset.name);
}

}  // namespace ipucnn
