#include "import/located.h"

#include <algorithm>

#include "ipucnn/yaml_syntax_check.h"

namespace ipucnn::importing {

Located Located::part(std::size_t begin, std::size_t end) const {
  Located out;
  out.text = text.substr(begin, end - begin);
  out.from.assign(from.begin() + static_cast<std::ptrdiff_t>(begin),
                  from.begin() + static_cast<std::ptrdiff_t>(begin + out.text.size()));
  return out;
}

void Located::replace(std::size_t begin, std::size_t end, std::string_view with) {
  const auto place = from.begin() + static_cast<std::ptrdiff_t>(begin);
  std::vector<std::uint32_t> places(with.size(), *place);
  if (!with.empty()) places.back() = from[end - 1];
  const auto behind = from.erase(place, place + static_cast<std::ptrdiff_t>(end - begin));
  from.insert(behind, places.begin(), places.end());
  text.replace(begin, end - begin, with);
}

std::size_t behind_mark(std::string_view text) {
  return text.size() - load::without_bom(text).size();
}

Located take_part(std::string_view source, std::size_t begin, std::size_t end) {
  Located out;
  for (std::size_t i = begin; i < end; ++i) out.add(source[i], static_cast<std::uint32_t>(i));
  return out;
}

std::string utf8_of(std::uint32_t code) {
  const auto byte = [](std::uint32_t bits) { return static_cast<char>(bits); };
  const auto rest = [&](unsigned shift) { return byte(0x80U | ((code >> shift) & 0x3FU)); };
  if (code < 0x80U) return {byte(code)};
  if (code < 0x800U) return {byte(0xC0U | (code >> 6U)), rest(0)};
  if (code < 0x10000U) return {byte(0xE0U | (code >> 12U)), rest(6), rest(0)};
  return {byte(0xF0U | ((code >> 18U) & 0x07U)), rest(12), rest(6), rest(0)};
}

std::optional<std::size_t> Places::start_of(std::uint32_t line) const {
  const std::string_view found = sources_.line({source_, line, 1, 1});
  if (found.data() == nullptr) return std::nullopt;
  return static_cast<std::size_t>(found.data() - text_.data());
}

std::uint32_t Places::line_of(std::size_t offset) const {
  const auto begins_by = [&](std::uint32_t line) {
    const auto start = start_of(line);
    return start && *start <= offset;
  };
  std::uint32_t line = 1;
  std::uint32_t beyond = 2;
  for (; begins_by(beyond); beyond *= 2) line = beyond;
  while (beyond - line > 1) {
    const std::uint32_t middle = line + (beyond - line) / 2;
    (begins_by(middle) ? line : beyond) = middle;
  }
  return line;
}

std::size_t Places::offset_of(const Span& at) const {
  return std::min(start_of(at.line).value_or(text_.size()) + at.column - 1, text_.size());
}

Span Places::span(std::size_t begin, std::size_t end) const {
  const std::uint32_t line = line_of(begin);
  const std::size_t start = *start_of(line);
  begin = std::max(begin, start);
  std::size_t line_end = std::min(text_.find('\n', begin), text_.size());
  if (line_end > begin && text_[line_end - 1] == '\r') --line_end;
  end = std::clamp(end, begin, std::max(begin, line_end));
  return {source_, line, static_cast<std::uint32_t>(begin - start) + 1,
          std::max<std::uint32_t>(1, static_cast<std::uint32_t>(end - begin))};
}

}  // namespace ipucnn::importing
