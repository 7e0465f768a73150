#include "measure/text_finder.h"

#include <algorithm>
#include <cstdlib>
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
  // Numbers are written in these: where none is wanted, lines differ in no more (UsualLines).
  if (byte > ' ' && byte < '0') return 25;
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

/// Bytes of which each text holds one: those that cost least for each text that they find, less
/// those that the others make needless.
std::vector<unsigned char> TextFinder::choose_bytes() const {
  const auto holds = [&](std::size_t text, unsigned char byte) {
    return texts_[text].find(static_cast<char>(byte)) != std::string::npos;
  };
  std::vector<unsigned char> chosen;
  const auto covered = [&](std::size_t text, std::size_t without) {
    for (std::size_t i = 0; i < chosen.size(); ++i)
      if (i != without && holds(text, chosen[i])) return true;
    return false;
  };
  for (;;) {
    double best = 0;
    unsigned char byte = 0;
    for (unsigned candidate = 0; candidate < 256; ++candidate) {
      double count = 0;
      for (std::size_t i = 0; i < texts_.size(); ++i)
        if (holds(i, static_cast<unsigned char>(candidate)) && !covered(i, kNowhere)) count += 1;
      const double worth = count / commonness(static_cast<unsigned char>(candidate));
      if (worth <= best) continue;
      best = worth;
      byte = static_cast<unsigned char>(candidate);
    }
    if (best == 0) break;
    chosen.push_back(byte);
  }
  std::sort(chosen.begin(), chosen.end(), [](unsigned char a, unsigned char b) {
    return commonness(a) != commonness(b) ? commonness(a) > commonness(b) : a < b;
  });
  for (std::size_t i = 0; i < chosen.size();) {
    bool needless = true;
    for (std::size_t text = 0; text < texts_.size(); ++text)
      needless = needless && (!holds(text, chosen[i]) || covered(text, i));
    if (needless)
      chosen.erase(chosen.begin() + static_cast<std::ptrdiff_t>(i));
    else
      ++i;
  }
  return chosen;
}

void TextFinder::prepare() {
  anchors_.clear();
  at_start_.clear();
  wanted_.clear();
  entries_.clear();
  std::vector<bool> covered(texts_.size());
  const std::vector<unsigned char> chosen = choose_bytes();
  // The rarest byte of a text finds it.
  for (auto byte = chosen.rbegin(); byte != chosen.rend(); ++byte) add_anchor(*byte, covered);
}

void TextFinder::add_anchor(unsigned char byte, std::vector<bool>& covered) {
  ByPrevious by_previous;
  by_previous.fill(kNone);
  std::int16_t at_start = kNone;
  for (std::size_t i = 0; i < texts_.size(); ++i) {
    const std::size_t offset = texts_[i].rfind(static_cast<char>(byte));
    if (covered[i] || offset == std::string::npos) continue;
    covered[i] = true;
    std::int16_t& first =
        offset == 0 ? at_start : by_previous.at(static_cast<unsigned char>(texts_[i][offset - 1]));
    entries_.push_back(entry_of(i, offset));
    entries_.back().next = first;
    first = static_cast<std::int16_t>(entries_.size() - 1);
  }
  // Those that begin with the anchor may stand behind any byte.
  for (std::int16_t& first : by_previous) {
    std::int16_t* last = &first;
    while (*last != kNone && *last != at_start)
      last = &entries_[static_cast<std::size_t>(*last)].next;
    *last = at_start;
  }
  anchor_of_.at(byte) = static_cast<std::uint8_t>(anchors_.size());
  wanted_ += static_cast<char>(byte);
  anchors_.push_back(by_previous);
  at_start_.push_back(at_start);
}

TextFinder::Entry TextFinder::entry_of(std::size_t text, std::size_t offset) const {
  Entry entry;
  entry.index = text;
  entry.offset = offset;
  const std::size_t count = std::min(texts_[text].size(), kSeen);
  entry.is_long = texts_[text].size() > kSeen;
  std::array<unsigned char, kSeen> mask{};
  std::fill_n(mask.begin(), count, static_cast<unsigned char>(0xFF));
  std::memcpy(entry.bytes.data(), texts_[text].data(), count);
  std::memcpy(entry.mask.data(), mask.data(), kSeen);
  return entry;
}

bool TextFinder::rest_stands(const Entry& entry, std::string_view line, std::size_t from) const {
  const std::string_view text = texts_[entry.index];
  return line.substr(from, text.size()) == text;
}

bool TextFinder::explain(std::string_view line, std::size_t at, Reason& reason) const {
  const auto is = [&](std::ptrdiff_t place) {
    reason.bytes.emplace_back(static_cast<int>(place - static_cast<std::ptrdiff_t>(at)),
                              line[static_cast<std::size_t>(place)]);
  };
  const auto place = static_cast<std::ptrdiff_t>(at);
  const std::size_t anchor = anchor_of_.at(static_cast<unsigned char>(line[at]));
  reason.bytes.clear();
  reason.begins = at == 0;
  reason.before = at == 0 ? 0 : 1;
  is(place);
  if (at > 0) is(place - 1);
  std::int16_t i =
      at > 0 ? anchors_[anchor].at(static_cast<unsigned char>(line[at - 1])) : at_start_[anchor];
  for (; i != kNone; i = entries_[static_cast<std::size_t>(i)].next) {
    const Entry& entry = entries_[static_cast<std::size_t>(i)];
    const std::string& text = texts_[entry.index];
    const std::ptrdiff_t from = place - static_cast<std::ptrdiff_t>(entry.offset);
    std::ptrdiff_t other = -1;  // the byte next to the place that is not the text's
    for (std::size_t k = 0; k < text.size(); ++k) {
      const std::ptrdiff_t here = from + static_cast<std::ptrdiff_t>(k);
      if (here < 0 || here >= static_cast<std::ptrdiff_t>(line.size()) ||
          line[static_cast<std::size_t>(here)] == text[k])
        continue;
      if (other < 0 || std::abs(here - place) < std::abs(other - place)) other = here;
    }
    if (other >= 0) {
      is(other);
      continue;
    }
    if (!stands(entry, line, at)) return false;  // there is no room for it
    for (std::size_t k = 0; k < text.size(); ++k) is(from + static_cast<std::ptrdiff_t>(k));
    reason.before = std::max(reason.before, entry.offset);
  }
  return true;
}

std::size_t TextFinder::anchor_in(std::size_t text) const {
  return std::find_if(entries_.begin(), entries_.end(),
                      [&](const Entry& entry) { return entry.index == text; })
      ->offset;
}

void TextFinder::prepare(Found& found) const {
  found.at.assign(texts_.size() + 2, kNowhere);
  found.at[everywhere()] = 0;
  found.texts.resize(texts_.size());
}

void TextFinder::find(std::string_view line, Found& found) const {
  forget(found);
  constexpr std::size_t kPart = 4096;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init)
  std::array<std::uint64_t, words_for(kPart)> marks;
  for (std::size_t from = 0; from < line.size(); from += kPart) {
    const std::string_view part = line.substr(from, kPart);
    mark(part, wanted_, marks.data());
    MarkCursor cursor(marks.data(), 0);
    for (std::size_t at = cursor.next(part.size()); at < part.size(); at = cursor.next(part.size()))
      look_at(line, from + at, found);
  }
}

}  // namespace ipucnn::measuring
