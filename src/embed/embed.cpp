// Build tool: reads the files of configs/ with the loader that reads users' files and writes them
// as one C++ source of constant tables, so that a built-in value costs no parsing and keeps its
// place.
//   ipucnn_embed OUTPUT ROOT FILE...     FILEs are named relative to ROOT in the product
#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/descriptor.h"
#include "ipucnn/diagnostic.h"
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

std::string node_array(const std::string& name, const ipucnn::Tree& tree) {
  std::string out = fmt::format("const ipucnn::NodeRecord {}[] = {{\n", name);
  for (std::uint32_t i = 0; i < tree.count; ++i) {
    const ipucnn::NodeRecord& n = tree.nodes[i];
    out += fmt::format(
        "    {{{},{},{},{},{},{},ipucnn::NodeKind({}),ipucnn::ScalarType({}),{},{}}},\n", n.text,
        n.size, n.end, n.line, n.column, n.length, static_cast<int>(n.kind),
        static_cast<int>(n.type), n.plain, n.in_pool);
  }
  return out + "};\n";
}

std::string index_array(const std::string& name, const std::vector<std::uint32_t>& indexes) {
  return fmt::format("const std::uint32_t {}[] = {{{}}};\n", name, fmt::join(indexes, ","));
}

int complain(const ipucnn::Sources& sources, const ipucnn::Diagnostics& findings) {
  for (const ipucnn::Diagnostic* d : findings.sorted())
    fmt::print(stderr, "{}:{}:{}: {}\n", sources.name(d->at.source), d->at.line, d->at.column,
               d->message);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fputs("usage: ipucnn_embed OUTPUT ROOT FILE...\n", stderr);
    return 2;
  }
  const std::string root = argv[2];
  std::string code =
      "// Made by ipucnn_embed from configs/. Do not edit.\n#include \"load/builtin.h\"\n\n"
      "namespace {\n";
  std::string table;
  ipucnn::Sources sources;
  std::vector<std::unique_ptr<ipucnn::Document>>
      documents;  // what applications extend stands in them
  std::vector<ipucnn::Node> applications;
  for (int i = 3; i < argc; ++i) {
    const std::string file = argv[i];
    std::ifstream in(root + "/" + file, std::ios::binary);
    if (!in) {
      fmt::print(stderr, "ipucnn_embed: cannot read {}/{}\n", root, file);
      return 1;
    }
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    ipucnn::Diagnostics findings;
    const ipucnn::SourceId source = sources.add(root + "/" + file, text);
    documents.push_back(ipucnn::load_yaml(sources, source, findings));
    const auto& document = documents.back();
    if (document == nullptr || document->tree.count == 0) return complain(sources, findings);
    document->tree.built_in = true;
    if (const ipucnn::Node described = ipucnn::root(document->tree).find("applications")) {
      applications.push_back(described);
      if (!ipucnn::judge_applications(applications, findings)) return complain(sources, findings);
    }
    code += byte_array(fmt::format("kText{}", i), document->tree.text);
    code += byte_array(fmt::format("kPool{}", i), document->pool);
    code += node_array(fmt::format("kNodes{}", i), document->tree);
    code += index_array(fmt::format("kSorted{}", i), document->sorted);
    table += fmt::format(
        "    {{\"<built-in>/{0}\", kNodes{1}, {2}, {{kText{1}, {3}}}, {{kPool{1}, {4}}}, "
        "kSorted{1}}},\n",
        file, i, document->tree.count, document->tree.text.size(), document->pool.size());
  }
  code += "\nconst ipucnn::load::BuiltinFile kFiles[] = {\n" + table +
          "};\n\n}  // namespace\n\nnamespace ipucnn::load {\n\n"
          "std::span<const BuiltinFile> builtin_files() { return kFiles; }\n\n"
          "}  // namespace ipucnn::load\n";
  std::ofstream out(argv[1], std::ios::binary | std::ios::trunc);
  out << code;
  out.close();
  if (!out) {
    fmt::print(stderr, "ipucnn_embed: cannot write {}\n", argv[1]);
    return 1;
  }
  return 0;
}
