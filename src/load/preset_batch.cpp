#include "ipucnn/preset_batch.h"

namespace ipucnn {
namespace load {
namespace {

void take_keys(Node node, std::vector<FactName>& keys) {
  if (node.is_list())
    for (const Node key : node) keys.emplace_back(key.text());
  else if (node.is_scalar() && !node.is_null())
    keys.emplace_back(node.text());
}

/// A key, a list of keys, or {value: .., stages: .., mapping: ..}.
Binding read_binding(Node node) {
  Binding binding;
  take_keys(node, binding.keys);
  if (!node.is_map()) return binding;
  take_keys(node.find("value"), binding.keys);
  binding.mapping = node.find_text("mapping").value_or("");
  // An empty mapping: the model is never split.
  binding.when = node.size() == 0 ? node : node.find("when");
  binding.spread = node.find_text("spread").value_or("");
  if (const auto splits = node.find_text("stages")) {
    binding.stages = true;
    binding.keys.emplace_back(*splits);
  }
  return binding;
}

}  // namespace

void read_bindings(Node bound, Bindings& bindings) {
  bound.each_pair([&](Node key, Node value) {
    for (std::size_t i = 0; i < kQuantityCount; ++i)
      if (key.text() == quantity_key(static_cast<QuantityName>(i)))
        bindings.at(i) = read_binding(value);
  });
}

void number_keys(const AppTable& table, Bindings& bindings) {
  const auto number = [&](FactName& key) {
    if (key.number == kNone && !key.text.empty()) key.number = table.option_number(key);
  };
  for (Binding& binding : bindings) {
    for (FactName& key : binding.keys) number(key);
    number(binding.mapping);
    number(binding.spread);
  }
}

}  // namespace load

std::optional<std::int64_t> preset_batch(
    const std::function<const Binding&(QuantityName)>& binding_of,
    const std::function<Node(std::string_view)>& value_of) {
  std::int64_t product = 1;
  for (const QuantityName name :
       {QuantityName::MicroBatch, QuantityName::Accumulation, QuantityName::Replicas}) {
    Node set;
    for (const FactName key : binding_of(name).keys)
      if (!set) set = value_of(key);
    const auto value = set ? yaml_int(set.text()) : std::optional<std::int64_t>();
    if (!value && (set || name == QuantityName::MicroBatch)) return std::nullopt;
    if (value && __builtin_mul_overflow(product, *value, &product)) return std::nullopt;
  }
  return product;
}

}  // namespace ipucnn
