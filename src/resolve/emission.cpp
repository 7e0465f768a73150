// Whether the application's own configs.yml says what a preset says, so that its name is enough.
#include "resolve/emission.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace ipucnn::resolving {
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

/// The checkout's configs.yml when one is known, else our copy of that release's.
std::optional<PresetRef> own_preset(const Catalog& catalog, AppId application,
                                    std::string_view name) {
  Layer own = Layer::BuiltIn;
  for (const Catalog::File& file : catalog.files())
    if (file.layer == Layer::Checkout) own = Layer::Checkout;
  return catalog.find_preset_in(own, name, application);
}

}  // namespace

std::string why_written_out(const Catalog& catalog, AppId application, const FlatPreset& preset) {
  const auto own = own_preset(catalog, application, preset.name);
  if (!own) return fmt::format("the application's configs.yml has no preset '{}'", preset.name);
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
  return fmt::format("the application's configs.yml has other values under '{}'", preset.name);
}

}  // namespace ipucnn::resolving
