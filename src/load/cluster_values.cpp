#include "load/cluster_values.h"

#include <algorithm>

#include "base/split.h"

namespace ipucnn::load {
namespace {

constexpr std::size_t kLongestLabel = 63;
constexpr std::size_t kLongestSubdomain = 253;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_plain(char c) { return is_digit(c) || is_lower(c); }

/// Takes digits with a point among them or without off the text's front; whether they are above 0.
bool take_number(std::string_view& text) {
  std::size_t end = 0;
  bool point = false;
  bool above = false;
  for (; end < text.size() && (is_digit(text[end]) || (text[end] == '.' && !point)); ++end) {
    point = point || text[end] == '.';
    above = above || (is_digit(text[end]) && text[end] != '0');
  }
  text.remove_prefix(end);
  return above;
}

/// As in 5e9.
bool is_exponent(std::string_view text) {
  return text.size() > 1 && (text[0] == 'e' || text[0] == 'E') &&
         std::all_of(text.begin() + 1, text.end(), is_digit);
}

bool is_label(std::string_view text) {
  return !text.empty() && text.size() <= kLongestLabel && is_plain(text.front()) &&
         is_plain(text.back()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_plain(c) || c == '-'; });
}

/// A path without its last slashes and the doubled ones.
std::string normal(std::string_view path) {
  std::string out;
  for (const std::string_view part : split(path, '/'))
    if (!part.empty() && part != ".") out += "/" + std::string(part);
  return out;
}

}  // namespace

std::string refuse_quantity(std::string_view of, std::string_view text) {
  constexpr std::string_view kBytes[] = {"",   "k",  "M",  "G",  "T",  "P", "E",
                                         "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
  std::string_view unit = text;
  const bool above = take_number(unit);
  if (of == "cpus") return above && (unit.empty() || unit == "m") ? "" : "CPUs, as 32, 0.5 or 500m";
  const bool known = std::find(std::begin(kBytes), std::end(kBytes), unit) != std::end(kBytes) ||
                     is_exponent(unit);
  return above && known ? "" : "bytes, as 200Gi, 200G or 200000000000";
}

std::string refuse_dns_name(std::string_view form, std::string_view text) {
  if (form == "label")
    return is_label(text) ? ""
                          : "lower-case letters, digits and hyphens (up to 63), a letter or digit "
                            "at both ends";
  const auto parts = split(text, '.');
  const bool good =
      text.size() <= kLongestSubdomain && std::all_of(parts.begin(), parts.end(), is_label);
  return good ? ""
              : "lower-case letters, digits, hyphens and dots, a letter or digit at both ends of "
                "what the dots part";
}

std::string refuse_image(std::string_view text) {
  const bool good = !text.empty() && std::all_of(text.begin(), text.end(),
                                                 [](char c) { return c > ' ' && c != '\x7f'; });
  return good ? "" : "the name of an image without blanks, as registry/cnns:3.3";
}

std::string refuse_mount_path(std::string_view text) {
  if (!text.starts_with('/') || normal(text).empty() || text.find(':') != text.npos)
    return "folders of the container that begin with / and hold no colon";
  if (normal(text) == "/dev/shm") return "other folders than /dev/shm, which is shared_memory";
  return "";
}

std::string refuse_variable(std::string_view text) {
  const auto letter = [](char c) { return is_lower(c) || (c >= 'A' && c <= 'Z') || c == '_'; };
  const bool good =
      !text.empty() && letter(text.front()) &&
      std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || is_digit(c); });
  return good ? "" : "names of variables: letters, digits and _, no digit in front";
}

}  // namespace ipucnn::load
