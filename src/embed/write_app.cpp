// The records of an application as constants.
#include "embed/write_app.h"

#include <fmt/format.h>

#include <algorithm>

#include "embed/record_text.h"
#include "ipucnn/app_reader.h"
#include "ipucnn/extends.h"
#include "ipucnn/preset_batch.h"

namespace ipucnn::embed {
namespace {

/// Writes the arrays of one application, and what names them.
class Writer {
 public:
  Writer(std::size_t app, SharedArrays& shared) : app_(app), shared_(shared) {}

  /// The name of the array; braces for an empty one, which C++ does not have.
  template <typename Record>
  std::string array(std::string_view type, const std::vector<Record>& records) {
    if (records.empty()) return "{}";
    std::string rows;
    for (const Record& one : records) rows += fmt::format("    {},\n", text_of(one));
    return constant(type, rows);
  }

  /// The name of the array of these rows, which stands once for all applications.
  std::string constant(std::string_view type, const std::string& rows) {
    const auto [known, added] = shared_.names.try_emplace(
        fmt::format("{} {}", type, rows), fmt::format("kApp{}_{}", app_, shared_.names.size()));
    if (added)
      code_ += fmt::format("constinit const {} {}[] = {{\n{}}};\n", type, known->second, rows);
    return known->second;
  }

  std::string take() { return std::move(code_); }

 private:
  std::size_t app_;
  SharedArrays& shared_;
  std::string code_;
};

std::uint32_t number_of(const std::vector<const Tree*>& trees, const Tree* tree) {
  return static_cast<std::uint32_t>(std::find(trees.begin(), trees.end(), tree) - trees.begin());
}

std::string node_records(const Tree& tree) {
  std::string out;
  for (std::uint32_t i = 0; i < tree.count; ++i) {
    const NodeRecord& n = tree.nodes[i];
    out += fmt::format("    {{{},{},{},{},{},NodeKind({}),ScalarType({}),{:d},{:d},{}}},\n", n.text,
                       n.size, n.end, n.line, n.column, static_cast<int>(n.kind),
                       static_cast<int>(n.type), static_cast<bool>(n.plain),
                       static_cast<bool>(n.in_pool), static_cast<std::uint32_t>(n.length));
  }
  return out;
}

/// The tables of a chain, from the farthest base on: those that a later release begins with are the
/// earlier ones'. `numbers` gets those of the shared arrays that they stand in.
std::string write_merged(Writer& writer, const load::MergedTables& merged,
                         const std::vector<const Tree*>& files,
                         const std::vector<const Tree*>& trees, SharedArrays& shared,
                         std::vector<std::uint32_t>& numbers) {
  std::string rows;
  for (const auto& one : merged.all) {
    const load::MergedTable& table = *one;
    const std::string nodes = writer.constant("NodeRecord", node_records(table.tree));
    auto& known = shared.merged;
    const auto place = std::find(known.begin(), known.end(), nodes);
    numbers.push_back(static_cast<std::uint32_t>(place - known.begin()));
    if (place == known.end()) known.push_back(nodes);
    std::vector<std::uint32_t> others;
    for (const Tree* other : table.others) others.push_back(number_of(trees, other));
    const auto file = std::find_if(files.begin(), files.end(),
                                   [&](const Tree* of) { return of->source == table.tree.source; });
    rows +=
        fmt::format("    {{{}, {}, \"{}\", {}, {}}},\n", nodes, table.tree.count, table.tree.pool,
                    file - files.begin(), writer.array("std::uint32_t", others));
  }
  return rows.empty() ? "{}" : writer.constant("BuiltinTree", rows);
}

/// The presets that stand under an application's name, or under those of its groups.
std::string write_presets(Writer& writer, const std::vector<const Tree*>& files,
                          std::string_view application, Node descriptor) {
  load::Bindings bindings;
  load::read_bindings(descriptor.find("quantities"), bindings);
  std::string rows;
  for (std::size_t file = 0; file < files.size(); ++file)
    root(*files[file]).find("presets").each_pair([&](Node owner, Node presets) {
      if (owner.text().substr(0, owner.text().find('/')) != application) return;
      presets.each_pair([&](Node, Node preset) {
        if (!preset.is_map() || preset.find("extends")) return;
        const auto batch = preset_batch(
            [&](QuantityName name) -> const Binding& {
              return bindings.at(static_cast<std::size_t>(name));
            },
            [&](std::string_view key) { return load::merged_value(preset, key); });
        rows += fmt::format("    {{kNodes{} + {}, {}}},\n", file, preset.index(),
                            batch ? fmt::format("{}", *batch) : "std::nullopt");
      });
    });
  return rows.empty() ? "{}" : writer.constant("BuiltinPreset", rows);
}

}  // namespace

std::string node_array(const std::string& name, const Tree& tree) {
  return fmt::format("const NodeRecord {}[] = {{\n{}}};\n", name, node_records(tree));
}

std::optional<WrittenApp> write_app(const std::vector<const Tree*>& files,
                                    const std::vector<Node>& parts, const Entry& entry,
                                    std::size_t number, SharedArrays& shared, Diagnostics& out) {
  load::MergedTables merged;
  const auto body = load::merge_entry(parts, entry, merged, out);
  if (!body) return std::nullopt;
  std::vector<const Tree*> trees = files;
  for (const auto& table : merged.all) trees.push_back(&table->tree);

  Writer writer(number, shared);
  std::vector<std::uint32_t> numbers;
  const std::string chain = write_merged(writer, merged, files, trees, shared, numbers);
  // A tree has the same number in every application, so that their records are the same.
  load::AppArena arena;
  arena.trees = files;
  arena.trees.resize(files.size() + shared.merged.size(), nullptr);
  for (std::size_t i = 0; i < numbers.size(); ++i)
    arena.trees[files.size() + numbers[i]] = &merged.all[i]->tree;
  load::read_app(*body, arena);
  if (arena.too_large) {
    out.add(FindingId::Y003, entry.name.at(), "more files than records can name");
    return std::nullopt;
  }
  std::vector<std::uint32_t> used;
  for (const Tree* tree : arena.trees)
    used.push_back(tree == nullptr ? kNone : number_of(trees, tree));
  shared.records.take(arena);

  const auto own = [&](std::string_view type, const auto& records) {
    return writer.array(type, records);
  };
  const auto all = [](std::string_view field) { return SharedRecords::name_of(field); };
  const std::string tables[] = {own("NameRecord", arena.fields),
                                own("OptionRecord", arena.options),
                                all("forms"),
                                all("cases"),
                                own("RuleRecord", arena.rules),
                                own("PurposeRecord", arena.purposes),
                                all("conditions"),
                                all("words"),
                                all("values"),
                                all("names"),
                                own("NodeRef", arena.scripts),
                                all("script_numbers"),
                                own("std::uint32_t", arena.slots),
                                own("std::uint32_t", arena.required),
                                own("std::uint32_t", arena.by_place)};
  const std::string of_app = own("std::uint32_t", used);
  const std::string presets = write_presets(writer, files, entry.name.text(), *body);
  return WrittenApp{writer.take(),
                    fmt::format("    {{kNodes{} + {}, {}, {}, {{{}, {{}}, {}}}, {}}},\n",
                                number_of(files, entry.body.tree()), entry.body.index(), chain,
                                of_app, fmt::join(tables, ", "), arena.presets_are_words, presets)};
}

}  // namespace ipucnn::embed
