// An application's records: those that were compiled in, or read from what a user's file brings.
#include "load/app.h"

#include <fmt/format.h>

#include <algorithm>

#include "ipucnn/preset_batch.h"
#include "load/builtin.h"

namespace ipucnn {
namespace load {
namespace {

/// The compiled one, as long as no file of the user's changes a part of it.
const BuiltinApp* builtin_of(const Catalog& catalog, const Entry& entry) {
  if (!entry.body || !entry.body.tree()->built_in) return nullptr;
  const auto all = builtin_apps();
  const auto found = std::find_if(all.begin(), all.end(), [&](const BuiltinApp& app) {
    return app.body == entry.body.record_at();
  });
  if (found == all.end()) return nullptr;
  const auto& parts = catalog.parts(Section::Applications);
  const auto is_built_in = [](const Node part) { return part.tree()->built_in; };
  if (found->merged.empty() || std::all_of(parts.begin(), parts.end(), is_built_in)) return &*found;
  Diagnostics ignored;  // of a chain that is read anew
  const auto chain = chain_of(parts, entry, ignored);
  const bool same = chain && std::all_of(chain->begin(), chain->end(),
                                         [&](const Entry& link) { return is_built_in(link.body); });
  return same ? &*found : nullptr;
}

void take_builtin(const BuiltinApp& from, const Catalog& catalog, const Entry& entry, App& app) {
  const auto& files = catalog.files();
  app.trees.reserve(from.merged.size());
  app.tree_lists.reserve(from.merged.size() + 1);
  const auto list_of = [&](std::span<const std::uint32_t> numbers) {
    const std::size_t count = builtin_files().size();
    auto& list = app.tree_lists.emplace_back();
    list.reserve(numbers.size());
    for (const std::uint32_t number : numbers)
      list.push_back(number == kNone  ? nullptr
                     : number < count ? &files[number].tree
                                      : &app.trees[number - count]);
    return std::span<const Tree* const>(list);
  };
  for (const BuiltinTree& tree : from.merged)
    app.trees.push_back({tree.nodes,
                         tree.count,
                         {},
                         tree.pool,
                         files[tree.file].tree.source,
                         nullptr,
                         list_of(tree.others).data()});
  app.table = from.table;
  app.table.trees = list_of(from.trees);
  app.body = app.trees.empty() ? entry.body : root(app.trees.back());
  if (app.trees.size() > 1) app.inherited = root(app.trees[app.trees.size() - 2]);
}

bool read(const Catalog& catalog, const Entry& entry, App& app, Diagnostics& out) {
  const auto body = merge_entry(catalog.parts(Section::Applications), entry, app.merged, out);
  if (!body) return false;
  app.body = *body;
  // The tables of a chain stand in it from the farthest base on; the last is the body itself.
  const auto& all = app.merged.all;
  if (all.size() > 1) app.inherited = root(all[all.size() - 2]->tree);
  if (!app.body.is_map()) return true;
  read_app(app.body, app.arena);
  if (app.arena.too_large) {
    out.add(
        FindingId::Y003, entry.name.at(),
        fmt::format("{} and what it extends stand in more than {} files, or behind {} values of "
                    "one",
                    entry.name.text(), NodeRef::kMostTrees, NodeRef::kMostIndexes));
    return false;
  }
  app.table = app.arena.table();
  return true;
}

}  // namespace

std::shared_ptr<App> load_app(const Catalog& catalog, const Entry& entry, Diagnostics& out) {
  auto app = std::make_shared<App>();
  if (const BuiltinApp* compiled = builtin_of(catalog, entry))
    take_builtin(*compiled, catalog, entry, *app);
  else if (!read(catalog, entry, *app, out))
    return nullptr;
  read_bindings(app->body.find("quantities"), app->bindings);
  number_keys(app->table, app->bindings);
  app->body.find("scripts").each_pair([&](Node script, Node said) {
    if (const Node own = said.find("quantities")) {
      auto& [name, bindings] = app->of_scripts.emplace_back(script.text(), app->bindings);
      read_bindings(own, bindings);
      number_keys(app->table, bindings);
    }
  });
  return app;
}

}  // namespace load

const std::optional<std::int64_t>* built_in_batch(const Catalog& catalog, const Entry& application,
                                                  Node preset) {
  const load::BuiltinApp* app = load::builtin_of(catalog, application);
  if (app == nullptr) return nullptr;
  const auto known =
      std::find_if(app->presets.begin(), app->presets.end(),
                   [&](const load::BuiltinPreset& one) { return one.body == preset.record_at(); });
  return known == app->presets.end() ? nullptr : &known->batch;
}

}  // namespace ipucnn
