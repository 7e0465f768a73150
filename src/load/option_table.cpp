#include "load/option_table.h"

#include <utility>

namespace ipucnn {
namespace {

OptionType parse_type(std::string_view text) {
  constexpr std::pair<std::string_view, OptionType> kTypes[] = {
      {"int", OptionType::Int},
      {"float", OptionType::Float},
      {"str", OptionType::Str},
      {"str_lower", OptionType::StrLower},
      {"str_upper", OptionType::StrUpper},
      {"python_bool", OptionType::PythonBool},
      {"switch", OptionType::Switch},
  };
  for (const auto& [name, type] : kTypes)
    if (name == text) return type;
  return OptionType::Untyped;
}

/// Fields of an entry or of a variant that overrides some of them.
void read_fields(Node body, OptionSpec& option) {
  body.each_pair([&](Node key, Node value) {
    const std::string_view field = key.text();
    if (field == "flag") option.flag = value.text();
    if (field == "short") option.short_flag = value.text();
    if (field == "negative") option.off_flag = value.text();
    if (field == "type") option.type = parse_type(value.text());
    if (field == "arity") option.is_list = value.text() == "+";
    if (field == "stores") option.stores = body.find_bool("stores", true);
    if (field == "required") option.required = body.find_bool("required", false);
    if (field == "zero_is_unset") option.zero_is_unset = body.find_bool("zero_is_unset", false);
    if (field == "default") option.default_value = value;
    if (field == "late_default") option.late_default = value;
    if (field == "choices") option.choices = value;
    if (field == "range") option.range = value;
    if (field == "about") option.about = value;
  });
}

bool takes(Node body, std::string_view script) {
  const Node scripts = body.find("scripts");
  return script.empty() || !scripts || scripts.contains(script);
}

/// FNV-1a.
std::size_t hash_of(std::string_view key) {
  std::uint32_t hash = 2166136261U;
  for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash ^ (hash >> 15U);
}

}  // namespace

OptionTable::OptionTable(std::vector<Entry> entries) : entries_(std::move(entries)) {
  std::size_t size = 16;
  while (size < 3 * entries_.size()) size *= 2;
  slots_.resize(size);
  rows_.resize(entries_.size());
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    std::size_t slot = hash_of(entries_[i].name.text()) & (size - 1);
    while (slots_[slot] != 0) slot = (slot + 1) & (size - 1);
    slots_[slot] = static_cast<std::uint32_t>(i + 1);
  }
}

std::optional<std::size_t> OptionTable::find(std::string_view key) const {
  std::optional<std::size_t> found;
  // To the end of the chain: of equal keys the last one wins.
  for (std::size_t slot = hash_of(key) & (slots_.size() - 1); slots_[slot] != 0;
       slot = (slot + 1) & (slots_.size() - 1))
    if (const std::size_t entry = slots_[slot] - 1U; entries_[entry].name.text() == key)
      found = entry;
  return found;
}

const OptionTable::Row& OptionTable::row(std::size_t entry) const {
  Row& row = rows_[entry];
  if (row.read) return row;
  row.read = true;
  const auto& [name, body] = entries_[entry];
  row.option.key = name.text();
  row.option.at = name.at();
  read_fields(body, row.option);
  body.each_pair([&](Node key, Node value) {
    const std::string_view field = key.text();
    if (field == "scripts") row.scripts = value;
    if (field == "only_with") row.only_with = value;
    if (field == "variants") row.variants = value;
    if (field == "type") row.has_type = true;
  });
  return row;
}

std::optional<OptionSpec> OptionTable::read(std::size_t entry, std::string_view script,
                                            const Facts& facts) const {
  const Row& known = row(entry);
  if (!script.empty() && known.scripts && !known.scripts.contains(script)) return std::nullopt;
  if (!condition_holds(known.only_with, facts)) return std::nullopt;
  if (!known.variants.is_list()) return known.option;
  for (const Node variant : known.variants) {
    if (!takes(variant, script) || !condition_holds(variant.find("only_with"), facts)) continue;
    OptionSpec option = known.option;
    read_fields(variant, option);
    return option;
  }
  // With variants only, and none for this script and model, the option does not exist there.
  return known.has_type ? std::optional(known.option) : std::nullopt;
}

}  // namespace ipucnn
