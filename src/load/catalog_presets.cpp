// Which presets are in force, those included that an application inherits.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "ipucnn/extends.h"
#include "load/catalog_parts.h"

namespace ipucnn {
namespace {

using load::entry_of;
using load::id_if_wanted;

/// The keys of a built-in file's presets, by its number; none of any other.
std::span<const load::BuiltinKey> names_of_presets(std::size_t file) {
  if (file >= load::builtin_files().size()) return {};
  for (const load::BuiltinSection& part : load::builtin_files()[file].sections)
    if (part.section == Section::Presets) return part.keys;
  return {};
}

/// Calls `visit(application, presets)` for every mapping of presets in a file, whose keys may be
/// known.
template <typename Visit>
void each_mapping(const Catalog::File& file, std::span<const load::BuiltinKey> names, AppId of,
                  Visit visit) {
  for (const load::BuiltinKey& name : names)
    if (id_if_wanted(name.text, of)) visit(name.text, Node::unread(&file.tree, name.value));
  if (!names.empty()) return;
  if (!file.application.empty()) {
    if (id_if_wanted(file.application, of)) visit(std::string_view(file.application), file.presets);
    return;
  }
  file.presets.each_pair([&](Node application, Node presets) {
    if (id_if_wanted(application.text(), of)) visit(application.text(), presets);
  });
}

/// Files of the same or a later layer replace what an earlier one says of the same preset of the
/// same application.
class PresetList {
 public:
  void put(const PresetRef& ref) {
    const auto [known, added] =
        places_.emplace(Place{ref.application, ref.name.text()}, all_.size());
    if (added)
      all_.push_back(ref);
    else if (all_[known->second].layer <= ref.layer)
      all_[known->second] = ref;
  }
  std::vector<PresetRef> take() { return std::move(all_); }

 private:
  using Place = std::pair<std::string_view, std::string_view>;
  struct Hash {
    std::size_t operator()(const Place& place) const {
      return std::hash<std::string_view>()(place.second) ^
             (std::hash<std::string_view>()(place.first) << 1U);
    }
  };
  std::vector<PresetRef> all_;
  std::unordered_map<Place, std::size_t, Hash> places_;
};

}  // namespace

const std::vector<Catalog::PresetMap>& Catalog::preset_maps(AppId of) const {
  Line& line = line_of(of);
  if (line.presets) return *line.presets;
  auto& maps = line.presets.emplace();
  constexpr std::size_t kOfAll = 64;
  if (of.name.empty()) maps.reserve(kOfAll);
  std::size_t number = 0;
  for (const File& file : files_)
    each_mapping(file, names_of_presets(number++), of,
                 [&](std::string_view application, Node presets) {
                   maps.push_back({&file, application, presets});
                 });
  return maps;
}

/// What an application extends, nearest first, as far as it inherits presets.
const std::vector<AppId>& Catalog::bases_of(AppId id) const {
  static const std::vector<AppId> kNoBases;
  if (id.name.empty()) return kNoBases;
  Line& line = line_of(id);
  if (!line.bases) line.bases = find_bases(id);
  return *line.bases;
}

std::vector<AppId> Catalog::find_bases(AppId id) const {
  std::vector<AppId> bases;
  const Entry entry = find_application(id);
  const auto inherits = [](const Entry& heir) {
    return load::extends_of(heir.body) && heir.body.find_bool("inherits_presets", true);
  };
  if (!entry || !inherits(entry)) return bases;
  const std::vector<Entry> chain = chain_of(entry);
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (!inherits(chain[i - 1])) break;
    if (chain[i].name.text() != chain[i - 1].name.text())
      bases.push_back(parse_app_id(chain[i].name.text()));
  }
  return bases;
}

/// A text that no file holds, for as long as the catalogue.
std::string_view Catalog::kept_text(std::string text) const {
  const auto known = std::find(texts_.begin(), texts_.end(), text);
  return known != texts_.end() ? *known : texts_.emplace_back(std::move(text));
}

/// `collect(id)` gives what stands under an application itself; an inherited preset counts where
/// nothing nearer has its name in the same group.
template <typename Collect>
std::vector<PresetRef> Catalog::with_inherited(AppId of, Collect collect) const {
  std::vector<PresetRef> own = collect(of);
  if (own.empty() && !of.release.empty()) {
    const AppId known = known_release(of);
    if (known.release != of.release) return with_inherited(known, collect);
  }
  const std::vector<AppId>& bases = bases_of(of);
  if (bases.empty()) return own;
  const std::string_view heir = find_application(of).name.text();
  std::vector<PresetRef> inherited;
  for (AppId base : bases) {
    base.group = of.group;
    for (PresetRef ref : collect(base)) {
      const std::string_view group = parse_app_id(ref.application).group;
      const auto same = [&](const PresetRef& known) {
        return known.name.text() == ref.name.text() &&
               parse_app_id(known.application).group == group;
      };
      if (std::any_of(own.begin(), own.end(), same) ||
          std::any_of(inherited.begin(), inherited.end(), same))
        continue;
      ref.application = group.empty() ? heir : kept_text(fmt::format("{}/{}", heir, group));
      inherited.push_back(ref);
    }
  }
  inherited.insert(inherited.end(), own.begin(), own.end());
  return inherited;
}

std::vector<PresetRef> Catalog::find_presets(std::string_view name, AppId of) const {
  return with_inherited(of, [&](AppId id) {
    std::vector<PresetRef> all;  // few: one for each application that has it
    for (const auto& [file, application, presets] : preset_maps(id)) {
      const Entry entry = entry_of(presets, name);
      if (!entry) continue;
      const auto known = std::find_if(
          all.begin(), all.end(),
          [of_it = application](const PresetRef& ref) { return ref.application == of_it; });
      if (known != all.end() && known->layer > file->layer) continue;
      PresetRef& ref = known != all.end() ? *known : all.emplace_back();
      ref = {application, entry.name, entry.body, file->layer, !file->application.empty()};
    }
    return all;
  });
}

Entry Catalog::find_preset_before(Node name, AppId of) const {
  const auto own = std::find_if(files_.begin(), files_.end(), [&](const File& file) {
    return file.tree.source == name.at().source;
  });
  Entry found;
  Layer layer = Layer::BuiltIn;
  for (auto file = files_.begin(); file != files_.end(); ++file) {
    const bool before = own == files_.end() || file->layer < own->layer ||
                        (file->layer == own->layer && file < own);
    if (!before || file->layer < layer) continue;
    each_mapping(*file, {}, of, [&](std::string_view application, Node presets) {
      const Entry entry = entry_of(presets, name.text());
      if (!entry || parse_app_id(application).group != of.group) return;
      found = entry;
      layer = file->layer;
    });
  }
  if (found) return found;
  for (const AppId& base : bases_of(of)) {
    const auto inherited = find_presets(name.text(), {base.name, base.release, of.group});
    if (!inherited.empty()) return {inherited.back().name, inherited.back().body};
  }
  return {};
}

std::optional<PresetRef> Catalog::find_preset_in(Layer layer, std::string_view name,
                                                 AppId of) const {
  std::optional<PresetRef> found;
  std::vector<AppId> lines = bases_of(of);
  lines.insert(lines.begin(), of);
  for (const AppId& id : lines) {
    if (found) break;
    for (const auto& [file, application, presets] : preset_maps(id)) {
      if (file->layer != layer) continue;
      const Entry entry = entry_of(presets, name);
      if (entry && parse_app_id(application).group == of.group)
        found =
            PresetRef{application, entry.name, entry.body, file->layer, !file->application.empty()};
    }
  }
  return found;
}

std::vector<PresetRef> Catalog::presets(AppId of) const {
  return with_inherited(of, [&](AppId id) {
    PresetList all;
    for (const PresetMap& map : preset_maps(id))
      map.presets.each_pair([&](Node key, Node body) {
        all.put({map.application, key, body, map.file->layer, !map.file->application.empty()});
      });
    return all.take();
  });
}

}  // namespace ipucnn
