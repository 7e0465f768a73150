#include "record/json_file.h"

#include <array>
#include <fstream>

namespace ipucnn::record {

std::optional<std::string> read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  // Not by an iterator over the buffer, which throws where a read fails: of a folder, say.
  std::string text;
  std::array<char, 65536> piece{};
  do {
    file.read(piece.data(), piece.size());
    text.append(piece.data(), static_cast<std::size_t>(file.gcount()));
  } while (file);
  if (!file.eof()) return std::nullopt;
  return text;
}

std::optional<Json> read_object(const std::filesystem::path& path) {
  Json json = Json::parse(read_text(path).value_or(""), nullptr, false);
  if (!json.is_object()) return std::nullopt;
  return json;
}

std::optional<std::string> text_in(const Json& object, const char* key) {
  const auto it = object.find(key);
  if (it == object.end() || !it->is_string()) return std::nullopt;
  return it->get<std::string>();
}

}  // namespace ipucnn::record
