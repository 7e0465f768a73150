#include "emit/json_layout.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace ipucnn::emitting {
namespace {

constexpr std::size_t kWidth = 100;
constexpr std::size_t kIndent = 2;

/// As JSON has it. Nearly all texts need nothing but the quotation marks.
std::string quoted(const std::string& text) {
  const auto is_plain = [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; };
  if (std::all_of(text.begin(), text.end(), is_plain)) return '"' + text + '"';
  return Json(text).dump();
}

std::string scalar(const Json& json) {
  if (json.is_string()) return quoted(json.get_ref<const std::string&>());
  // What dump sets up for a value costs more than most of them.
  if (json.is_null()) return "null";
  if (json.is_boolean()) return json.get<bool>() ? "true" : "false";
  if (json.is_number_unsigned()) return std::to_string(json.get<std::uint64_t>());
  if (json.is_number_integer()) return std::to_string(json.get<std::int64_t>());
  return json.dump();
}

/// Adds it on one line, with a blank behind each comma and colon of the layout; gives up, with a
/// part of it added, as soon as `out` is longer than `most`.
bool add_line(const Json& json, std::size_t most, std::string& out) {
  if (!json.is_structured()) {
    out += scalar(json);
    return out.size() <= most;
  }
  out += json.is_object() ? '{' : '[';
  for (auto it = json.begin(); it != json.end(); ++it) {
    if (it != json.begin()) out += ", ";
    if (json.is_object()) out += quoted(it.key()) + ": ";
    if (!add_line(*it, most, out)) return false;
  }
  out += json.is_object() ? '}' : ']';
  return out.size() <= most;
}

void write(const Json& json, std::size_t column, std::size_t indent, std::string& out) {
  if (!json.is_structured()) {
    out += scalar(json);
    return;
  }
  const std::size_t before = out.size();
  const std::size_t room = column < kWidth ? kWidth - 1 - column : 0;
  const std::size_t empty = 2;
  if (add_line(json, before + (json.empty() ? empty : room), out)) return;
  out.resize(before);
  out += json.is_object() ? '{' : '[';
  for (auto it = json.begin(); it != json.end(); ++it) {
    out += it == json.begin() ? "\n" : ",\n";
    std::string head(indent + kIndent, ' ');
    if (json.is_object()) head += quoted(it.key()) + ": ";
    out += head;
    write(*it, head.size(), indent + kIndent, out);
  }
  out += '\n' + std::string(indent, ' ') + (json.is_object() ? '}' : ']');
}

}  // namespace

std::string laid_out(const Json& json) {
  std::string out;
  write(json, 0, 0, out);
  return out + '\n';
}

}  // namespace ipucnn::emitting
