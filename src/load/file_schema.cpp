#include "ipucnn/file_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <iterator>

#include "base/text.h"
#include "load/cluster_values.h"

namespace ipucnn {
namespace {

constexpr Field kFields[] = {
#define FIELD(shape, key, kind, detail, use, about) \
  {#shape, #key, FieldKind::kind, detail, FieldUse::use, about},
#include "load/file_schema.def"
#undef FIELD
};
// launch_keys.def calls a flag, a list and a number as the fields do.
constexpr Field kLaunchFields[] = {
#define LAUNCH_KEY(key, kind, detail, meaning) \
  {"launch", #key, FieldKind::kind, detail, FieldUse::Now, meaning},
#include "ipucnn/launch_keys.def"
#undef LAUNCH_KEY
};

/// Where each shape begins in kFields, in which its fields stand together, and behind the last.
constexpr auto kShapes = [] {
  constexpr std::size_t kCount = [] {
    std::size_t count = 1;
    for (std::size_t i = 1; i < std::size(kFields); ++i)
      if (kFields[i].shape != kFields[i - 1].shape) ++count;
    return count;
  }();
  std::array<std::uint8_t, kCount + 1> begins{};
  std::size_t next = 0;
  for (std::size_t i = 0; i < std::size(kFields); ++i)
    if (i == 0 || kFields[i].shape != kFields[i - 1].shape)
      begins[next++] = static_cast<std::uint8_t>(i);
  begins[kCount] = static_cast<std::uint8_t>(std::size(kFields));
  static_assert(std::size(kFields) <= UINT8_MAX);
  return begins;
}();

static_assert(
    [] {
      for (std::size_t i = 0; i + 1 < kShapes.size(); ++i)
        for (std::size_t before = 0; before < i; ++before)
          if (kFields[kShapes[i]].shape == kFields[kShapes[before]].shape) return false;
      return true;
    }(),
    "the fields of a shape stand together in file_schema.def");

/// Null for a key that the shape does not have.
const Field* own_field(std::string_view shape, std::string_view key) {
  std::size_t shape_number = 0;
  while (kFields[kShapes[shape_number]].shape != shape)
    if (++shape_number + 1 == kShapes.size()) return nullptr;
  for (std::size_t i = kShapes[shape_number]; i < kShapes[shape_number + 1]; ++i)
    if (kFields[i].key == key) return &kFields[i];
  return nullptr;
}

bool has_launch_settings(std::string_view shape) {
  return shape == "site" || shape == "profile" || shape == "profile_step" || shape == "launch";
}

std::string range_text(const Field& field, std::string_view what) {
  const auto [least, most] = field.range();
  if (most == kLargestFigure) return fmt::format("{} from {} on", what, least);
  return fmt::format("{} from {} to {}", what, least, most);
}

std::string refuse_number(const Field& field, std::string_view text, ScalarType type) {
  const auto value = type == ScalarType::Int ? yaml_int(text) : std::nullopt;
  const auto [least, most] = field.range();
  return value && *value >= least && *value <= most ? "" : range_text(field, "a whole number");
}

std::string refuse_real(const Field& field, std::string_view text, ScalarType type) {
  std::optional<double> value;
  if (type == ScalarType::Float) value = yaml_float(text);
  if (const auto whole = type == ScalarType::Int ? yaml_int(text) : std::nullopt)
    value = static_cast<double>(*whole);
  const bool bounded = !field.detail.empty();
  if (value && *value - *value == 0 &&  // neither infinite nor nan
      (!bounded || *value >= static_cast<double>(field.range().least)))
    return "";
  return bounded ? range_text(field, "a number") : "a number";
}

std::string refuse_word(const Field& field, std::string_view text) {
  const auto words = field.words();
  if (words.empty() || std::find(words.begin(), words.end(), text) != words.end()) return "";
  return "one of " + join({words.begin(), words.end()}, ", ");
}

}  // namespace

std::vector<std::string_view> Field::words() const {
  std::vector<std::string_view> all;
  if (kind != FieldKind::Text && kind != FieldKind::List) return all;
  for (std::string_view rest = detail; !rest.empty();) {
    const std::size_t end = rest.find('|');
    all.push_back(rest.substr(0, end));
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
  }
  return all;
}

Field::Range Field::range() const {
  const std::size_t dots = detail.find("..");
  if (dots == detail.npos) return {0, kLargestFigure};
  return {parse_int64(detail.substr(0, dots)).value_or(0),
          parse_int64(detail.substr(dots + 2)).value_or(kLargestFigure)};
}

std::vector<Field> fields_of(std::string_view shape) {
  std::vector<Field> fields;
  for (const Field& field : kFields)
    if (field.shape == shape) fields.push_back(field);
  if (has_launch_settings(shape))
    fields.insert(fields.end(), std::begin(kLaunchFields), std::end(kLaunchFields));
  return fields;
}

std::optional<Field> find_field(std::string_view shape, std::string_view key) {
  if (shape == "launch")
    for (const Field& field : kLaunchFields)
      if (field.key == key) return field;
  if (const Field* field = own_field(shape, key)) return *field;
  if (has_launch_settings(shape))
    for (const Field& field : kLaunchFields)
      if (field.key == key) return field;
  return std::nullopt;
}

std::string_view shape_of(Section section) {
  switch (section) {
    case Section::Targets:
      return "target";
    case Section::Sites:
      return "site";
    case Section::Profiles:
      return "profile";
    case Section::Jobs:
      return "job";
    case Section::Defaults:
      return "defaults";
    case Section::Applications:
    case Section::Presets:
      break;
  }
  return {};
}

std::optional<double> parse_percent(std::string_view text) {
  if (text.ends_with('%')) text.remove_suffix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  double percent = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), percent);
  if (error != std::errc{} || end != text.data() + text.size() || !(percent >= 0) || percent > 100)
    return std::nullopt;
  return percent / 100;
}

std::string refusal(const Field& field, std::string_view text, ScalarType type) {
  if (type == ScalarType::Null) return "";
  switch (field.kind) {
    case FieldKind::Text:
    case FieldKind::List:
      return refuse_word(field, text);
    case FieldKind::Number:
    case FieldKind::Pair:
      return refuse_number(field, text, type);
    case FieldKind::Real:
      return refuse_real(field, text, type);
    case FieldKind::Percent:
      return parse_percent(text) ? "" : "a part in percent, as 3 or 0.5%";
    case FieldKind::Flag:
      if (type == ScalarType::Bool || (type == ScalarType::Int && (text == "0" || text == "1")))
        return "";
      return "yes or no";
    case FieldKind::Duration:
      if (type == ScalarType::Int && yaml_int(text).value_or(-1) >= 0) return "";
      return parse_duration(text) ? "" : "a duration, as 90, 90s, 15m or 1h30m";
    case FieldKind::Quantity:
      return load::refuse_quantity(field.detail, text);
    case FieldKind::DnsName:
      return load::refuse_dns_name(field.detail, text);
    case FieldKind::Image:
      return load::refuse_image(text);
    default:
      return "";
  }
}

}  // namespace ipucnn
