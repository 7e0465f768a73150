#include "ipucnn/settings.h"

#include <algorithm>
#include <utility>

namespace ipucnn {

namespace {

/// Where the key stands; behind the last when it is not there. One loop, for every rule asks for
/// several: numbers settle it wherever both sides were looked up.
std::size_t index_of(const std::vector<Setting>& all, FactName key) {
  std::size_t i = 0;
  for (; i < all.size(); ++i) {
    const bool numbered = key.number != kNone && all[i].number != kNone;
    if (numbered ? all[i].number == key.number : all[i].key == key.text) break;
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
