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
    first = static_cast<std::int16_t>(anchor.entries.size() - 1);
  }
  anchors_.push_back(std::move(anchor));
}

void TextFinder::compare(const Anchor& anchor, std::int16_t first, std::string_view line,
                         std::size_t at, Found& found) {
  for (std::int16_t i = first; i != kNone;) {
    const Entry& entry = anchor.entries[static_cast<std::size_t>(i)];
    i = entry.next;
    if (found.at[entry.index] != kNowhere || at < entry.offset ||
        line.size() - at < entry.text.size() - entry.offset ||
        std::memcmp(line.data() + (at - entry.offset), entry.text.data(), entry.text.size()) != 0)
      continue;
    found.at[entry.index] = at - entry.offset;
    found.texts.push_back(entry.index);
  }
}

void TextFinder::find(std::string_view line, Found& found) const {
  if (found.at.size() != texts_.size()) found.at.assign(texts_.size(), kNowhere);
  for (const std::size_t text : found.texts) found.at[text] = kNowhere;
  found.texts.clear();
  for (const Anchor& anchor : anchors_) {
    for (std::size_t at = 0; at < line.size(); ++at) {
      const void* const next = std::memchr(line.data() + at, anchor.byte, line.size() - at);
      if (next == nullptr) break;
      at = static_cast<std::size_t>(static_cast<const char*>(next) - line.data());
      const std::int16_t first =
          at > 0 ? anchor.by_previous[static_cast<unsigned char>(line[at - 1])] : kNone;
      if (first != kNone) compare(anchor, first, line, at, found);
      if (anchor.at_start != kNone) compare(anchor, anchor.at_start, line, at, found);
    }
  }
}

}  // namespace ipucnn::measuring
