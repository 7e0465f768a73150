// What the entries of a preset come to before anything of a command is known.
#include "resolve/preset_reading.h"

#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "resolve/preset_words.h"

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
    const auto count = static_cast<std::uint32_t>(in_.preset->entries.size());
    reading_.settings.reserve(count, in_.schema.option_count());
    own_->reserve(count);
    if (in_.schema.table().presets_are_words && !take_words()) return std::nullopt;
    for (std::uint32_t place = 0; place < count; ++place) {
      const std::uint32_t winner = winners_.empty() ? place : winners_[place];
      if (winner != kNone && !take(in_.preset->entries[winner], winner)) return std::nullopt;
    }
    return std::move(reading_);
  }

 private:
  /// False where the script decides on what a word is for.
  bool take_words() {
    const auto& entries = in_.preset->entries;
    winners_ = winning_words(in_.schema, entries);
    if (winners_.size() < entries.size()) return false;
    for (std::uint32_t place = 0; place < winners_.size(); ++place)
      note_if_odd(entries[place], name_of(entries[place]), place);
    return true;
  }

  bool take(const PresetEntry& entry, std::uint32_t place) {
    const bool inherited = !entry.from.empty();
    if (inherited && keeps_ && take_known(entry)) return true;
    const FactName key = name_of(entry);
    auto value =
        entry.value.is_map() ? word_of(entry, key) : to_value(entry.value, key.text, ignored_);
    if (!value) return false;
    const bool odd = winners_.empty() && note_if_odd(entry, key, place);
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
    const bool is_word = entry.value.is_map();
    if (inherited && keeps_ && !odd && !is_word)
      inherited_.by_value.emplace(record_of(entry), shared);
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

  /// A mapping as one word, where no condition decides on what the option is.
  std::optional<Value> word_of(const PresetEntry& entry, FactName key) {
    if (winners_.empty()) return std::nullopt;
    const OptionRecord& option = in_.schema.table().options[key.number];
    if (option.only_with != kNone || option.variants.count > 0) return std::nullopt;
    reading_.maps.push_back(key);
    return single(word_of_map(in_.schema, entry.value), entry.value.at());
  }

  FactName name_of(const PresetEntry& entry) const {
    const std::string_view key = entry.key.text();
    return {key, in_.schema.table().option_number(key)};
  }

  bool note_if_odd(const PresetEntry& entry, FactName key, std::uint32_t place) {
    const bool odd = key.number == kNone || !entry.key.is_scalar() ||
                     entry.key.type() != ScalarType::String ||
                     (older_names_ && older_names_.find(key.text));
    if (odd) reading_.odd_keys.push_back(place);
    return odd;
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
  /// Of a preset that is words, by place: the entry that wins there; kNone: none is to stand there.
  std::vector<std::uint32_t> winners_;
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
  return known.reading && are_maps(in.schema, in.purpose.script, known.reading->maps)
             ? &*known.reading
             : nullptr;
}

}  // namespace ipucnn::resolving
