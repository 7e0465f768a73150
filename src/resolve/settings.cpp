#include "ipucnn/settings.h"

#include <algorithm>
#include <utility>

namespace ipucnn {

/// Where the key stands; behind the last when it is not there. Every rule asks for several keys, so
/// numbers settle it wherever both sides were looked up.
std::size_t Settings::index_of(FactName key) const {
  if (key.number < places_.size() && places_[key.number] != 0) return places_[key.number] - 1U;
  if (key.number != kNone && all_numbered_) return all_.size();
  const bool any = key.number == kNone;
  std::size_t i = 0;
  while (i < all_.size() && !((any || all_[i].number == kNone) && all_[i].key == key.text)) ++i;
  return i;
}

void Settings::note_place(std::size_t index) {
  const std::uint32_t number = all_[index].number;
  all_numbered_ = all_numbered_ && number != kNone;
  if (number == kNone) return;
  if (number >= places_.size()) places_.resize(number + std::size_t{1}, 0);
  places_[number] = static_cast<std::uint32_t>(index + 1);
}

const Setting* Settings::find(FactName key) const {
  const std::size_t i = index_of(key);
  return i == all_.size() ? nullptr : &all_[i];
}

Setting& Settings::assign(FactName key, Value value, Origin origin) {
  const std::size_t i = index_of(key);
  if (i == all_.size()) {
    Setting& added = all_.emplace_back();
    added.key = key.text;
    added.value = std::move(value);
    added.origin = origin;
    added.number = key.number;
    note_place(i);
    return added;
  }
  Setting& known = all_[i];
  known.shadowed.push_back(
      {std::exchange(known.value, std::move(value)), std::exchange(known.origin, origin)});
  return known;
}

bool Settings::remove(std::string_view key) {
  if (std::erase_if(all_, [&](const Setting& setting) { return setting.key == key; }) == 0)
    return false;
  places_.clear();
  for (std::size_t i = 0; i < all_.size(); ++i) note_place(i);
  return true;
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
