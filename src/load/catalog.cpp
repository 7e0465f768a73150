#include "ipucnn/catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "base/suggest.h"
#include "base/text.h"
#include "ipucnn/descriptor.h"
#include "ipucnn/extends.h"
#include "ipucnn/sections.h"
#include "load/builtin.h"
#include "load/catalog_parts.h"
#include "load/duplicates.h"
#include "load/wrong_level.h"

namespace ipucnn {
namespace {

using load::is_section_key;
using load::kSectionKeys;

/// True when the file is ours, false when it is an upstream one; reports a mixture.
std::optional<bool> is_ours(Node top, Diagnostics& out) {
  Node ours;
  Node other;
  top.each_pair([&](Node key, Node) {
    Node& slot = is_section_key(key.text()) ? ours : other;
    if (!slot) slot = key;
  });
  if (ours && other) {
    const std::vector<std::string_view> known(std::begin(kSectionKeys), std::end(kSectionKeys));
    Diagnostic& d =
        out.add(FindingId::Y004, other.at(),
                fmt::format("'{}' is no top-level key of ipucnn's files", other.text()));
    d.notes.push_back({fmt::format("'{}' makes this a file of ipucnn's", ours.text()), ours.at()});
    const auto near = nearest_names(other.text(), known, 1);
    d.help = near.empty() ? "presets of an application stand under `presets:`, then its name"
                          : fmt::format("did you mean '{}'?", near.front());
    return std::nullopt;
  }
  return static_cast<bool>(ours);
}

/// What `defaults:` of all files come to.
struct Defaults {
  bool are_known = false;
  std::vector<std::pair<std::string_view, Entry>> entries;  ///< each key once
};

}  // namespace

std::string_view section_key(Section section) {
  return kSectionKeys[static_cast<std::size_t>(section)];
}

std::string_view layer_name(Layer layer) {
  switch (layer) {
    case Layer::BuiltIn:
      return "built-in";
    case Layer::Checkout:
      return "checkout";
    case Layer::System:
      return "system";
    case Layer::User:
      return "user";
    case Layer::Project:
      return "project";
    case Layer::Named:
      break;
  }
  return "named";
}

Catalog::Catalog(Sources& sources) : tables_(std::make_shared<load::MergedTables>()) {
  constexpr std::size_t kUsual = 12;  // files of the program with a section
  for (auto& parts : parts_) parts.reserve(kUsual);
  for (const load::BuiltinFile& file : load::builtin_files()) {
    const SourceId source = sources.add_static(file.name, file.text);
    files_.push_back(
        {Layer::BuiltIn,
         {file.nodes, file.count, file.text, file.pool, source, file.sorted, nullptr, true},
         {},
         nullptr});
    if (file.packed)
      parts_[static_cast<std::size_t>(Section::Jobs)].push_back(
          load::packed_jobs(files_.back().tree));
    for (const load::BuiltinSection& part : file.sections) {
      const Node body = Node::unread(&files_.back().tree, part.body);
      parts_.at(static_cast<std::size_t>(part.section)).push_back(body);
      if (part.section == Section::Presets) files_.back().presets = body;
    }
  }
}

/// Of a file of ours.
void Catalog::take_parts(File& file) {
  root(file.tree).each_pair([&](Node key, Node body) {
    const auto known = std::find(kSectionKeys.begin(), kSectionKeys.end(), key.text());
    if (known == kSectionKeys.end()) return;
    const auto section = static_cast<std::size_t>(known - kSectionKeys.begin());
    parts_.at(section).push_back(body);
    if (section == static_cast<std::size_t>(Section::Presets)) file.presets = body;
  });
}

/// An application and all it extends. A chain that ends nowhere is reported when it is chosen.
std::vector<Entry> Catalog::chain_of(const Entry& application) const {
  if (!load::extends_of(application.body)) return {application};
  Diagnostics ignored;
  const auto chain = load::chain_of(parts(Section::Applications), application, ignored);
  return chain ? *chain : std::vector<Entry>{application};
}

Node Catalog::own_field(const Entry& application, std::string_view field) const {
  for (const Entry& entry : chain_of(application)) {
    if (entry.name.text() != application.name.text()) break;
    if (const Node found = entry.body.find(field)) return found;
  }
  return {};
}

/// How many keys of these presets are options of the application. One that extends another counts
/// only where a key is an option that it brings itself: all others are the other's.
std::size_t Catalog::known_keys(const Entry& application, Node presets) const {
  const std::vector<Entry> chain = chain_of(application);
  const bool forks = chain.back().name.text() != application.name.text();
  std::size_t known = 0;
  bool own = !forks;
  presets.each_pair([&](Node, Node preset) {
    preset.each_pair([&](Node key, Node) {
      for (const Entry& entry : chain) {
        const Node option = entry.body.find("options").find(key.text());
        if (!option) continue;
        own = own || (!option.is_null() && entry.name.text() == application.name.text());
        known += option.is_null() ? 0U : 1U;
        break;
      }
    });
  });
  return own ? known : 0;
}

/// The applications that know the most keys of a configs.yml's presets.
bool Catalog::is_foreign(Node top) const {
  if (!top.is_map() || top.size() == 0) return false;
  const std::vector<std::string_view> known(std::begin(kSectionKeys), std::end(kSectionKeys));
  bool ours = false;
  top.each_pair(
      [&](Node key, Node) { ours = ours || !nearest_names(key.text(), known, 1).empty(); });
  return !ours && owners(top).empty();
}

std::vector<std::string_view> Catalog::owners(Node top) const {
  std::vector<std::string_view> candidates;
  std::size_t best = 0;
  for (const Entry& app : entries(Section::Applications)) {
    const std::size_t known = known_keys(app, top);
    if (known > best) candidates.clear();
    if (known > 0 && known >= best) {
      best = known;
      candidates.push_back(parse_app_id(app.name.text()).name);
    }
  }
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  return candidates;
}

bool Catalog::tells_its_kind(Node top, std::string_view application) const {
  Diagnostics ignored;
  const auto ours = is_ours(top, ignored);
  return ours && !*ours && (!application.empty() || owners(top).size() == 1);
}

bool Catalog::add(Sources& sources, SourceId source, Layer layer, std::string_view application,
                  Diagnostics& out, std::string_view only) {
  const bool good = add_file(sources, source, layer, application, out, only);
  forget();  // what was asked meanwhile
  return good;
}

void Catalog::forget() const {
  merged_.clear();
  entries_ = {};
  lines_.clear();
  memo_.clear();
}

bool Catalog::add_file(Sources& sources, SourceId source, Layer layer, std::string_view application,
                       Diagnostics& out, std::string_view only) {
  std::unique_ptr<Document> document = load_yaml(sources, source, out, only);
  if (document != nullptr && document->is_part &&
      !tells_its_kind(root(document->tree), application))
    document = load_yaml(sources, source, out);
  if (document == nullptr) return false;
  const Tree tree = document->tree;
  const Node top = root(tree);
  if (!top || top.is_null()) return true;  // nothing but comments
  if (!top.is_map()) {
    out.add(FindingId::Y005, top.at(), "the file is no mapping").help =
        "at the top stand keys such as `presets:`, or the names of an application's presets";
    return false;
  }
  const std::optional<bool> ours = is_ours(top, out);
  if (!ours) return false;
  const bool named = !application.empty() || layer == Layer::Checkout;
  if (!*ours && !named && load::report_wrong_level(*this, top, out)) return false;
  load::report_duplicate_keys(tree, !*ours, out);
  if (out.has_errors()) return false;
  files_.push_back({layer, tree, {}, std::move(document)});
  forget();
  if (*ours) {
    take_parts(files_.back());
    const bool describes = static_cast<bool>(top.find(section_key(Section::Applications)));
    return !describes || judge_applications(parts(Section::Applications), out);
  }
  files_.back().presets = root(files_.back().tree);
  files_.back().application = application;
  if (!application.empty()) return true;
  const std::vector<std::string_view> candidates = owners(top);
  if (candidates.size() == 1) {
    files_.back().application = candidates.front();
    return true;
  }
  Diagnostic& d =
      out.add(FindingId::K003, top.at(),
              candidates.empty()
                  ? "this is no file of ipucnn's: it has none of its keys, and no application "
                    "is known whose presets have these"
                  : "it is not clear which application this file belongs to");
  d.help = candidates.empty() ? "if it holds presets, name their application with --app: "
                              : "name it with --app: ";
  const auto all = candidates.empty() ? names(Section::Applications) : candidates;
  for (const std::string_view name : all)
    d.help += fmt::format("{}{}", name == all.front() ? "" : ", ", name);
  files_.pop_back();
  return false;
}

Entry Catalog::find(Section section, std::string_view name) const {
  if (section == Section::Jobs) load::unpack_files();
  const std::vector<Node>& all = parts(section);
  for (auto part = all.rbegin(); part != all.rend(); ++part)
    if (const Entry found = load::entry_of(*part, name)) return with_bases(section, found);
  return {};
}

std::vector<Entry> Catalog::written(Section section) const {
  if (section == Section::Jobs) load::unpack_files();
  const std::vector<Node>& all_parts = parts(section);
  std::size_t most = 0;
  for (const Node part : all_parts) most += part.size();
  std::vector<Entry> all;
  all.reserve(most);
  for (auto part = all_parts.begin(); part != all_parts.end(); ++part) {
    part->each_pair([&](Node key, Node body) {
      const auto has_it = [&](Node other) { return static_cast<bool>(other.find_key(key.text())); };
      if (std::any_of(all_parts.begin(), part, has_it)) return;
      Entry winner{key, body};
      for (auto later = std::next(part); later != all_parts.end(); ++later)
        if (const Entry found = load::entry_of(*later, key.text())) winner = found;
      all.push_back(winner);
    });
  }
  return all;
}

const std::vector<Entry>& Catalog::entries(Section section) const {
  auto& all = entries_.at(static_cast<std::size_t>(section));
  if (!all) {
    all = written(section);
    for (Entry& entry : *all) entry = with_bases(section, entry);
  }
  return *all;
}

std::vector<std::string_view> Catalog::names(Section section) const {
  std::vector<std::string_view> out;
  for (const Entry& entry : written(section)) out.push_back(entry.name.text());
  return out;
}

Entry Catalog::with_bases(Section section, const Entry& entry) const {
  Diagnostics ignored;  // whoever uses the entry asks whole() what is wrong
  return {entry.name, whole(section, entry, ignored).value_or(entry.body)};
}

std::optional<Node> Catalog::whole(Section section, const Entry& entry, Diagnostics& out) const {
  const bool has_bases = section == Section::Targets || section == Section::Sites ||
                         section == Section::Profiles || section == Section::Jobs;
  const Node body = entry.body;
  if (!has_bases || !body.is_map() || body.tree()->others != nullptr) return body;
  if (!load::extends_of(body) && !load::is_put_together(body)) return body;
  // As far as one that was put together before.
  std::vector<Entry> chain = {entry};
  std::unordered_set<const NodeRecord*> seen = {body.record_at()};
  auto known = merged_.find(body.record_at());
  while (known == merged_.end() && load::extends_of(chain.back().body)) {
    const Entry next = load::base_of(parts(section), chain.back(), out);
    if (!next) return std::nullopt;
    if (!seen.insert(next.body.record_at()).second) {
      load::report_ring(chain.back(), out);
      return std::nullopt;
    }
    chain.push_back(next);
    known = merged_.find(next.body.record_at());
  }
  Node laid;
  if (known != merged_.end()) {
    laid = known->second;
    chain.pop_back();
  }
  for (; !chain.empty(); chain.pop_back()) {
    const auto over = load::lay_over(laid, chain.back(), *tables_, out);
    if (!over) return std::nullopt;
    laid = *over;
    merged_.emplace(chain.back().body.record_at(), laid);
  }
  return laid;
}

AppId Catalog::known_release(AppId id) const {
  for (const Node part : parts(Section::Applications))
    part.each_pair([&](Node name, Node body) {
      if (!name.text().starts_with(id.name)) return;
      const AppId known = parse_app_id(name.text());
      const Node aliases = body.find("aliases");
      if (known.name != id.name || !aliases.is_list()) return;
      for (const Node alias : aliases)
        if (alias.text() == id.release) id.release = known.release;
    });
  return id;
}

Catalog::Line& Catalog::line_of(AppId id) const {
  const auto is_it = [&](const Line& line) {
    return line.name == id.name && line.release == id.release;
  };
  if (newest_line_ < lines_.size() && is_it(lines_[newest_line_])) return lines_[newest_line_];
  const auto known = std::find_if(lines_.begin(), lines_.end(), is_it);
  newest_line_ = static_cast<std::size_t>(known - lines_.begin());
  return known != lines_.end()
             ? *known
             : lines_.emplace_back(Line{std::string(id.name), std::string(id.release), {}, {}, {}});
}

Entry Catalog::find_application(AppId id) const {
  Line& line = line_of(id);
  if (!line.application) line.application = search_application(id);
  return *line.application;
}

Entry Catalog::search_application(AppId id) const {
  Entry best;
  std::string_view best_name;
  load::each_name(files_, parts(Section::Applications), Section::Applications,
                  [&](std::string_view text, Node name, Node body) {
                    const auto known = load::id_if_wanted(text, id);
                    if (!known || known->name != id.name) return;
                    if (best && best_name != text &&
                        !release_below(parse_app_id(best_name).release, known->release))
                      return;
                    best = {name, body};
                    best_name = text;
                  });
  if (best || id.release.empty()) return best;
  const AppId known = known_release(id);
  return known.release == id.release ? Entry{} : find_application(known);
}

Entry Catalog::find_default(std::string_view key) const {
  Defaults& known = memo_.of<Defaults>();
  const auto find = [&](std::string_view name) {
    return std::find_if(known.entries.begin(), known.entries.end(),
                        [&](const auto& entry) { return entry.first == name; });
  };
  if (!std::exchange(known.are_known, true))
    load::each_name(files_, parts(Section::Defaults), Section::Defaults,
                    [&](std::string_view text, Node name, Node body) {
                      const auto same = find(text);
                      if (same == known.entries.end())
                        known.entries.push_back({text, {name, body}});
                      else
                        same->second = {name, body};
                    });
  const auto found = find(key);
  return found == known.entries.end() ? Entry{} : found->second;
}

const Catalog::File* Catalog::file_of(SourceId source) const {
  const auto found = std::find_if(files_.begin(), files_.end(),
                                  [&](const File& file) { return file.tree.source == source; });
  return found == files_.end() ? nullptr : &*found;
}

}  // namespace ipucnn
