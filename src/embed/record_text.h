#pragma once

#include <fmt/format.h>

#include <cmath>
#include <string>

#include "ipucnn/app_table.h"

// Records as C++, which also tells equal ones.
namespace ipucnn::embed {

inline std::string text_of(bool value) { return value ? "true" : "false"; }

inline std::string text_of(double value) {
  if (std::isinf(value)) return value > 0 ? "__builtin_inf()" : "-__builtin_inf()";
  return std::isnan(value) ? "__builtin_nan(\"\")" : fmt::format("{}", value);
}

inline std::string text_of(std::uint32_t number) {
  return number == kNone ? "kNone" : std::to_string(number);
}

inline std::string text_of(NodeRef ref) { return ref ? fmt::format("{{{}}}", ref.packed) : "{}"; }

inline std::string text_of(RecordRange range) {
  return fmt::format("{{{},{}}}", range.first, range.count);
}

inline std::string text_of(const NameRecord& name) {
  return fmt::format("{{{},{}}}", text_of(name.node), text_of(name.number));
}

template <typename Enum>
std::string enumerator(std::string_view type, Enum value) {
  return fmt::format("{}({})", type, static_cast<int>(value));
}
inline std::string text_of(ScalarType type) { return enumerator("ScalarType", type); }
inline std::string text_of(TestWord word) { return enumerator("TestWord", word); }
inline std::string text_of(std::uint8_t number) { return std::to_string(static_cast<int>(number)); }

/// All fields of a record, in their order.
template <typename... Fields>
std::string fields_text(const Fields&... fields) {
  std::string out = "{";
  ((out += text_of(fields), out += ','), ...);
  out.back() = '}';
  return out;
}

inline std::string text_of(const ValueRecord& r) {
  return fields_text(r.node, r.type, r.is_true, r.has_number, r.number);
}
inline std::string text_of(const WordRecord& r) {
  return fields_text(r.name, r.word, r.operand, r.bound, r.limit, r.values, r.numbers, r.kind,
                     r.flag, r.has_limit);
}
inline std::string text_of(const ConditionRecord& r) { return fields_text(r.node, r.words); }
inline std::string text_of(const CaseRecord& r) { return fields_text(r.when, r.value); }
inline std::string text_of(const FormRecord& r) {
  return fields_text(r.flag, r.short_flag, r.off_flag, r.alone, r.default_value, r.late_default,
                     r.choices, r.range, r.about, r.late, r.scripts, r.only_with, r.type, r.items,
                     r.has_items, r.has_scripts, r.is_list, r.may_be_empty, r.stores, r.required,
                     r.zero_is_unset);
}
inline std::string text_of(const OptionRecord& r) {
  return fields_text(r.name, r.body, r.scripts, r.only_with, r.variants, r.own, r.has_scripts);
}
inline std::string text_of(const RuleRecord& r) {
  return fields_text(r.node, r.option, r.scripts, r.when, r.needs, r.excludes, r.used_when,
                     r.needs_any, r.ended_by, r.has_scripts, r.has_needs_any);
}
inline std::string text_of(const PurposeRecord& r) {
  return fields_text(r.name, r.node, r.script, r.group, r.directory, r.program, r.without, r.needs,
                     r.takes_preset, r.has_figures);
}

/// A constant array of records.
template <typename Record>
std::string array_text(std::string_view type, std::string_view name,
                       const std::vector<Record>& records) {
  std::string out = fmt::format("const {} {}[] = {{\n", type, name);
  for (const Record& one : records) out += fmt::format("    {},\n", text_of(one));
  return out + "};\n";
}

}  // namespace ipucnn::embed
