// What the arithmetic changed, and what a purpose gives by it, as values of the script's options.
#include <string>

#include "ipucnn/numbers.h"
#include "ipucnn/resolve.h"

namespace ipucnn {
namespace {

void set_if_changed(const AppSchema& schema, std::string_view script, QuantityName name,
                    const std::optional<Quantity>& now, Settings& settings) {
  const Effective effective(schema, script, settings);
  const auto key = effective.key_of(name);
  if (!key || !now || now->origin.kind != OriginKind::Derived) return;
  const std::string text = std::to_string(now->value);
  const Setting* set = settings.find(*key);
  if (set != nullptr && set->value.scalar() != nullptr && set->value.scalar()->text == text) return;
  settings.assign(*key, single(text, now->origin.at, ScalarType::Int), now->origin);
}

}  // namespace

void apply_values(Node values, std::string_view why, Settings& settings) {
  Diagnostics ignored;  // the descriptor's own values are tested with the data
  values.each_pair([&](Node key, Node node) {
    const Setting* set = settings.find(key.text());
    const auto value = to_value(node, key.text(), ignored);
    if (!value || resolving::is_asked(settings, key.text()) ||
        (set != nullptr && same_value(set->value, *value)))
      return;
    settings.assign(key.text(), *value, {OriginKind::Derived, node.at(), why});
  });
}

void apply_geometry(const AppSchema& schema, const Geometry& geometry, Settings& settings,
                    std::string_view script) {
  if (geometry.own_global_batch) {
    Quantity batch = *geometry.own_global_batch;
    // What our own option asked for the script's has to say.
    if (batch.origin.by == "--global-batch") batch.origin.kind = OriginKind::Derived;
    set_if_changed(schema, script, QuantityName::GlobalBatch, batch, settings);
  } else {
    set_if_changed(schema, script, QuantityName::Accumulation, geometry.accumulation, settings);
  }
  // Where processes share the replicas the script takes them from the launcher and ignores the
  // option.
  const bool spreads = !schema.binding(QuantityName::Replicas, script).spread.text.empty();
  if (geometry.processes == ProcessModel::One || spreads)
    set_if_changed(schema, script, QuantityName::Replicas, geometry.replicas, settings);
}

}  // namespace ipucnn
