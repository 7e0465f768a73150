#include "load/partial_read.h"

#include <algorithm>

namespace ipucnn::load {
namespace {

std::uint32_t lines_in(std::string_view text) {
  return static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n'));
}

/// Whether the entry's line is `key:`. Keys are plain and begin their line, so that the colon or a
/// blank before it ends them.
bool has_key(std::string_view text, const TopEntry& entry, std::string_view key) {
  const std::string_view line = text.substr(entry.offset);
  if (line.substr(0, key.size()) != key) return false;
  const std::size_t colon = line.find_first_not_of(" \t", key.size());
  return colon != std::string_view::npos && line[colon] == ':';
}

}  // namespace

PartialText::PartialText(std::string_view text) { all_.push_back({0, text.size(), 1, 0, 0}); }

PartialText::PartialText(const TextPart& part) : all_{part} {}

PartialText::PartialText(std::string_view text, const std::vector<TopEntry>& entries,
                         const std::vector<std::uint32_t>& numbers) {
  std::size_t read_offset = 0;
  std::uint32_t read_line = 0;
  for (const std::uint32_t number : numbers) {
    const TopEntry& entry = entries[number];
    const std::size_t end = number + 1 < entries.size() ? entries[number + 1].offset : text.size();
    all_.push_back({entry.offset, end - entry.offset, entry.line, read_offset, read_line});
    read_offset += all_.back().size;
    read_line += lines_in(text.substr(entry.offset, all_.back().size));
  }
}

Place PartialText::place(const Place& read) const {
  const auto behind = std::upper_bound(
      all_.begin(), all_.end(), read.offset,
      [](std::size_t offset, const TextPart& slice) { return offset < slice.read_offset; });
  const TextPart& slice = behind == all_.begin() ? all_.front() : behind[-1];
  return {slice.offset + (read.offset - slice.read_offset),
          slice.line + (read.line - slice.read_line), read.column};
}

std::optional<Place> PartialText::end_before(std::size_t read_offset) const {
  const auto next = std::lower_bound(
      all_.begin(), all_.end(), read_offset,
      [](const TextPart& slice, std::size_t offset) { return slice.read_offset < offset; });
  if (next == all_.begin() || next == all_.end() || next->read_offset != read_offset)
    return std::nullopt;
  const TextPart& before = next[-1];
  return Place{before.offset + before.size, before.line + (next->read_line - before.read_line), 1};
}

std::vector<std::uint32_t> entries_for(std::string_view key, std::string_view text,
                                       const std::vector<TopEntry>& entries) {
  std::vector<bool> needed(entries.size(), false);
  std::vector<std::uint32_t> open;
  const auto need = [&](std::uint32_t number) {
    if (needed[number]) return;
    needed[number] = true;
    open.push_back(number);
  };
  for (std::uint32_t i = 0; i < entries.size(); ++i)
    if (has_key(text, entries[i], key)) need(i);
  while (!open.empty()) {
    const std::uint32_t number = open.back();
    open.pop_back();
    for (const std::uint32_t other : entries[number].needs) need(other);
  }
  std::vector<std::uint32_t> numbers;
  for (std::uint32_t i = 0; i < entries.size(); ++i) {
    if (!needed[i]) continue;
    numbers.push_back(i);
    // What a preset extends is found by its name, later.
    const std::size_t end = i + 1 < entries.size() ? entries[i + 1].offset : text.size();
    if (text.substr(entries[i].offset, end - entries[i].offset).find("extends") != text.npos)
      return {};
  }
  return numbers;
}

PartialBuffer::int_type PartialBuffer::underflow() {
  while (next_ < parts_.all().size()) {
    const TextPart& slice = parts_.all()[next_++];
    if (slice.size == 0) continue;
    // A get area is never written to.
    char* begin = const_cast<char*>(text_.data()) + slice.offset;
    setg(begin, begin, begin + slice.size);
    return traits_type::to_int_type(*begin);
  }
  return traits_type::eof();
}

}  // namespace ipucnn::load
