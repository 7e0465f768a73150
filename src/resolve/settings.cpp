#include "ipucnn/settings.h"

#include <algorithm>
#include <utility>

namespace ipucnn {

/// Where the key stands; behind the last when it is not there. Every rule asks for several keys, so
/// numbers settle it wherever both sides were looked up.
std::size_t Settings::index_of(FactName key) const {
  if (key.number < places_.size() && places_[key.number] != 0) return places_[key.number] - 1U;
  if (key.number != kNone && all_numbered_) return held_.size();
  const bool any = key.number == kNone;
  const std::size_t length = key.text.size();  // tells most keys apart
  std::size_t i = 0;
  for (const std::size_t count = held_.size(); i < count; ++i) {
    const Setting& setting = *held_[i];
    if (setting.key.size() == length && (any || setting.number == kNone) &&
        std::string_view(setting.key) == key.text)
      break;
  }
  return i;
}

void Settings::note_place(std::size_t index) {
  const std::uint32_t number = held_[index]->number;
  all_numbered_ = all_numbered_ && number != kNone;
  if (number == kNone) return;
  // Numbers come in any order, so there is room for some more at once.
  constexpr std::size_t kAtOnce = 64;
  if (number >= places_.size()) places_.resize((number / kAtOnce + 1) * kAtOnce, 0);
  places_[number] = static_cast<std::uint32_t>(index + 1);
}

const Setting* Settings::find(FactName key) const {
  const std::size_t i = index_of(key);
  return i == held_.size() ? nullptr : held_[i].get();
}

void Settings::assign(FactName key, Value value, Origin origin) {
  const std::size_t i = index_of(key);
  if (i == held_.size()) {
    Setting& added = *held_.emplace_back(std::make_shared<Setting>());
    added.key = key.text;
    added.value = std::move(value);
    added.origin = origin;
    added.number = key.number;
    note_place(i);
    return;
  }
  std::shared_ptr<Setting>& held = held_[i];
  if (held.use_count() > 1) held = std::make_shared<Setting>(*held);
  held->shadowed.push_back(
      {std::exchange(held->value, std::move(value)), std::exchange(held->origin, origin)});
}

bool Settings::remove(std::string_view key) {
  if (std::erase_if(held_, [&](const auto& setting) { return setting->key == key; }) == 0)
    return false;
  places_.clear();
  for (std::size_t i = 0; i < held_.size(); ++i) note_place(i);
  return true;
}

std::shared_ptr<const Setting> Settings::shared(FactName key) const {
  const std::size_t i = index_of(key);
  return i == held_.size() ? nullptr : held_[i];
}

bool Settings::share(const std::shared_ptr<const Setting>& setting) {
  const std::size_t i = index_of(setting->name());
  if (i != held_.size()) return false;
  held_.push_back(std::const_pointer_cast<Setting>(setting));
  note_place(i);
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
