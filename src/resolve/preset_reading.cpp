// What the entries of a preset come to before anything of a command is known.
#include "resolve/preset_reading.h"

#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

namespace ipucnn::resolving {
namespace {

/// Values that presets of an application inherit, for many inherit the same ones.
struct InheritedSettings {
  std::unordered_map<const NodeRecord*, std::shared_ptr<const Setting>> by_value;
  bool is_first = true;  ///< preset that is read: most starts read no other
};

class PresetReader {
 public:
  explicit PresetReader(const ResolveInput& in)
      : in_(in),
        older_names_(in.schema.field(AppField::OlderNames)),
        inherited_(in.schema.memo().of<InheritedSettings>()),
        keeps_(!std::exchange(inherited_.is_first, false)) {}

  std::optional<PresetReading> run() {
    if (in_.schema.table().presets_are_words) return std::nullopt;
    const auto& entries = in_.preset->entries;
    reading_.settings.reserve(entries.size());
    own_->reserve(entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i)
      if (!take(entries[i], static_cast<std::uint32_t>(i))) return std::nullopt;
    return std::move(reading_);
  }

 private:
  bool take(const PresetEntry& entry, std::uint32_t place) {
    const bool inherited = !entry.from.empty();
    if (inherited && keeps_ && take_known(entry)) return true;
    if (entry.value.is_map()) return false;
    const FactName key(entry.key.text(), in_.schema.table().option_number(entry.key.text()));
    auto value = to_value(entry.value, key.text, ignored_);
    if (!value) return false;
    const bool odd = is_odd(entry, key);
    if (odd) reading_.odd_keys.push_back(place);
    Setting& own = own_->emplace_back();
    own.key = key.text;
    own.value = std::move(*value);
    own.origin = {inherited ? OriginKind::InheritedPreset : OriginKind::Preset, entry.value.at(),
                  inherited ? entry.from : in_.preset->name};
    own.number = key.number;
    const std::shared_ptr<const Setting> shared(own_, &own);
    if (!reading_.settings.share(shared)) {
      reading_.settings.assign(key, std::move(own.value), own.origin);
      own_->pop_back();
      return true;
    }
    if (inherited && keeps_ && !odd) inherited_.by_value.emplace(record_of(entry), shared);
    return true;
  }

  /// The same value under the same key, as another preset inherited it.
  bool take_known(const PresetEntry& entry) {
    const auto known = inherited_.by_value.find(record_of(entry));
    if (known == inherited_.by_value.end()) return false;
    const Setting& same = *known->second;
    if (same.origin.by.data() != entry.from.data()) return false;
    if (!reading_.settings.share(known->second))
      reading_.settings.assign(same.name(), same.value, same.origin);
    return true;
  }

  bool is_odd(const PresetEntry& entry, FactName key) const {
    return key.number == kNone || !entry.key.is_scalar() ||
           entry.key.type() != ScalarType::String || (older_names_ && older_names_.find(key.text));
  }

  /// An alias is another place of the same value.
  static const NodeRecord* record_of(const PresetEntry& entry) {
    return entry.value.tree()->nodes + entry.value.use_index();
  }

  const ResolveInput& in_;
  Node older_names_;
  InheritedSettings& inherited_;
  bool keeps_;
  PresetReading reading_;
  /// Together, for most are destroyed together. Never more than there is room for.
  std::shared_ptr<std::vector<Setting>> own_ = std::make_shared<std::vector<Setting>>();
  Diagnostics ignored_;  ///< reported when a script reads the preset
};

struct KnownReading {
  bool is_known = false;
  std::optional<PresetReading> reading;
};

}  // namespace

const PresetReading* read_preset(const ResolveInput& in) {
  auto& known = in.preset->memo.of<KnownReading>();
  if (!std::exchange(known.is_known, true)) known.reading = PresetReader(in).run();
  return known.reading ? &*known.reading : nullptr;
}

}  // namespace ipucnn::resolving
