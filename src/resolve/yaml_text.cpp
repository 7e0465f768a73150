#include "ipucnn/yaml_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <unordered_map>

namespace ipucnn {
namespace {

/// `-v` and `--host`, which YAML takes for nothing else.
bool is_option_name(std::string_view text) {
  const std::size_t name = text.find_first_not_of('-');
  return name != text.npos && name <= 2 && text[name] >= 'a' && text[name] <= 'z';
}

/// Takes a key or a value from the front that YAML reads letter by letter. Empty: none stands
/// there, or it may be another, as null is.
std::string_view take_plain(std::string_view& rest) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '/';
  };
  const auto end = std::find_if_not(rest.begin(), rest.end(), is_plain);
  const std::string_view text = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
  rest.remove_prefix(text.size());
  return plain_scalar_type(text) == ScalarType::Null ? std::string_view() : text;
}

bool take(std::string_view& rest, std::string_view word) {
  if (!rest.starts_with(word)) return false;
  rest.remove_prefix(word.size());
  return true;
}

/// The same of one or a list of them, [1, x].
std::string_view take_value(std::string_view& rest) {
  const std::string_view all = rest;
  if (!take(rest, "[")) return take_plain(rest);
  do {
    if (take_plain(rest).empty()) return {};
  } while (take(rest, ", "));
  return take(rest, "]") ? all.substr(0, all.size() - rest.size()) : std::string_view();
}

/// Of a mapping of plain keys and values on one line, {a: 1, b/c: [x, y]}, as nearly all are; a
/// reader of YAML is a hundred times dearer. Absent for any other word.
std::optional<WordEntries> plain_entries(std::string_view word) {
  constexpr std::size_t kMost = 1000;  // of longer keys YAML reads none on one line
  if (word.size() > kMost || !take(word, "{")) return std::nullopt;
  WordEntries entries;
  do {
    const std::string_view key = take_plain(word);
    if (key.empty() || !take(word, ": ")) return std::nullopt;
    const std::string_view value = take_value(word);
    if (value.empty()) return std::nullopt;
    entries.emplace_back(key, value);
  } while (take(word, ", "));
  if (word != "}") return std::nullopt;
  return entries;
}

std::optional<WordEntries> read_entries(const std::string& word) {
  if (auto entries = plain_entries(word)) return entries;
  Sources sources;
  Diagnostics ignored;
  const auto document = load_yaml(sources, sources.add("value", word), ignored);
  if (document == nullptr || !root(document->tree).is_map()) return std::nullopt;
  WordEntries entries;
  root(document->tree).each_pair([&](Node key, Node value) {
    entries.emplace_back(key.text(), value.is_scalar() ? value.text() : flow_text(value));
  });
  return entries;
}

}  // namespace

const WordEntries* entries_of_word(const std::string& word) {
  // Presets share their words, and each is asked for when it is checked and by the rules: to read
  // them anew was a third of `check --builtin`.
  constexpr std::size_t kMost = 256;
  thread_local std::unordered_map<std::string, std::optional<WordEntries>> known;
  if (known.size() > kMost) known.clear();
  const auto [place, is_new] = known.try_emplace(word);
  if (is_new) place->second = read_entries(word);
  return place->second ? &*place->second : nullptr;
}

std::string yaml_text(const Scalar& scalar) {
  const bool same_type = plain_scalar_type(scalar.text) == scalar.type;
  const bool safe = !scalar.text.empty() &&
                    scalar.text.find_first_not_of(
                        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                        "_./+-@") == std::string::npos &&
                    scalar.text.front() != '@' &&
                    (scalar.text.front() != '-' || is_option_name(scalar.text));
  const bool number = scalar.type == ScalarType::Int || scalar.type == ScalarType::Float;
  if (scalar.type == ScalarType::Null) return "null";
  if (same_type && (safe || number)) return scalar.text;
  // JSON in double quotes would be all backslashes.
  const bool printable = std::none_of(scalar.text.begin(), scalar.text.end(),
                                      [](char c) { return c < ' ' || c == '\'' || c == '\x7f'; });
  if (printable && scalar.text.find('"') != std::string::npos) return "'" + scalar.text + "'";
  return nlohmann::json(scalar.text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string yaml_text(const Value& value) {
  if (!value.is_list) return value.items.empty() ? "null" : yaml_text(value.items.front());
  std::string out = "[";
  for (std::size_t i = 0; i < value.items.size(); ++i)
    out += (i == 0 ? "" : ", ") + yaml_text(value.items[i]);
  return out + "]";
}

std::string preset_yaml(const FlatPreset& preset) {
  std::string out = yaml_text(Scalar{std::string(preset.name), ScalarType::String, {}}) + ":\n";
  std::vector<std::string_view> done;
  Diagnostics ignored;  // of mappings, which are no value and are written as they are
  for (const PresetEntry& entry : preset.entries) {
    const std::string_view key = entry.key.text();
    if (std::find(done.begin(), done.end(), key) != done.end()) continue;
    done.push_back(key);
    const Node node = preset.find(key)->value;
    const auto value = to_value(node, key, ignored);
    out += fmt::format("  {}: {}\n", yaml_text(to_scalar(entry.key)),
                       value ? yaml_text(*value) : flow_text(node));
  }
  return done.empty() ? out.insert(out.size() - 1, " {}") : out;
}

}  // namespace ipucnn
