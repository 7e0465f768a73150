// Build tool: reads the files of configs/ with the loader that reads users' files and writes them
// as one C++ source of constant tables, so that a built-in value costs no parsing and keeps its
// place.
//   ipucnn_embed OUTPUT ROOT FILE...     FILEs are named relative to ROOT in the product
#include <fmt/format.h>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "embed/packed_bytes.h"
#include "embed/write_app.h"
#include "ipucnn/descriptor.h"
#include "ipucnn/diagnostic.h"
#include "ipucnn/sections.h"
#include "ipucnn/tree.h"

namespace {

/// A C++ array of bytes; string literals have a length limit and need escapes.
std::string byte_array(std::string_view name, std::string_view bytes) {
  std::string out = fmt::format("const char {}[] = {{", name);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i % 24 == 0) out += "\n    ";
    out += fmt::format("{},", static_cast<int>(static_cast<signed char>(bytes[i])));
  }
  return out + "0};\n";
}

std::string index_array(const std::string& name, const std::vector<std::uint32_t>& indexes) {
  return fmt::format("const std::uint32_t {}[] = {{{}}};\n", name, fmt::join(indexes, ","));
}

/// Always false.
bool complain(const ipucnn::Sources& sources, const ipucnn::Diagnostics& findings) {
  for (const ipucnn::Diagnostic* d : findings.sorted())
    fmt::print(stderr, "{}:{}:{}: {}\n", sources.name(d->at.source), d->at.line, d->at.column,
               d->message);
  return false;
}

/// Arrays that the program unpacks when somebody asks for jobs (src/load/packed_files.cpp).
class Packed {
 public:
  /// Whether it holds jobs, which few commands ask for, and nothing else.
  static bool takes(const ipucnn::Document& document) {
    const ipucnn::Node top = ipucnn::root(document.tree);
    return top.size() == 1 && top.find("jobs");
  }

  /// C++ of the file's arrays, which are empty until then.
  std::string add(std::size_t number, const ipucnn::Document& document) {
    const ipucnn::Tree& tree = document.tree;
    return room("char", "kText", number, tree.text.data(), tree.text.size()) +
           room("char", "kPool", number, document.pool.data(), document.pool.size()) +
           room("NodeRecord", "kNodes", number, tree.nodes, tree.count) +
           room("std::uint32_t", "kSorted", number, document.sorted.data(), document.sorted.size());
  }

  std::string constants() const {
    const auto bytes = ipucnn::embedding::packed(bytes_);
    if (!bytes) return "#error the jobs cannot be packed\n";
    return "const unsigned char kPacked[] = {" + ipucnn::embedding::array_body(*bytes) +
           "};\nconst PackedArray kPackedArrays[] = {\n" + rows_ + "};\n";
  }

 private:
  template <typename Item>
  std::string room(std::string_view type, std::string_view name, std::size_t number,
                   const Item* items, std::size_t count) {
    constexpr bool kIsNodes = std::is_same_v<Item, ipucnn::NodeRecord>;
    if constexpr (kIsNodes)
      add_nodes(items, count);
    else if (count > 0)
      bytes_.append(reinterpret_cast<const char*>(items), count * sizeof(Item));
    rows_ += fmt::format("    {{{}{}, {}, {}}},\n", name, number, count * sizeof(Item), kIsNodes);
    return fmt::format("{} {}{}[{}];\n", type, name, number, count + 1);
  }

  void add_nodes(const ipucnn::NodeRecord* nodes, std::size_t count) {
    ipucnn::NodeWords node{};
    for (std::size_t column = 0; column < node.size(); ++column) {
      std::uint32_t before = 0;
      for (std::size_t i = 0; i < count; ++i) {
        std::memcpy(&node, nodes + i, sizeof node);
        const std::uint32_t more = node.at(column) - before;
        before = node.at(column);
        bytes_.append(reinterpret_cast<const char*>(&more), sizeof more);
      }
    }
  }

  std::string bytes_;
  std::string rows_;
};

/// The sections that the file has and the names in them, of which a start needs no more.
std::string write_sections(std::size_t number, const ipucnn::Document& document) {
  std::string keys;
  std::string rows;
  const ipucnn::Node top = ipucnn::root(document.tree);
  for (std::size_t i = 0; i < ipucnn::kSectionCount; ++i) {
    const ipucnn::Node body = top.find(ipucnn::load::kSectionKeys.at(i));
    if (!body) continue;
    std::string of_section;
    bool aliases = body.is_alias_use();
    body.each_pair([&](ipucnn::Node key, ipucnn::Node value) {
      aliases = aliases || value.is_alias_use();
      of_section +=
          fmt::format("    {{\"{}\", {}, {}}},\n", key.text(), key.index(), value.index());
    });
    const bool listed = !aliases && !of_section.empty();
    if (listed)
      keys += fmt::format("const BuiltinKey kKeys{}_{}[] = {{\n{}}};\n", number, i, of_section);
    rows += fmt::format("    {{static_cast<Section>({}), {}, {}}},\n", i, body.index(),
                        listed ? fmt::format("kKeys{}_{}", number, i) : "{}");
  }
  return keys + fmt::format("const BuiltinSection kSections{}[] = {{\n{}}};\n", number, rows);
}

/// One file of configs/ and the constants it becomes.
std::string write_file(std::size_t number, const ipucnn::Document& document) {
  return byte_array(fmt::format("kText{}", number), document.tree.text) +
         byte_array(fmt::format("kPool{}", number), document.pool) +
         ipucnn::embed::node_array(fmt::format("kNodes{}", number), document.tree) +
         index_array(fmt::format("kSorted{}", number), document.sorted) +
         write_sections(number, document);
}

std::string file_row(std::size_t number, std::string_view file, const ipucnn::Document& document) {
  return fmt::format(
      "    {{\"<built-in>/{0}\", kNodes{1}, {2}, {{kText{1}, {3}}}, {{kPool{1}, {4}}}, "
      "kSorted{1}, {5}, {6}}},\n",
      file, number, document.tree.count, document.tree.text.size(), document.pool.size(),
      Packed::takes(document), Packed::takes(document) ? "{}" : fmt::format("kSections{}", number));
}

/// All files, read and judged.
struct Files {
  ipucnn::Sources sources;
  std::vector<std::unique_ptr<ipucnn::Document>> documents;
  std::vector<ipucnn::Node> applications;  ///< the mappings that bring some

  bool add(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) {
      fmt::print(stderr, "ipucnn_embed: cannot read {}\n", path);
      return false;
    }
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    ipucnn::Diagnostics findings;
    const ipucnn::SourceId source = sources.add(path, text);
    documents.push_back(ipucnn::load_yaml(sources, source, findings));
    const auto& document = documents.back();
    if (document == nullptr || document->tree.count == 0) return complain(sources, findings);
    document->tree.built_in = true;
    const ipucnn::Node described = ipucnn::root(document->tree).find("applications");
    if (!described) return true;
    applications.push_back(described);
    return ipucnn::judge_applications(applications, findings) || complain(sources, findings);
  }

  std::vector<const ipucnn::Tree*> trees() const {
    std::vector<const ipucnn::Tree*> all;
    for (const auto& document : documents) all.push_back(&document->tree);
    return all;
  }
};

bool write(const std::string& path, const std::string& code) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << code;
  out.close();
  if (!out) fmt::print(stderr, "ipucnn_embed: cannot write {}\n", path);
  return static_cast<bool>(out);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fputs("usage: ipucnn_embed OUTPUT ROOT FILE...\n", stderr);
    return 2;
  }
  const std::string root = argv[2];
  Files files;
  std::string code =
      "// Made by ipucnn_embed from configs/. Do not edit.\n#include \"load/builtin.h\"\n\n"
      "namespace ipucnn::load {\nnamespace {\n\n";
  std::string rows;
  Packed packed;
  for (int i = 3; i < argc; ++i) {
    if (!files.add(root + "/" + argv[i])) return 1;
    const auto number = static_cast<std::size_t>(i - 3);
    const ipucnn::Document& document = *files.documents.back();
    code += Packed::takes(document) ? packed.add(number, document) : write_file(number, document);
    rows += file_row(number, argv[i], document);
  }
  std::string apps;
  std::string tables;
  std::size_t number = 0;
  ipucnn::embed::SharedArrays shared;
  bool good = true;
  ipucnn::Diagnostics findings;
  for (const ipucnn::Node part : files.applications)
    part.each_pair([&](ipucnn::Node name, ipucnn::Node body) {
      const auto app = ipucnn::embed::write_app(files.trees(), files.applications, {name, body},
                                                number++, shared, findings);
      good = good && app;
      if (!app) return;
      tables += app->constants;
      apps += app->row;
    });
  if (!good) {
    complain(files.sources, findings);
    return 1;
  }
  code += packed.constants() + shared.records.constants() + tables;
  code += "\nconstinit const BuiltinFile kFiles[] = {\n" + rows +
          "};\nconstinit const BuiltinApp kApps[] = {\n" + apps +
          "};\n\n}  // namespace\n\n"
          "std::span<const BuiltinFile> builtin_files() { return kFiles; }\n"
          "PackedFiles packed_files() { return {kPacked, kPackedArrays}; }\n"
          "std::span<const BuiltinApp> builtin_apps() { return kApps; }\n\n"
          "}  // namespace ipucnn::load\n";
  return write(argv[1], code) ? 0 : 1;
}
