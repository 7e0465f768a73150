// Build tool: writes texts, one behind the other and packed, as the source of a function that gives
// them as a PackedText. HEADER declares it. A text behind --comment becomes a comment of
// JavaScript.
//   ipucnn_embed_text OUTPUT HEADER NAMESPACE::FUNCTION [[--comment] INPUT]...
#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "embed/packed_bytes.h"

namespace {

int refuse(std::string_view why, std::string_view file) {
  fmt::print(stderr, "ipucnn_embed_text: {} {}\n", why, file);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fputs(
        "usage: ipucnn_embed_text OUTPUT HEADER NAMESPACE::FUNCTION [[--comment] INPUT]...\n",
        stderr);
    return 2;
  }
  const std::string_view function = argv[3];
  const std::size_t colons = function.rfind("::");
  if (colons == std::string_view::npos) return refuse("no namespace in", function);
  std::string text;
  for (int i = 4; i < argc; ++i) {
    const bool comment = std::string_view(argv[i]) == "--comment" && i + 1 < argc;
    if (comment) ++i;
    std::ifstream in(argv[i], std::ios::binary);
    const std::string one{std::istreambuf_iterator<char>(in), {}};
    if (one.empty()) return refuse("cannot read", argv[i]);
    if (comment && one.find("*/") != std::string::npos) return refuse("'*/' in", argv[i]);
    text += comment ? "/*\n" + one + "*/\n" : one;
  }
  auto packed = ipucnn::embedding::packed(text);
  if (!packed) return refuse("cannot compress", argv[1]);
  if (text.empty()) packed->clear();
  const std::string_view space = function.substr(0, colons);
  std::ofstream out(argv[1], std::ios::binary | std::ios::trunc);
  out << fmt::format(
      "// Made by ipucnn_embed_text. Do not edit.\n#include \"{}\"\n\nnamespace {} {{\nnamespace "
      "{{\n\nconst unsigned char kPacked[] = {{{}}};\n\n}}  // namespace\n\nPackedText {}() {{ "
      "return {{kPacked, {}, {}}}; }}\n\n}}  // namespace {}\n",
      argv[2], space, ipucnn::embedding::array_body(*packed), function.substr(colons + 2),
      packed->size(), text.size(), space);
  out.close();
  return out ? 0 : refuse("cannot write", argv[1]);
}
