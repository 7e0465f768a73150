#include "ipucnn/numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "base/text.h"

namespace ipucnn::resolving {
namespace {

/// What a number would have to be; of the upper bound only who meets it needs to know.
std::string figures_from(std::string_view given) {
  const bool too_large = parse_int64(given).value_or(0) > kLargestFigure;
  return too_large ? fmt::format("at most {}", kLargestFigure) : "at least 1";
}

Quantity stages_of(const Setting& splits) {
  const bool none =
      splits.value.scalar() != nullptr && splits.value.scalar()->type == ScalarType::Null;
  const auto count = none ? 0 : static_cast<std::int64_t>(splits.value.items.size());
  return {count + 1, splits.origin};
}

/// What own_value() gives; `made` keeps what the preset does not set.
const Setting* own_setting(const Effective& effective, const Settings& settings, FactName key,
                           std::optional<Setting>& made) {
  const Setting* set = settings.find(key);
  if (set != nullptr && is_of_preset(set->origin.kind)) return set;
  made = own_value(effective, settings, key);
  return made ? &*made : nullptr;
}

}  // namespace

std::optional<std::int64_t> product(std::initializer_list<std::int64_t> factors) {
  std::int64_t result = 1;
  for (const std::int64_t factor : factors)
    if (__builtin_mul_overflow(result, factor, &result)) return std::nullopt;
  return result;
}

std::optional<Quantity> quantity_of(const std::optional<Setting>& setting,
                                    const Effective& effective, std::string_view shown,
                                    Diagnostics& out) {
  return quantity_of(setting ? &*setting : nullptr, effective, shown, out);
}

std::optional<Quantity> quantity_of(const Setting* setting, const Effective& effective,
                                    std::string_view shown, Diagnostics& out) {
  if (setting == nullptr) return std::nullopt;
  const Scalar* scalar = setting->value.scalar();
  if (scalar != nullptr && scalar->type == ScalarType::Null) return std::nullopt;
  const auto option = effective.option(setting->name());
  // An empty list, which a finding of the preset tells of.
  if (scalar == nullptr && option && effective.counts_as_unset(*option, *setting))
    return quantity_of(effective.usual_setting(*option), effective, shown, out);
  if (scalar != nullptr && option) {
    const auto typed = script_value(*scalar, *option, setting->origin);
    if (typed && typed->type == ScalarType::Int && is_figure(typed->integer))
      return Quantity{typed->integer, setting->origin};
  }
  const bool has_place = scalar != nullptr && scalar->at.line > 0;
  out.add(FindingId::K015, has_place ? scalar->at : setting->origin.at,
          fmt::format("{} is '{}', which is not a whole number of {}", shown,
                      value_text(setting->value), figures_from(value_text(setting->value))));
  return std::nullopt;
}

const Setting* in_force(const Effective& effective, const Settings& settings, FactName key,
                        std::optional<Setting>& made) {
  if (const Setting* set = settings.find(key)) return set;
  if (const OptionSpec* option = effective.option(key)) made = effective.usual_setting(*option);
  return made ? &*made : nullptr;
}

std::optional<Setting> own_value(const Effective& effective, const Settings& settings,
                                 FactName key) {
  const Setting* set = settings.find(key);
  if (set == nullptr) return effective.setting(key);
  if (is_of_preset(set->origin.kind)) return *set;
  for (auto lost = set->shadowed.rbegin(); lost != set->shadowed.rend(); ++lost)
    if (is_of_preset(lost->origin.kind))
      return Setting{set->key, lost->value, lost->origin, {}, set->number};
  Settings others;
  for (const Setting& other : settings.all())
    if (other.key != key.text) others.assign(other.name(), other.value, other.origin);
  return effective.with(others).setting(key);
}

bool is_asked(const Settings& settings, FactName key) {
  const Setting* set = settings.find(key);
  return set != nullptr && set->origin.kind > OriginKind::Derived;
}

std::optional<Quantity> requested(const std::optional<Word>& word, std::string_view option,
                                  Diagnostics& out) {
  if (!word) return std::nullopt;
  const auto value = parse_int64(word->text);
  if (value && is_figure(*value))
    return Quantity{*value, {OriginKind::CommandLine, word->at, option}};
  out.add(FindingId::K015, word->at,
          fmt::format("{} needs a whole number of {}, not '{}'", option, figures_from(word->text),
                      word->text));
  return std::nullopt;
}

std::optional<Quantity> stage_count(const Effective& effective, const Settings& settings) {
  const auto key = effective.key_of(QuantityName::Splits);
  if (!key) return std::nullopt;
  std::optional<Setting> made;
  if (const Setting* splits = in_force(effective, settings, *key, made)) return stages_of(*splits);
  const AppSchema& schema = effective.schema();
  return Quantity{1, {OriginKind::AppDefault, schema.at(), schema.id()}};
}

std::optional<Quantity> mapped_ipus(const Setting* mapping) {
  if (mapping == nullptr) return std::nullopt;
  std::int64_t highest = -1;
  for (const Scalar& item : mapping->value.items) {
    const auto ipu = parse_int64(item.text);
    if (!ipu || *ipu < 0 || *ipu >= kLargestFigure) return std::nullopt;
    highest = std::max(highest, *ipu);
  }
  if (highest < 0) return std::nullopt;
  return Quantity{highest + 1, mapping->origin};
}

std::optional<std::int64_t> own_ipus_per_replica(const Effective& effective,
                                                 const Settings& settings, Diagnostics& out) {
  if (!splits_model(effective)) return 1;
  return own_ipus_of_model(effective, settings, out);
}

bool splits_model(const Effective& effective) {
  const Node when = effective.binding(QuantityName::IpusPerReplica).when;
  if (when.is_map() && when.size() == 0) return false;
  return !when || condition_holds(effective.schema().condition(when), effective.facts());
}

std::optional<std::int64_t> own_ipus_of_model(const Effective& effective, const Settings& settings,
                                              Diagnostics& out) {
  // Of a script that never splits the model, the application's.
  const Binding& own_bound = effective.binding(QuantityName::IpusPerReplica);
  const Binding& bound =
      own_bound.keys.empty() ? effective.schema().binding(QuantityName::IpusPerReplica) : own_bound;
  std::optional<Setting> made;
  if (!bound.mapping.text.empty())
    if (const auto mapped = mapped_ipus(own_setting(effective, settings, bound.mapping, made)))
      return mapped->value;
  if (bound.keys.empty()) return std::nullopt;
  const auto key = own_bound.keys.empty() ? std::optional(bound.keys.front())
                                          : effective.key_of(QuantityName::IpusPerReplica);
  if (!key) return std::nullopt;
  const Setting* own = own_setting(effective, settings, *key, made);
  if (bound.stages) return own != nullptr ? stages_of(*own).value : 1;
  const auto quantity = quantity_of(own, effective, *key, out);
  return quantity ? std::optional(quantity->value) : std::nullopt;
}

std::optional<Quantity> own_replicas(const Effective& effective, const Settings& settings,
                                     Diagnostics& out) {
  const auto key = effective.key_of(QuantityName::Replicas);
  if (!key) return std::nullopt;
  const FactName spread = effective.binding(QuantityName::Replicas).spread;
  std::optional<Setting> made;
  const Setting* own = own_setting(effective, settings, *key, made);
  const Scalar* scalar = own != nullptr ? own->value.scalar() : nullptr;
  const bool unset = scalar == nullptr || scalar->type == ScalarType::Null || scalar->text == "0";
  if (spread.text.empty() || !unset) return quantity_of(own, effective, *key, out);
  const auto whole = quantity_of(effective.setting(spread), effective, spread, out);
  const auto of_model = own_ipus_of_model(effective, settings, out);
  const auto each = own_ipus_per_replica(effective, settings, out);
  if (!whole || !of_model || !each) return std::nullopt;
  const auto ipus = product({whole->value, *of_model});
  if (!ipus || *ipus % *each != 0) return std::nullopt;
  return Quantity{*ipus / *each,
                  {OriginKind::LateDefault, whole->origin.at, "on the IPUs of the training"}};
}

bool names_unread_preset(const AppSchema& schema, const Settings& settings) {
  const auto key = schema.named(AppField::PresetOption);
  return key && settings.find(*key) != nullptr;
}

std::int64_t round_half_even(std::int64_t numerator, std::int64_t denominator) {
  const std::int64_t whole = numerator / denominator;
  const std::int64_t rest = numerator % denominator;
  const std::int64_t other = denominator - rest;
  if (rest == other) return whole + whole % 2;
  return rest > other ? whole + 1 : whole;
}

bool is_power_of_two(std::int64_t n) { return n >= 1 && (n & (n - 1)) == 0; }

PowersAround powers_around(std::int64_t n) {
  const std::uint64_t below = std::bit_floor(static_cast<std::uint64_t>(n));
  return {below, 2 * below};
}

std::vector<std::int64_t> divisors(std::int64_t n) {
  constexpr std::int64_t kLargestTried = std::int64_t{1} << 20;
  std::vector<std::int64_t> found;
  std::vector<std::int64_t> counterparts;
  for (std::int64_t small = 1; small <= kLargestTried && small <= n / small; ++small) {
    if (n % small != 0) continue;
    found.push_back(small);
    if (n / small != small) counterparts.push_back(n / small);
  }
  found.insert(found.end(), counterparts.rbegin(), counterparts.rend());
  return found;
}

}  // namespace ipucnn::resolving
