#include "ipucnn/settings.h"

#include <algorithm>
#include <utility>

namespace ipucnn {

namespace {

bool is_of(const Setting& setting, FactName key) {
  return setting.number != kNone && key.number != kNone ? setting.number == key.number
                                                        : setting.key == key.text;
}

}  // namespace

const Setting* Settings::find(FactName key) const {
  const auto it = std::find_if(all_.begin(), all_.end(),
                               [&](const Setting& setting) { return is_of(setting, key); });
  return it == all_.end() ? nullptr : &*it;
}

Setting& Settings::assign(FactName key, Value value, Origin origin) {
  const auto it = std::find_if(all_.begin(), all_.end(),
                               [&](const Setting& setting) { return is_of(setting, key); });
  if (it == all_.end())
    return all_.emplace_back(
        Setting{std::string(key.text), std::move(value), origin, {}, key.number});
  it->shadowed.push_back(
      {std::exchange(it->value, std::move(value)), std::exchange(it->origin, origin)});
  return *it;
}

bool Settings::remove(std::string_view key) {
  return std::erase_if(all_, [&](const Setting& setting) { return setting.key == key; }) > 0;
}

Value single(std::string text, Span at, ScalarType type) {
  Value value;
  value.items.push_back({std::move(text), type, at});
  value.at = at;
  return value;
}

bool same_value(const Value& a, const Value& b) {
  return a.is_list == b.is_list &&
         std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(),
                    [](const Scalar& x, const Scalar& y) {
                      return x.text == y.text &&
                             (x.type == ScalarType::Null) == (y.type == ScalarType::Null);
                    });
}

std::string value_text(const Value& value) {
  const auto shown = [](const Scalar& item) -> std::string_view {
    if (item.text.empty() && item.type == ScalarType::Null) return "null";
    return item.text;
  };
  if (const Scalar* scalar = value.scalar()) return std::string(shown(*scalar));
  std::string out;
  for (const Scalar& item : value.items) {
    if (!out.empty()) out += ", ";
    out += shown(item);
  }
  return value.is_list ? "[" + out + "]" : out;
}

}  // namespace ipucnn
