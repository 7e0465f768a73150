#include "load/option_table.h"

#include <functional>
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
      {"bool_word", OptionType::BoolWord},
      {"yaml_map", OptionType::YamlMap},
  };
  for (const auto& [name, type] : kTypes)
    if (name == text) return type;
  return OptionType::Untyped;
}

/// One field of an entry, or of a variant that overrides it.
void read_field(Node body, std::string_view field, Node value, OptionSpec& option) {
  if (field == "flag")
    option.flag = value.text();
  else if (field == "type")
    option.type = parse_type(value.text());
  else if (field == "default")
    option.default_value = value;
  else if (field == "about")
    option.about = value;
  else if (field == "choices")
    option.choices = value;
  else if (field == "arity")
    option.is_list = value.text() == "+";
  else if (field == "late_default")
    option.late_default = value;
  else if (field == "negative")
    option.off_flag = value.text();
  else if (field == "short")
    option.short_flag = value.text();
  else if (field == "range")
    option.range = value;
  else if (field == "stores")
    option.stores = body.find_bool("stores", true);
  else if (field == "required")
    option.required = body.find_bool("required", false);
  else if (field == "items")
    option.items = parse_type(value.text());
  else if (field == "zero_is_unset")
    option.zero_is_unset = body.find_bool("zero_is_unset", false);
}

bool takes(Node body, std::string_view script) {
  const Node scripts = body.find("scripts");
  return script.empty() || !scripts || scripts.contains(script);
}

/// Whether an option or one of its variants says anything of being required.
bool mentions_required(Node body) {
  bool found = false;
  body.each_pair([&](Node key, Node value) {
    const std::string_view field = key.text();
    if (field == "required") found = true;
    if (field != "variants") return;
    for (const Node variant : value) found = found || mentions_required(variant);
  });
  return found;
}

}  // namespace

OptionTable::OptionTable(std::vector<Entry> entries) : entries_(std::move(entries)) {
  std::size_t size = 16;
  while (size < 3 * entries_.size()) size *= 2;
  slots_.resize(size);
  rows_.resize(entries_.size());
  // Of equal keys the last one wins.
  for (std::size_t i = 0; i < entries_.size(); ++i)
    slots_[slot_of(entries_[i].name.text())] = static_cast<std::uint32_t>(i + 1);
}

/// Where a key stands, else the free slot where it belongs.
std::size_t OptionTable::slot_of(std::string_view key) const {
  const std::size_t last = slots_.size() - 1;
  std::size_t slot = std::hash<std::string_view>()(key) & last;
  while (slots_[slot] != 0 && entries_[slots_[slot] - 1U].name.text() != key)
    slot = (slot + 1) & last;
  return slot;
}

std::optional<std::size_t> OptionTable::find(std::string_view key) const {
  const std::uint32_t entry = slots_[slot_of(key)];
  return entry == 0 ? std::nullopt : std::optional<std::size_t>(entry - 1U);
}

const std::vector<std::size_t>& OptionTable::may_be_required() const {
  if (!required_) {
    required_.emplace();
    for (std::size_t i = 0; i < entries_.size(); ++i)
      if (mentions_required(entries_[i].body)) required_->push_back(i);
  }
  return *required_;
}

const OptionTable::Row& OptionTable::row(std::size_t entry) const {
  Row& row = rows_[entry];
  if (row.read) return row;
  row.read = true;
  const Node name = entries_[entry].name;
  const Node body = entries_[entry].body;
  row.option.key = name.text();
  row.option.at = name.at();
  body.each_pair([&](Node key, Node value) {
    const std::string_view field = key.text();
    if (field == "scripts") {
      row.scripts = value;
    } else if (field == "only_with") {
      row.only_with = value;
    } else if (field == "variants") {
      row.variants = value;
    } else {
      row.has_type = row.has_type || field == "type";
      read_field(body, field, value, row.option);
    }
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
    variant.each_pair(
        [&](Node key, Node value) { read_field(variant, key.text(), value, option); });
    return option;
  }
  // With variants only, and none for this script and model, the option does not exist there.
  return known.has_type ? std::optional(known.option) : std::nullopt;
}

}  // namespace ipucnn
