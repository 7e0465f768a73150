// The records of an application as constants.
#include "embed/write_app.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ipucnn/app_reader.h"
#include "ipucnn/extends.h"

namespace ipucnn::embed {
namespace {

std::string text_of(bool value) { return value ? "true" : "false"; }

std::string text_of(double value) {
  if (std::isinf(value)) return value > 0 ? "__builtin_inf()" : "-__builtin_inf()";
  return std::isnan(value) ? "__builtin_nan(\"\")" : fmt::format("{}", value);
}

std::string text_of(std::uint32_t number) {
  return number == kNone ? "kNone" : std::to_string(number);
}

std::string text_of(NodeRef ref) {
  return ref.index == kNone ? "{}" : fmt::format("{{{},{}}}", ref.tree, ref.index);
}

std::string text_of(RecordRange range) {
  return fmt::format("{{{},{}}}", range.first, range.count);
}

std::string text_of(const NameRecord& name) {
  return fmt::format("{{{},{}}}", text_of(name.node), text_of(name.number));
}

template <typename Enum>
std::string enumerator(std::string_view type, Enum value) {
  return fmt::format("{}({})", type, static_cast<int>(value));
}
std::string text_of(ScalarType type) { return enumerator("ScalarType", type); }
std::string text_of(TestWord word) { return enumerator("TestWord", word); }
std::string text_of(std::uint8_t number) { return std::to_string(static_cast<int>(number)); }

/// All fields of a record, in their order.
template <typename... Fields>
std::string record(const Fields&... fields) {
  std::string out = "{";
  ((out += text_of(fields), out += ','), ...);
  out.back() = '}';
  return out;
}

std::string text_of(const ValueRecord& r) {
  return record(r.node, r.number, r.type, r.is_true, r.has_number);
}
std::string text_of(const WordRecord& r) {
  return record(r.name, r.word, r.operand, r.bound, r.limit, r.values, r.numbers, r.kind, r.flag,
                r.has_limit);
}
std::string text_of(const ConditionRecord& r) { return record(r.node, r.words); }
std::string text_of(const CaseRecord& r) { return record(r.when, r.value); }
std::string text_of(const FormRecord& r) {
  return record(r.flag, r.short_flag, r.off_flag, r.default_value, r.late_default, r.choices,
                r.range, r.about, r.late, r.scripts, r.only_with, r.type, r.items, r.has_items,
                r.has_scripts, r.is_list, r.may_be_empty, r.stores, r.required, r.zero_is_unset);
}
std::string text_of(const OptionRecord& r) {
  return record(r.name, r.body, r.scripts, r.only_with, r.variants, r.own, r.has_scripts);
}
std::string text_of(const RuleRecord& r) {
  return record(r.node, r.option, r.scripts, r.when, r.needs, r.excludes, r.used_when, r.needs_any,
                r.ended_by, r.has_scripts, r.has_needs_any);
}
std::string text_of(const PurposeRecord& r) {
  return record(r.name, r.node, r.script, r.group, r.directory, r.program, r.without, r.needs,
                r.takes_preset, r.has_figures);
}

/// Writes the arrays of one application, and what names them.
class Writer {
 public:
  explicit Writer(std::size_t app) : app_(app) {}

  /// The name of the array; braces for an empty one, which C++ does not have.
  template <typename Record>
  std::string array(std::string_view type, const std::vector<Record>& records) {
    if (records.empty()) return "{}";
    const std::string name = fmt::format("kApp{}_{}", app_, count_++);
    code_ += fmt::format("const {} {}[] = {{\n", type, name);
    for (const Record& one : records) code_ += fmt::format("    {},\n", text_of(one));
    code_ += "};\n";
    return name;
  }

  void add(std::string_view code) { code_ += code; }
  std::string take() { return std::move(code_); }

 private:
  std::size_t app_;
  std::size_t count_ = 0;
  std::string code_;
};

std::uint32_t number_of(const std::vector<const Tree*>& trees, const Tree* tree) {
  return static_cast<std::uint32_t>(std::find(trees.begin(), trees.end(), tree) - trees.begin());
}

std::string node_records(const Tree& tree) {
  std::string out;
  for (std::uint32_t i = 0; i < tree.count; ++i) {
    const NodeRecord& n = tree.nodes[i];
    out += fmt::format("    {{{},{},{},{},{},{},NodeKind({}),ScalarType({}),{},{}}},\n", n.text,
                       n.size, n.end, n.line, n.column, n.length, static_cast<int>(n.kind),
                       static_cast<int>(n.type), n.plain, n.in_pool);
  }
  return out;
}

/// The tables of a chain, from the farthest base on.
std::string write_merged(Writer& writer, std::size_t app, const load::MergedTables& merged,
                         const std::vector<const Tree*>& files,
                         const std::vector<const Tree*>& trees, SharedArrays& shared) {
  std::string rows;
  for (std::size_t i = 0; i < merged.all.size(); ++i) {
    const load::MergedTable& table = *merged.all[i];
    // A later release begins with the tables of the earlier ones, which stand once.
    const auto [array, added] =
        shared.emplace(node_records(table.tree), fmt::format("kMerged{}_{}", app, i));
    const std::string& nodes = array->second;
    if (added) writer.add(node_array(nodes, table.tree));
    std::vector<std::uint32_t> others;
    for (const Tree* other : table.others) others.push_back(number_of(trees, other));
    const auto file = std::find_if(files.begin(), files.end(), [&](const Tree* known) {
      return known->source == table.tree.source;
    });
    rows +=
        fmt::format("    {{{}, {}, \"{}\", {}, {}}},\n", nodes, table.tree.count, table.tree.pool,
                    file - files.begin(), writer.array("std::uint32_t", others));
  }
  if (rows.empty()) return "{}";
  const std::string name = fmt::format("kChain{}", app);
  writer.add(fmt::format("const BuiltinTree {}[] = {{\n{}}};\n", name, rows));
  return name;
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
  load::AppArena arena;
  load::read_app(*body, arena);
  std::vector<const Tree*> trees = files;
  for (const auto& table : merged.all) trees.push_back(&table->tree);
  std::vector<std::uint32_t> used;
  for (const Tree* tree : arena.trees) used.push_back(number_of(trees, tree));

  Writer writer(number);
  const std::string chain = write_merged(writer, number, merged, files, trees, shared);
  const std::string of_app = writer.array("std::uint32_t", used);
  std::string table;
  const auto add = [&](std::string_view type, const auto& records) {
    table += writer.array(type, records) + ", ";
  };
  add("NameRecord", arena.fields);
  add("OptionRecord", arena.options);
  add("FormRecord", arena.forms);
  add("CaseRecord", arena.cases);
  add("RuleRecord", arena.rules);
  add("PurposeRecord", arena.purposes);
  add("ConditionRecord", arena.conditions);
  add("WordRecord", arena.words);
  add("ValueRecord", arena.values);
  add("NameRecord", arena.names);
  add("NodeRef", arena.scripts);
  add("std::uint32_t", arena.script_numbers);
  add("std::uint32_t", arena.slots);
  add("std::uint32_t", arena.required);
  add("std::uint32_t", arena.by_place);
  return WrittenApp{writer.take(),
                    fmt::format("    {{kNodes{} + {}, {}, {}, {{{}{{}}, {}}}}},\n",
                                number_of(files, entry.body.tree()), entry.body.index(), chain,
                                of_app, table, arena.presets_are_words)};
}

}  // namespace ipucnn::embed
