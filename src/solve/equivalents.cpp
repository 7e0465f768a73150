// What two applications have in common, as far as their descriptors say.
#include "ipucnn/equivalents.h"

namespace ipucnn {
namespace {

bool makes_network(const CheckInput& in, std::string_view key) {
  bool found = false;
  in.in.schema.node().find("networks").each_pair([&](Node, Node values) {
    found = found || static_cast<bool>(values.find(key));
  });
  return found;
}

bool is_batch_figure(QuantityName quantity) {
  return quantity == QuantityName::MicroBatch || quantity == QuantityName::Accumulation ||
         quantity == QuantityName::Replicas;
}

/// Key of the option that means the same; empty: there is none.
std::string_view key_here(const CheckInput& there, const CheckInput& here, std::string_view key) {
  const Node known = there.in.schema.node().find("counterparts").find(here.in.schema.name());
  if (const auto named = known.find_text(key)) return *named;
  const auto quantity = there.in.schema.quantity_of(key);
  return quantity ? here.in.schema.key_of(*quantity).value_or("").text : std::string_view();
}

}  // namespace

std::optional<std::string_view> network_of(const CheckInput& in) {
  const Effective effective(in.in.schema, in.in.purpose.script, in.settings);
  const Facts facts = effective.facts();
  std::optional<std::string_view> network;
  in.in.schema.node().find("networks").each_pair([&](Node name, Node values) {
    if (!network && condition_holds(values, facts)) network = name.text();
  });
  return network;
}

std::vector<Counterpart> counterparts(const CheckInput& there, const CheckInput& here) {
  const Effective effective(here.in.schema, here.in.purpose.script, here.settings);
  std::vector<Counterpart> all;
  for (const Setting& set : there.settings.all()) {
    const auto quantity = there.in.schema.quantity_of(set.key);
    if ((quantity && is_batch_figure(*quantity)) || makes_network(there, set.key)) continue;
    const std::string_view key = key_here(there, here, set.key);
    const auto value = key.empty() ? std::nullopt : effective.setting(key);
    all.push_back({set.key, value_text(set.value), std::string(key),
                   value ? value_text(value->value) : std::string()});
  }
  return all;
}

}  // namespace ipucnn
