// Build tool: writes docs/checks.md, compressed, as the source of view::checks_document().
//   ipucnn_embed_text OUTPUT INPUT
#include <fmt/format.h>
#include <zstd.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: ipucnn_embed_text OUTPUT INPUT\n", stderr);
    return 2;
  }
  std::ifstream in(argv[2], std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  const std::size_t size =
      ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), ZSTD_maxCLevel());
  if (text.empty() || ZSTD_isError(size) != 0) {
    fmt::print(stderr, "ipucnn_embed_text: cannot read or compress {}\n", argv[2]);
    return 1;
  }
  std::string code =
      "// Made by ipucnn_embed_text from docs/checks.md. Do not edit.\n"
      "#include \"view/checks_text.h\"\n\nnamespace ipucnn::view {\nnamespace {\n\n"
      "const unsigned char kPacked[] = {";
  constexpr std::size_t kInALine = 24;
  for (std::size_t i = 0; i < size; ++i)
    code += fmt::format("{}{},", i % kInALine == 0 ? "\n    " : "",
                        static_cast<int>(static_cast<unsigned char>(packed[i])));
  code += fmt::format(
      "}};\n\n}}  // namespace\n\n"
      "PackedText checks_document() {{ return {{kPacked, sizeof kPacked, {}}}; }}\n\n"
      "}}  // namespace ipucnn::view\n",
      text.size());
  std::ofstream out(argv[1], std::ios::binary | std::ios::trunc);
  out << code;
  out.close();
  if (!out) fmt::print(stderr, "ipucnn_embed_text: cannot write {}\n", argv[1]);
  return out ? 0 : 1;
}
