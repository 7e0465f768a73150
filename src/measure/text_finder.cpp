#include "measure/text_finder.h"

#include <algorithm>
#include <cstring>

namespace ipucnn::measuring {
namespace {

/// About how often a byte stands in the lines of a job, in a thousand.
double commonness(unsigned char byte) {
  constexpr std::string_view kVeryCommon = "etaoinsr0123456789";
  if (byte == ' ') return 120;
  if (kVeryCommon.find(static_cast<char>(byte)) != kVeryCommon.npos) return 50;
  if (byte >= 'a' && byte <= 'z') return 20;
  if (byte == '.' || byte == ',') return 30;
  if (byte == ':') return 40;
  if (byte >= 'A' && byte <= 'Z') return 5;
  return 10;
}

}  // namespace

std::size_t TextFinder::add(std::string_view text) {
  const auto known = std::find(texts_.begin(), texts_.end(), text);
  if (known != texts_.end()) return static_cast<std::size_t>(known - texts_.begin());
  texts_.emplace_back(text);
  return texts_.size() - 1;
}

void TextFinder::prepare() {
  std::vector<bool> covered(texts_.size());
  anchors_.clear();
  // The byte that costs least for each text that it finds, until all are found.
  while (std::find(covered.begin(), covered.end(), false) != covered.end()) {
    double best = 0;
    unsigned char byte = 0;
    for (unsigned candidate = 0; candidate < 256; ++candidate) {
      double count = 0;
      for (std::size_t i = 0; i < texts_.size(); ++i)
        if (!covered[i] && texts_[i].find(static_cast<char>(candidate)) != std::string::npos)
          count += 1;
      const double worth = count / commonness(static_cast<unsigned char>(candidate));
      if (worth <= best) continue;
      best = worth;
      byte = static_cast<unsigned char>(candidate);
    }
    add_anchor(byte, covered);
  }
}

void TextFinder::add_anchor(unsigned char byte, std::vector<bool>& covered) {
  Anchor anchor;
  anchor.byte = byte;
  anchor.by_previous.fill(kNone);
  for (std::size_t i = 0; i < texts_.size(); ++i) {
    const std::size_t offset = texts_[i].rfind(static_cast<char>(byte));
    if (covered[i] || offset == std::string::npos) continue;
    covered[i] = true;
    std::int16_t& first =
        offset == 0 ? anchor.at_start
                    : anchor.by_previous.at(static_cast<unsigned char>(texts_[i][offset - 1]));
    anchor.entries.push_back({texts_[i], i, offset, first});
    take_bytes(anchor.entries.back());
    first = static_cast<std::int16_t>(anchor.entries.size() - 1);
  }
  // Those that begin with the anchor may stand behind any byte.
  for (std::int16_t& first : anchor.by_previous) {
    std::int16_t* last = &first;
    while (*last != kNone && *last != anchor.at_start)
      last = &anchor.entries[static_cast<std::size_t>(*last)].next;
    *last = anchor.at_start;
  }
  anchors_.push_back(std::move(anchor));
}

void TextFinder::take_bytes(Entry& entry) {
  const std::size_t count = std::min(entry.offset + 1, kSeen);
  std::array<unsigned char, kSeen> bytes{};
  std::array<unsigned char, kSeen> mask{};
  for (std::size_t i = 0; i < count; ++i) {
    bytes.at(kSeen - 1 - i) = static_cast<unsigned char>(entry.text[entry.offset - i]);
    mask.at(kSeen - 1 - i) = 0xFF;
  }
  std::memcpy(entry.bytes.data(), bytes.data(), kSeen);
  std::memcpy(entry.mask.data(), mask.data(), kSeen);
  entry.is_long = entry.offset + 1 > kSeen;
}

/// Whether what stands behind the anchor and is not there yet makes the text whole. That is mostly
/// a blank, so a call would cost more than it does.
bool TextFinder::goes_on(const Entry& entry, std::string_view line, std::size_t at) {
  const std::string_view text = entry.text;
  if (line.size() - at < text.size() - entry.offset) return false;
  for (std::size_t i = entry.offset + 1; i < text.size(); ++i)
    if (line[at - entry.offset + i] != text[i]) return false;
  return true;
}

bool TextFinder::stands(const Entry& entry, std::string_view line, std::size_t at) {
  if (at < entry.offset) return false;
  const std::size_t count = entry.offset + 1;
  if (at + 1 < kSeen) {
    for (std::size_t i = count; i > 0; --i)
      if (line[at + i - count] != entry.text[i - 1]) return false;
    return goes_on(entry, line, at);
  }
  std::array<std::uint64_t, 2> before;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  std::memcpy(before.data(), line.data() + at + 1 - kSeen, kSeen);
  const std::uint64_t other = ((before[0] & entry.mask[0]) ^ entry.bytes[0]) |
                              ((before[1] & entry.mask[1]) ^ entry.bytes[1]);
  return other == 0 && goes_on(entry, line, at) &&
         (!entry.is_long ||
          line.compare(at + 1 - count, count - kSeen, entry.text, 0, count - kSeen) == 0);
}

void TextFinder::find(std::string_view line, Found& found) const {
  if (found.at.size() != texts_.size() + 2) {
    found.at.assign(texts_.size() + 2, kNowhere);
    found.at[everywhere()] = 0;
  }
  for (const std::size_t text : found.texts) found.at[text] = kNowhere;
  found.texts.clear();
  for (const Anchor& anchor : anchors_) {
    for (std::size_t at = 0; at < line.size(); ++at) {
      const void* const next = std::memchr(line.data() + at, anchor.byte, line.size() - at);
      if (next == nullptr) break;
      at = static_cast<std::size_t>(static_cast<const char*>(next) - line.data());
      std::int16_t i =
          at > 0 ? anchor.by_previous[static_cast<unsigned char>(line[at - 1])] : anchor.at_start;
      while (i != kNone) {
        const Entry& entry = anchor.entries[static_cast<std::size_t>(i)];
        i = entry.next;
        if (found.at[entry.index] != kNowhere || !stands(entry, line, at)) continue;
        found.at[entry.index] = at - entry.offset;
        found.texts.push_back(entry.index);
      }
    }
  }
}

}  // namespace ipucnn::measuring
