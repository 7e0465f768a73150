#pragma once

#include <cstdint>
#include <optional>
#include <streambuf>
#include <string_view>
#include <vector>

#include "ipucnn/yaml_syntax_check.h"
#include "load/yaml_spelling.h"

namespace ipucnn::load {

/// A file smaller than this is read whole: that takes a few milliseconds.
inline constexpr std::size_t kLargeFile = std::size_t{1} << 17;

/// The parts of a text that a reader is given, and where in the text what it read stands.
class PartialText {
 public:
  /// All of it.
  explicit PartialText(std::string_view text);
  explicit PartialText(const TextPart& part);
  /// The entries of these numbers, in the order of the text.
  PartialText(std::string_view text, const std::vector<TopEntry>& entries,
              const std::vector<std::uint32_t>& numbers);

  const std::vector<TextPart>& all() const { return all_; }
  /// Where in the text a place in what was read is; the latter's lines count from 0.
  Place place(const Place& read) const;
  /// The end of the slice before the one that begins here; absent where none or the first does.
  std::optional<Place> end_before(std::size_t read_offset) const;

 private:
  std::vector<TextPart> all_;
};

/// The entries of this key, and those they need, by number and in order. Empty where there are no
/// entries, none has the key, or one of them extends an entry by its name.
std::vector<std::uint32_t> entries_for(std::string_view key, std::string_view text,
                                       const std::vector<TopEntry>& entries);

/// A stream over slices of a text that somebody else owns; std::istringstream would copy it twice.
class PartialBuffer final : public std::streambuf {
 public:
  PartialBuffer(std::string_view text, const PartialText& slices) : text_(text), parts_(slices) {}

 protected:
  int_type underflow() override;

 private:
  std::string_view text_;
  const PartialText& parts_;
  std::size_t next_ = 0;
};

}  // namespace ipucnn::load
