// Family K: options that the script's command line cannot do without, or cannot express.
#include <fmt/format.h>

#include <cstdint>
#include <vector>

#include "check/rules.h"

namespace ipucnn::checking {

void required_option(const RuleInput& in, Diagnostics& out) {
  if (!in.counts(FindingId::K021)) return;
  const auto required =
      in.in.schema.required_options(in.in.purpose.script, in.facts.effective().facts());
  if (required.empty()) return;
  // The script prints its help before it looks for what is missing.
  if (const Setting* help = in.settings.find("help");
      help != nullptr && help->value.scalar() != nullptr && yaml_bool(help->value.scalar()->text))
    return;
  for (const OptionSpec& option : required) {
    if (in.settings.find(option.name()) != nullptr) continue;
    // A --config of this program names a preset, which such a script is not given.
    const auto preset = in.in.schema.preset_option();
    const bool is_ours = preset && preset->key == option.key;
    out.add(FindingId::K021, Span{},
            fmt::format("{} cannot start without {}", in.in.purpose.program, option.flag))
        .help = fmt::format("give {}{}{}", is_ours ? "-- " : "", option.flag,
                            option.choices.is_list() ? " and one of its choices" : " VALUE");
  }
}

void cannot_unset(const RuleInput& in, Diagnostics& out) {
  if (in.flat || in.in.preset == nullptr) return;
  for (const Setting& set : in.settings.all()) {
    const Scalar* now = set.value.scalar();
    if (set.shadowed.empty() || now == nullptr || now->type != ScalarType::Bool) continue;
    const OptionSpec* option = in.facts.option(set.key);
    if (option == nullptr || option->type != OptionType::Switch ||
        yaml_bool(now->text) == option->stores || !option->off_flag.empty())
      continue;
    const PresetEntry* entry = in.in.preset->find(set.key);
    if (entry == nullptr || entry->value.type() != ScalarType::Bool ||
        yaml_bool(entry->value.text()) != option->stores)
      continue;
    Diagnostic& d =
        out.add(FindingId::K020, set.origin.at,
                fmt::format("the preset switches {} on, and {} has no option to switch it "
                            "off",
                            set.key, in.in.purpose.script));
    d.notes.push_back({"the preset sets it here", entry->value.at()});
    d.help = "use --flat, which writes every option out and leaves this one away";
  }
}

namespace {

/// By the option's number: whether a 0 can leave it unset. The same for all commands of an
/// application.
struct ZeroOptions {
  enum class Can : std::uint8_t { NotAsked, No, Yes };
  std::vector<Can> known;
};

bool can_be_unset_by_zero(const AppSchema& schema, std::vector<ZeroOptions::Can>& known,
                          FactName name) {
  using Can = ZeroOptions::Can;
  if (name.number >= known.size()) return schema.can_be_unset_by_zero(name);
  Can& can = known[name.number];
  if (can == Can::NotAsked) can = schema.can_be_unset_by_zero(name) ? Can::Yes : Can::No;
  return can == Can::Yes;
}

}  // namespace

void zero_counts_as_unset(const RuleInput& in, Diagnostics& out) {
  const Effective& effective = in.facts.effective();
  auto& known = in.in.schema.memo().of<ZeroOptions>().known;
  known.resize(in.in.schema.option_count());
  for (const Setting& set : in.settings.all()) {
    const Scalar* now = set.value.scalar();
    if (now == nullptr || !can_be_unset_by_zero(in.in.schema, known, set.name())) continue;
    const OptionSpec* option = in.facts.option(set.name());
    if (option == nullptr || !effective.counts_as_unset(*option, set)) continue;
    const Node filled = late_default_value(*option, effective.facts());
    if (!filled.is_scalar() || filled.text() == now->text) continue;
    // A quantity that is not at least 1 is reported as such.
    if (in.in.schema.quantity_of(set.key) == QuantityName::MicroBatch) continue;
    out.add(FindingId::K063, set.origin.at,
            fmt::format("{} {} counts as unset, and {} takes {} instead", set.key, now->text,
                        in.in.purpose.script, filled.text()))
        .help = "leave it out, or give another value";
  }
}

}  // namespace ipucnn::checking
