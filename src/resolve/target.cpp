#include "ipucnn/target.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "ipucnn/extends.h"
#include "ipucnn/named_entry.h"
#include "ipucnn/numbers.h"
#include "ipucnn/resolve.h"

namespace ipucnn {
namespace {

/// The preset's own replicas, and the IPUs that they take.
struct OwnFigures {
  std::optional<Quantity> replicas;
  std::optional<std::int64_t> ipus;
};

OwnFigures own_figures(const ResolveInput& in, const Settings& settings, Diagnostics& out) {
  const Effective effective(in.schema, in.purpose.script, settings);
  OwnFigures own{resolving::own_replicas(effective, settings, out), std::nullopt};
  const auto each = resolving::own_ipus_per_replica(effective, settings, out);
  if (own.replicas && each) own.ipus = resolving::product({own.replicas->value, *each});
  return own;
}

/// The name as the target's entry has it: its own, or one of its aliases.
std::string_view as_written(const Entry& entry, std::string_view name) {
  const Node aliases = entry.body.find("aliases");
  if (aliases.is_list())
    for (const Node alias : aliases)
      if (alias.text() == name) return alias.text();
  return entry.name.text();
}

/// What all commands of a list find alike.
struct KnownTargets {
  std::unordered_map<const NodeRecord*, Target> read;  ///< by the record of the name
  std::map<std::int64_t, Entry> by_ipus;               ///< see mk2_target(); absent: none
};

std::optional<Target> target_of(const Catalog& catalog, const Entry& entry, Diagnostics& out) {
  auto& known = catalog.memo().of<KnownTargets>().read;
  if (const auto found = known.find(entry.name.record_at()); found != known.end())
    return found->second;
  if (!catalog.whole(Section::Targets, entry, out)) return std::nullopt;
  const auto target = read_target(entry, out);
  if (target) known.emplace(entry.name.record_at(), *target);
  return target;
}

std::optional<ChosenTarget> chosen(const ResolveInput& in, const Entry& entry,
                                   std::string_view name, Span at, OriginKind kind,
                                   Diagnostics& out) {
  const auto target = target_of(in.catalog, entry, out);
  if (!target) return std::nullopt;
  const bool asked = kind >= OriginKind::Site;
  return ChosenTarget{*target, asked, {kind, at, as_written(entry, name)}, {}};
}

std::optional<ChosenTarget> named(const ResolveInput& in, std::string_view name, Span at,
                                  OriginKind kind, Diagnostics& out) {
  const Entry entry = find_target(in.catalog, name);
  if (entry) return chosen(in, entry, name, at, kind, out);
  report_unknown(in.catalog, Section::Targets, name, at, out);
  return std::nullopt;
}

/// The tables in `defaults: preset_targets:` of all files, last file first.
struct TargetTables {
  bool are_found = false;
  std::vector<Node> tables;
};

Node listed_target(const Catalog& catalog, std::string_view preset) {
  auto& known = catalog.memo().of<TargetTables>();
  if (!std::exchange(known.are_found, true)) {
    const std::vector<Node>& defaults = catalog.parts(Section::Defaults);
    for (auto part = defaults.rbegin(); part != defaults.rend(); ++part)
      if (const Node table = part->find("preset_targets")) known.tables.push_back(table);
  }
  for (const Node table : known.tables)
    if (const Node found = table.find(preset)) return found;
  return {};
}

/// That of the preset, else of the nearest one that it extends.
Node listed_target(const Catalog& catalog, const FlatPreset& preset) {
  if (const Node own = listed_target(catalog, preset.name); own || !preset.extended) return own;
  std::string_view asked;  // the values of one stand together
  for (auto entry = preset.entries.rbegin(); entry != preset.entries.rend(); ++entry)
    if (entry->from != asked)
      if (const Node found = listed_target(catalog, asked = entry->from)) return found;
  return {};
}

Entry search_mk2_target(const Catalog& catalog, std::int64_t ipus) {
  const auto fits = [&](Node body) {
    return body.find_int("ipus") == ipus && body.find_text("generation") == "mk2";
  };
  const std::vector<Node>& parts = catalog.parts(Section::Targets);
  Entry found;
  if (std::all_of(parts.begin(), parts.end(), [](Node part) { return part.tree()->built_in; })) {
    // No name stands twice, and few targets are laid over others: most runs end here.
    for (const Node part : parts)
      part.each_pair([&](Node name, Node body) {
        if (found) return;
        const Entry entry = load::extends_of(body) ? catalog.find(Section::Targets, name.text())
                                                   : Entry{name, body};
        if (fits(entry.body)) found = entry;
      });
    return found;
  }
  for (const Entry& entry : catalog.entries(Section::Targets))
    if (!found && fits(entry.body)) found = entry;
  return found;
}

/// The Mk2 machine with exactly so many IPUs; absent when there is none.
Entry mk2_target(const Catalog& catalog, std::int64_t ipus) {
  const auto [known, added] = catalog.memo().of<KnownTargets>().by_ipus.try_emplace(ipus);
  if (added) known->second = search_mk2_target(catalog, ipus);
  return known->second;
}

OriginKind asked_by(Span at) {
  if (at.source == kEnvironment) return OriginKind::Variable;
  return at.source == kCommandLine ? OriginKind::CommandLine : OriginKind::Job;
}

}  // namespace

std::optional<ChosenTarget> choose_target(const ResolveInput& in, const Requests& requests,
                                          const Settings& settings, Diagnostics& out) {
  if (requests.target)
    return named(in, requests.target->text, requests.target->at, asked_by(requests.target->at),
                 out);
  if (const Node target = in.site.body.find("target"); target.is_scalar() && !target.is_null())
    return named(in, target.text(), target.at(), OriginKind::Site, out);
  if (const Entry usual = in.catalog.find_default("target"))
    return named(in, usual.body.text(), usual.body.at(), OriginKind::Site, out);
  const bool has_preset = in.preset != nullptr && in.purpose.takes_preset;
  if (has_preset)
    if (const Node target = listed_target(in.catalog, *in.preset))
      return named(in, target.text(), target.at(), OriginKind::Preset, out);
  const OwnFigures own = has_preset ? own_figures(in, settings, out) : OwnFigures{};
  const Entry entry = own.ipus ? mk2_target(in.catalog, *own.ipus) : Entry{};
  auto target =
      entry ? chosen(in, entry, entry.name.text(), entry.name.at(), OriginKind::Derived, out)
            : named(in, "none", in.purpose.node.at(), OriginKind::Derived, out);
  if (target) target->own_replicas = own.replicas;
  return target;
}

}  // namespace ipucnn
