#include <fmt/format.h>

#include <algorithm>

#include "base/suggest.h"
#include "ipucnn/resolve.h"

namespace ipucnn {
namespace {

/// More than any preset holds; what grows beyond it is an alias bomb.
constexpr std::size_t kMostEntries = 100'000;

bool is_merge_key(Node key) { return key.is_plain() && key.text() == "<<"; }

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
      if (good && is_merge_key(key)) good = merge(value, pairs);
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

/// Follows `extends` from an entry to its roots; `find_base` gives the entry of a name.
template <typename FindBase>
bool collect_with_bases(Node name, Node body, FindBase find_base, std::vector<PresetEntry>& pairs,
                        bool& extended, Diagnostics& out) {
  struct Link {
    Node name;
    Node body;
  };
  std::vector<Link> chain = {{name, body}};
  while (const Node base = chain.back().body.find("extends")) {
    extended = true;
    const auto next = find_base(base.text());
    if (!next) {
      out.add(FindingId::K017, base.at(),
              fmt::format("'{}' extends '{}', which does not exist", chain.back().name.text(),
                          base.text()));
      return false;
    }
    const bool seen = std::any_of(chain.begin(), chain.end(), [&](const Link& link) {
      return link.body.tree() == next.body.tree() && link.body.index() == next.body.index();
    });
    if (seen) {
      Diagnostic& d =
          out.add(FindingId::K017, base.at(), fmt::format("'{}' extends itself", next.name.text()));
      for (const Link& link : chain)
        d.notes.push_back({fmt::format("by way of '{}'", link.name.text()), link.name.at()});
      return false;
    }
    chain.push_back({next.name, next.body});
  }
  for (auto link = chain.rbegin(); link != chain.rend(); ++link) {
    const bool own = std::next(link) == chain.rend();
    if (!Flattener(out).collect(link->body, own ? std::string_view{} : link->name.text(), pairs))
      return false;
  }
  return true;
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
  const auto find_base = [&](std::string_view name) -> Entry {
    const auto found = catalog.find_presets(name, parse_app_id(preset.application));
    return found.empty() ? Entry{} : Entry{found.back().name, found.back().body};
  };
  if (!collect_with_bases(preset.name, preset.body, find_base, flat.entries, flat.extended, out))
    return std::nullopt;
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
  FlatProfile flat{entry.name.text(), {}};
  bool extended = false;
  const auto find_base = [&](std::string_view name) { return catalog.find(section, name); };
  std::vector<PresetEntry> pairs;
  if (!collect_with_bases(entry.name, entry.body, find_base, pairs, extended, out))
    return std::nullopt;
  // A step's own values win over all general ones, its nearest entry's over those of its bases.
  for (const PresetEntry& pair : pairs)
    if (pair.key.text() != "steps") flat.entries.push_back(pair);
  for (const PresetEntry& pair : pairs) {
    if (pair.key.text() != "steps") continue;
    pair.value.find(step).each_pair([&](Node key, Node value) {
      flat.entries.push_back({key, value, pair.from});
    });
  }
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
