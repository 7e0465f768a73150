#include "ipucnn/resolve.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/suggest.h"
#include "base/text.h"
#include "ipucnn/overrides.h"
#include "resolve/preset_checks.h"

namespace ipucnn {
namespace {

using resolving::Override;

/// Model, schedule and the like as the scripts' first pass finds them: command line, then preset,
/// then default. They decide which options exist.
class FirstPass {
 public:
  explicit FirstPass(const ResolveInput& in) : in_(in) {}

  std::optional<std::string_view> operator()(std::string_view key) {
    const auto known = found_.find(key);
    if (known != found_.end())
      return known->second ? std::optional<std::string_view>(*known->second) : std::nullopt;
    // While a key is looked up it counts as having no value, so conditions cannot chase each other.
    auto& slot = found_.emplace(std::string(key), std::nullopt).first->second;
    slot = look_up(key);
    return slot ? std::optional<std::string_view>(*slot) : std::nullopt;
  }

 private:
  std::optional<std::string> look_up(std::string_view key) {
    const auto no_facts = [](std::string_view) { return std::optional<std::string_view>{}; };
    const auto option = in_.schema.option(key, in_.purpose.script, no_facts);
    std::optional<std::string> value;
    if (option && !in_.overrides.empty()) {
      if (unconditional_.empty())
        unconditional_ = in_.schema.spellings(in_.purpose.script, no_facts);
      value = resolving::peek_override(in_.overrides, unconditional_, key);
    }
    if (!value && in_.before != nullptr) value = typed_before(key);
    if (!value) value = in_mappings(key);
    if (!value && in_.preset != nullptr) {
      const PresetEntry* entry = in_.preset->find(key);
      if (entry != nullptr && entry->value.is_scalar() && !entry->value.is_null())
        value = entry->value.text();
    }
    if (!value && option && option->default_value.is_scalar() && !option->default_value.is_null())
      value = option->default_value.text();
    if (value && option && option->type == OptionType::StrLower) value = to_lower(*value);
    return value;
  }

  std::optional<std::string> typed_before(std::string_view key) const {
    const Setting* set = in_.before->find(key);
    if (set == nullptr || set->origin.kind != OriginKind::CommandLine) return std::nullopt;
    const Scalar* scalar = set->value.scalar();
    return scalar == nullptr ? std::nullopt : std::optional(scalar->text);
  }

  /// The strongest of what the job and the profile say in their `options`.
  std::optional<std::string> in_mappings(std::string_view key) const {
    for (const SweepValue& chosen : in_.sweep_point)
      if (chosen.key.text() == key) return std::string(chosen.value.text());
    for (const FlatProfile* layer : {in_.job, in_.profile}) {
      if (layer == nullptr) continue;
      for (auto entry = layer->entries.rbegin(); entry != layer->entries.rend(); ++entry)
        if (entry->key.text() == "options")
          if (const auto text = entry->value.find_text(key)) return std::string(*text);
    }
    return std::nullopt;
  }

  const ResolveInput& in_;
  std::map<std::string, std::optional<std::string>, std::less<>> found_;
  std::vector<OptionSpec> unconditional_;
};

bool assign_preset(const ResolveInput& in, Settings& settings, Diagnostics& out) {
  bool good = true;
  settings.reserve(in.preset->entries.size());
  for (const PresetEntry& entry : in.preset->entries) {
    auto value = to_value(entry.value, entry.key.text(), out);
    good = good && value.has_value();
    if (!value) continue;
    const bool inherited = !entry.from.empty();
    settings.assign(entry.key.text(), std::move(*value),
                    {inherited ? OriginKind::InheritedPreset : OriginKind::Preset, entry.value.at(),
                     std::string(inherited ? entry.from : in.preset->name)});
  }
  return good;
}

/// A mapping of option keys to values in a descriptor or profile.
void assign_mapping(const ResolveInput& in, const Facts& facts, Node mapping, OriginKind kind,
                    std::string_view by, Settings& settings, Diagnostics& out) {
  mapping.each_pair([&](Node key, Node node) {
    const auto option = in.schema.option(key.text(), in.purpose.script, facts);
    if (!option) {
      if (!in.schema.knows_key(key.text()))
        out.add(FindingId::K007, key.at(),
                fmt::format("no script of {} has an option '{}'", in.schema.id(), key.text()));
      return;
    }
    if (auto value = to_value(node, key.text(), out))
      settings.assign(key.text(), std::move(*value), {kind, node.at(), std::string(by)});
  });
}

void assign_options(const ResolveInput& in, const Facts& facts, const FlatProfile& of,
                    OriginKind kind, Settings& settings, Diagnostics& out) {
  for (const PresetEntry& entry : of.entries)
    if (entry.key.text() == "options")
      assign_mapping(in, facts, entry.value, kind, of.name, settings, out);
}

void assign_job(const ResolveInput& in, const Facts& facts, Settings& settings, Diagnostics& out) {
  const auto preset_option = in.schema.preset_option();
  const Node preset = in.job->find("preset");
  const Node unread = in.job->find("preset_in_application");
  if (preset_option && preset.is_scalar() && unread.is_scalar() && yaml_bool(unread.text()))
    settings.assign(preset_option->key, single(std::string(preset.text()), preset.at()),
                    {OriginKind::Job, preset.at(), std::string(in.job->name)});
  assign_options(in, facts, *in.job, OriginKind::Job, settings, out);
  for (const SweepValue& chosen : in.sweep_point) {
    if (!in.schema.option(chosen.key.text(), in.purpose.script, facts)) {
      if (!in.schema.knows_key(chosen.key.text()))
        out.add(
            FindingId::K007, chosen.key.at(),
            fmt::format("no script of {} has an option '{}'", in.schema.id(), chosen.key.text()));
      continue;
    }
    if (auto value = to_value(chosen.value, chosen.key.text(), out))
      settings.assign(chosen.key.text(), std::move(*value),
                      {OriginKind::Job, chosen.value.at(), std::string(in.job->name)});
  }
}

/// What the command line set for the step before: the same model and data, but each step has its
/// own figures, places and what its purpose decides.
void assign_before(const ResolveInput& in, const Facts& facts, Settings& settings) {
  constexpr QuantityName kOwn[] = {QuantityName::Accumulation, QuantityName::Replicas,
                                   QuantityName::IpusPerReplica, QuantityName::RestorePath,
                                   QuantityName::OutputDir};
  for (const Setting& set : in.before->all()) {
    if (set.origin.kind != OriginKind::CommandLine) continue;
    const bool own = std::any_of(std::begin(kOwn), std::end(kOwn), [&](QuantityName quantity) {
      return in.schema.key_of(quantity) == set.key;
    });
    if (own || in.purpose.node.find("own").contains(set.key) ||
        in.purpose.node.find("fixed").find(set.key))
      continue;
    if (in.schema.option(set.key, in.purpose.script, facts))
      settings.assign(set.key, set.value, set.origin);
  }
}

void assign_purpose(const ResolveInput& in, const Facts& facts, Settings& settings,
                    Diagnostics& out) {
  const Node fixed = in.purpose.node.find("fixed");
  fixed.each_pair([&](Node key, Node node) {
    const auto current = Effective(in.schema, in.purpose.script, settings).setting(key.text());
    const auto value = to_value(node, key.text(), out);
    if (!value || (current && same_value(current->value, *value))) return;
    if (in.schema.option(key.text(), in.purpose.script, facts))
      settings.assign(key.text(), *value,
                      {OriginKind::Purpose, node.at(), std::string(in.purpose.name)});
  });
}

/// `data_dir` and `restore_path` of the environment and the site.
void assign_places(const ResolveInput& in, const Facts& facts, Settings& settings) {
  const auto takes = [&](QuantityName quantity) -> std::optional<std::string_view> {
    const auto key = in.schema.key_of(quantity);
    return key && in.schema.option(*key, in.purpose.script, facts) ? key : std::nullopt;
  };
  const auto data_key = takes(QuantityName::DataDir);
  if (in.data_dir && data_key)
    settings.assign(*data_key, single(*in.data_dir, in.data_dir_at),
                    {OriginKind::DataDirVariable, in.data_dir_at, "DATA_DIR"});
  for (const QuantityName quantity : {QuantityName::DataDir, QuantityName::RestorePath}) {
    const Node value = in.site.body.find(quantity_key(quantity));
    const auto key = takes(quantity);
    if (!value.is_scalar() || value.is_null() || !key) continue;
    // A site's checkpoints are for what starts from one; training from scratch must stay that.
    if (quantity == QuantityName::RestorePath && !in.purpose.needs(quantity)) continue;
    settings.assign(*key, single(std::string(value.text()), value.at()),
                    {OriginKind::Site, value.at(), std::string(in.site.name.text())});
  }
}

void assign_sets(const ResolveInput& in, const Facts& facts, Settings& settings, Diagnostics& out) {
  const auto unknown = [&](std::string_view key, Span at) {
    std::vector<std::string_view> keys;
    for (const OptionSpec& option : in.schema.options(in.purpose.script, facts))
      keys.push_back(option.key);
    out.add(FindingId::K007, at, fmt::format("{} has no option '{}'", in.purpose.script, key))
        .help = suggestion(key, keys);
  };
  for (const Word& word : in.sets) {
    auto set = resolving::parse_set(word, "--set", out);
    if (!set) continue;
    if (!in.schema.option(set->key, in.purpose.script, facts)) {
      unknown(set->key, resolving::part_of(word, 0, set->key.size()));
      continue;
    }
    settings.assign(set->key, std::move(set->value), {OriginKind::CommandLine, word.at, "--set"});
  }
  for (const Word& word : in.unsets) {
    if (!in.schema.option(word.text, in.purpose.script, facts)) {
      if (in.before == nullptr) unknown(word.text, word.at);
      continue;
    }
    settings.remove(word.text);
  }
}

}  // namespace

Settings resolve(const ResolveInput& in, Diagnostics& out) {
  Settings settings;
  FirstPass first_pass(in);
  const Facts facts = [&](std::string_view key) { return first_pass(key); };
  const bool takes_preset = in.preset != nullptr && in.purpose.takes_preset;
  if (takes_preset && !assign_preset(in, settings, out)) return settings;
  assign_purpose(in, facts, settings, out);
  assign_places(in, facts, settings);
  if (in.profile != nullptr)
    assign_options(in, facts, *in.profile, OriginKind::Profile, settings, out);
  if (in.job != nullptr) assign_job(in, facts, settings, out);
  if (in.before != nullptr) assign_before(in, facts, settings);
  assign_sets(in, facts, settings, out);
  for (Override& given :
       resolving::parse_overrides(in.overrides, in.schema, in.purpose.script, facts, out))
    settings.assign(given.option.key, std::move(given.value),
                    {OriginKind::CommandLine, given.at, std::string(given.option.flag)});
  if (takes_preset) {
    resolving::check_preset_keys(in, settings, out);
    resolving::check_preset_values(in, settings, out);
  }
  return settings;
}

std::optional<std::string_view> Effective::fact(std::string_view key) const {
  std::optional<std::string_view> text;
  const Setting* set = settings_.find(key);
  if (set != nullptr) {
    const Scalar* scalar = set->value.scalar();
    if (scalar == nullptr || scalar->type == ScalarType::Null) return std::nullopt;
    text = scalar->text;
    const bool is_lower =
        std::none_of(text->begin(), text->end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (is_lower) return text;
  }
  const auto no_facts = [](std::string_view) { return std::optional<std::string_view>{}; };
  const auto option = schema_.option(key, script_, no_facts);
  if (set == nullptr && option && option->default_value.is_scalar() &&
      !option->default_value.is_null())
    text = option->default_value.text();
  if (text && option && option->type == OptionType::StrLower) {
    const std::string lower = to_lower(*text);
    const auto known = std::find(lowered_.begin(), lowered_.end(), lower);
    text = known != lowered_.end() ? *known : lowered_.emplace_back(lower);
  }
  return text;
}

Facts Effective::facts() const {
  return [this](std::string_view key) { return fact(key); };
}

std::optional<OptionSpec> Effective::option(std::string_view key) const {
  return schema_.option(key, script_, facts());
}

std::optional<Setting> Effective::setting(std::string_view key) const {
  if (const Setting* set = settings_.find(key)) return *set;
  const auto spec = option(key);
  return spec ? setting(*spec) : std::nullopt;
}

Effective::Usual Effective::usual(const OptionSpec& option) const {
  const auto given = [](Node node) { return node && !node.is_null(); };
  if (given(option.default_value)) return {option.default_value, OriginKind::AppDefault};
  const Node late = late_default_value(option, facts());
  return given(late) ? Usual{late, OriginKind::LateDefault} : Usual{};
}

std::optional<Setting> Effective::setting(const OptionSpec& option) const {
  if (const Setting* set = settings_.find(option.key)) return *set;
  const auto [node, kind] = usual(option);
  if (!node) return std::nullopt;
  Diagnostics ignored;  // a descriptor's defaults are tested with the data
  auto value = to_value(node, option.key, ignored);
  if (!value) return std::nullopt;
  return Setting{
      std::string(option.key), std::move(*value), {kind, node.at(), std::string(schema_.id())}, {}};
}

}  // namespace ipucnn
