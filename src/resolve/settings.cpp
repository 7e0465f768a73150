#include "ipucnn/settings.h"

#include <algorithm>
#include <utility>

namespace ipucnn {

namespace {

/// Where the key stands; behind the last when it is not there. Numbers settle it wherever both
/// sides were looked up. Every rule asks for several keys, so the usual step compares numbers
/// alone.
std::size_t index_of(const std::vector<Setting>& all, FactName key) {
  std::size_t i = 0;
  if (key.number == kNone) {
    while (i < all.size() && all[i].key != key.text) ++i;
    return i;
  }
  for (const Setting& setting : all) {
    if (setting.number == key.number) break;
    if (setting.number == kNone && setting.key == key.text) break;
    ++i;
  }
  return i;
}

}  // namespace

const Setting* Settings::find(FactName key) const {
  const std::size_t i = index_of(all_, key);
  return i == all_.size() ? nullptr : &all_[i];
}

Setting& Settings::assign(FactName key, Value value, Origin origin) {
  const std::size_t i = index_of(all_, key);
  if (i == all_.size())
    return all_.emplace_back(
        Setting{std::string(key.text), std::move(value), origin, {}, key.number});
  Setting& known = all_[i];
  known.shadowed.push_back(
      {std::exchange(known.value, std::move(value)), std::exchange(known.origin, origin)});
  return known;
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
