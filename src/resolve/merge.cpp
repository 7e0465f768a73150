#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "base/suggest.h"
#include "ipucnn/extends.h"
#include "ipucnn/resolve.h"

namespace ipucnn {
namespace {

/// More than any preset holds; what grows beyond it is an alias bomb.
constexpr std::size_t kMostEntries = 100'000;

/// Every key of every preset is asked, so its size comes first.
bool is_merge_key(Node key) {
  constexpr std::string_view kMerge = "<<";
  return key.record_at()->size == kMerge.size() && key.is_plain() && key.text() == kMerge;
}

/// The key a mapping stands under, which for a preset is its name. In the table a key stands right
/// before its value.
std::string_view owner_name(Node mapping) {
  if (mapping.index() == 0) return {};
  const Node before(mapping.tree(), mapping.index() - 1);
  return before.text();
}

/// One flattening: collects pairs in PyYAML's order, so that the last of equal keys wins. What a
/// merge key stands for, and how deep merges go, was checked when the file was read.
class Flattener {
 public:
  explicit Flattener(Diagnostics& out) : out_(out) {}

  /// `from` is empty for the preset itself.
  bool collect(Node mapping, std::string_view from, std::vector<PresetEntry>& pairs) {
    if (++mappings_ > kMostEntries) return refuse(mapping);
    if (pairs.empty()) pairs.reserve(2 * mapping.size());
    bool good = true;
    mapping.each_pair([&](Node key, Node value) {
      if (is_merge_key(key)) good = good && merge(value, pairs);
    });
    mapping.each_pair([&](Node key, Node value) {
      if (!good || is_merge_key(key) || key.text() == "extends") return;
      pairs.push_back({key, value, from});
      if (pairs.size() > kMostEntries) good = refuse(mapping);
    });
    return good;
  }

 private:
  bool merge(Node value, std::vector<PresetEntry>& pairs) {
    if (value.is_map()) return collect(value, owner_name(value), pairs);
    // Of several merged mappings the first wins, so it comes last.
    std::vector<Node> items;
    for (const Node item : value) items.push_back(item);
    for (auto item = items.rbegin(); item != items.rend(); ++item)
      if (!collect(*item, owner_name(*item), pairs)) return false;
    return true;
  }

  bool refuse(Node mapping) {
    out_.add(FindingId::Y003, mapping.at(),
             fmt::format("merges expand to more than {} keys", kMostEntries));
    return false;
  }

  Diagnostics& out_;
  std::size_t mappings_ = 0;  ///< a mapping without keys costs time as well
};

/// What a preset extends. One that extends its own name means that of the files before its own, or
/// of the application that its own extends.
Entry base_preset(const Catalog& catalog, const PresetRef& preset, const Entry& last,
                  std::string_view base) {
  if (base == last.name.text())
    return catalog.find_preset_before(last.name, parse_app_id(preset.application));
  const AppId own = parse_app_id(preset.application);
  const auto found = catalog.find_presets(base, own);
  if (found.empty()) return {};
  // A name can stand in several groups of an application.
  const auto same = std::find_if(found.rbegin(), found.rend(), [&](const PresetRef& other) {
    return parse_app_id(other.application).group == own.group;
  });
  const PresetRef& taken = same != found.rend() ? *same : found.back();
  return {taken.name, taken.body};
}

/// How many presets may extend each other in a row: more than anybody can follow, and few enough
/// for the presets of a file that form one chain to cost what so many separate ones do.
constexpr std::size_t kLongestChain = 50;

/// The preset and those it extends, nearest first.
std::optional<std::vector<Entry>> preset_chain(const Catalog& catalog, const PresetRef& preset,
                                               Diagnostics& out) {
  std::vector<Entry> chain = {{preset.name, preset.body}};
  std::unordered_set<const NodeRecord*> seen = {preset.body.record_at()};
  while (const Node base = load::extends_of(chain.back().body)) {
    const Entry next = base_preset(catalog, preset, chain.back(), base.text());
    if (!next) {
      const std::string_view name = chain.back().name.text();
      out.add(FindingId::K017, base.at(),
              name == base.text()
                  ? fmt::format("'{}' extends itself, and no file before this one has it", name)
                  : fmt::format("'{}' extends '{}', which does not exist", name, base.text()));
      return std::nullopt;
    }
    if (!seen.insert(next.body.record_at()).second) {
      constexpr std::size_t kMostNotes = 10;
      Diagnostic& d =
          out.add(FindingId::K017, base.at(), fmt::format("'{}' extends itself", next.name.text()));
      for (std::size_t i = 0; i < chain.size() && i < kMostNotes; ++i)
        d.notes.push_back(
            {fmt::format("by way of '{}'", chain[i].name.text()), chain[i].name.at()});
      return std::nullopt;
    }
    if (chain.size() == kLongestChain) {
      Diagnostic& d = out.add(FindingId::K017, preset.name.at(),
                              fmt::format("'{}' extends more than {} presets one after the other",
                                          preset.name.text(), kLongestChain));
      d.notes.push_back(
          {fmt::format("the last that was followed is '{}'", next.name.text()), next.name.at()});
      d.help = "let it extend a preset that stands nearer to the first";
      return std::nullopt;
    }
    chain.push_back(next);
  }
  return chain;
}

/// Takes away the keys that pairs from `first` on set to null, where what they extend has them.
void take_away(std::vector<PresetEntry>& pairs, std::size_t first) {
  std::vector<std::string_view> taken;
  for (std::size_t i = first; i < pairs.size(); ++i)
    if (pairs[i].value.is_null() &&
        std::any_of(
            pairs.begin(), pairs.begin() + static_cast<std::ptrdiff_t>(first),
            [&](const PresetEntry& base) { return base.key.text() == pairs[i].key.text(); }))
      taken.push_back(pairs[i].key.text());
  if (taken.empty()) return;
  std::erase_if(pairs, [&](const PresetEntry& pair) {
    return std::find(taken.begin(), taken.end(), pair.key.text()) != taken.end();
  });
}

}  // namespace

const PresetEntry* FlatPreset::find(std::string_view key) const {
  const auto it = std::find_if(entries.rbegin(), entries.rend(),
                               [&](const PresetEntry& entry) { return entry.key.text() == key; });
  return it == entries.rend() ? nullptr : &*it;
}

std::optional<FlatPreset> flatten(const Catalog& catalog, const PresetRef& preset,
                                  Diagnostics& out) {
  if (!preset.body.is_map()) {
    const bool empty = preset.body.is_null();
    out.add(
           empty ? FindingId::K030 : FindingId::Y005, preset.name.at(),
           fmt::format("the preset '{}' is {}", preset.name.text(), empty ? "empty" : "no mapping"))
        .help = "a preset is a mapping of option keys to values; `{}` is one without any";
    return std::nullopt;
  }
  FlatPreset flat{
      preset.name.text(), preset.name.at(), {}, preset.layer, preset.upstream, false, {}};
  const auto chain = preset_chain(catalog, preset, out);
  if (!chain) return std::nullopt;
  flat.extended = chain->size() > 1;
  for (auto link = chain->rbegin(); link != chain->rend(); ++link) {
    const bool own = std::next(link) == chain->rend();
    const std::size_t first = flat.entries.size();
    const std::string_view from = own ? std::string_view{} : link->name.text();
    if (!Flattener(out).collect(link->body, from, flat.entries)) return std::nullopt;
    if (first > 0) take_away(flat.entries, first);
  }
  return flat;
}

Node FlatProfile::find(std::string_view key) const {
  const auto it = std::find_if(entries.rbegin(), entries.rend(),
                               [&](const PresetEntry& entry) { return entry.key.text() == key; });
  return it == entries.rend() ? Node{} : it->value;
}

namespace {

std::optional<FlatProfile> flatten_entry(const Catalog& catalog, Section section,
                                         const Entry& entry, std::string_view step,
                                         Diagnostics& out) {
  if (!entry) return FlatProfile{};
  const auto body = catalog.whole(section, entry, out);
  if (!body) return std::nullopt;
  FlatProfile flat{entry.name.text(), {}};
  flat.entries.reserve(body->size());
  body->each_pair([&](Node key, Node value) {
    if (key.text() != "steps" && key.text() != "extends") flat.entries.push_back({key, value, {}});
  });
  // A step's own values win over all general ones.
  body->find("steps").find(step).each_pair([&](Node key, Node value) {
    flat.entries.push_back({key, value, {}});
  });
  return flat;
}

}  // namespace

std::optional<FlatProfile> flatten_profile(const Catalog& catalog, const Entry& profile,
                                           std::string_view step, Diagnostics& out) {
  return flatten_entry(catalog, Section::Profiles, profile, step, out);
}

std::optional<FlatProfile> flatten_job(const Catalog& catalog, const Entry& job,
                                       std::string_view step, Diagnostics& out) {
  return flatten_entry(catalog, Section::Jobs, job, step, out);
}

}  // namespace ipucnn
