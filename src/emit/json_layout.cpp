#include "emit/json_layout.h"

#include <nlohmann/json.hpp>

namespace ipucnn::emitting {
namespace {

constexpr std::size_t kWidth = 100;
constexpr std::size_t kIndent = 2;

/// On one line, with a blank behind each comma and colon of the layout.
std::string one_line(const Json& json) {
  if (!json.is_structured()) return json.dump();
  std::string out;
  for (auto it = json.begin(); it != json.end(); ++it) {
    if (!out.empty()) out += ", ";
    if (json.is_object()) out += Json(it.key()).dump() + ": ";
    out += one_line(*it);
  }
  return json.is_object() ? "{" + out + "}" : "[" + out + "]";
}

void write(const Json& json, std::size_t column, std::size_t indent, std::string& out) {
  std::string line = one_line(json);
  if (!json.is_structured() || json.empty() || column + line.size() < kWidth) {
    out += line;
    return;
  }
  out += json.is_object() ? "{" : "[";
  for (auto it = json.begin(); it != json.end(); ++it) {
    out += it == json.begin() ? "\n" : ",\n";
    std::string head(indent + kIndent, ' ');
    if (json.is_object()) head += Json(it.key()).dump() + ": ";
    out += head;
    write(*it, head.size(), indent + kIndent, out);
  }
  out += '\n' + std::string(indent, ' ') + (json.is_object() ? "}" : "]");
}

}  // namespace

std::string laid_out(const Json& json) {
  std::string out;
  write(json, 0, 0, out);
  return out + '\n';
}

}  // namespace ipucnn::emitting
