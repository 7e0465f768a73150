#include "base/suggest.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/text.h"

namespace ipucnn {
namespace {

/// Edits (insert, delete, replace, swap of neighbours) that turn one word into the other; more than
/// `most` where it takes more.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t most) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> now(b.size() + 1);
  std::iota(last.begin(), last.end(), 0U);
  std::size_t least_of_last = 0;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    std::size_t least = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U);
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, replace});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        now[j] = std::min(now[j], before[j - 2] + 1);
      least = std::min(least, now[j]);
    }
    // What comes builds on these two rows.
    if (least > most && least_of_last > most) return most + 1;
    least_of_last = least;
    std::swap(before, last);
    std::swap(last, now);
  }
  return last[b.size()];
}

/// Another digit is another name: pod16 and pod64.
std::string digits_of(std::string_view word) {
  std::string digits;
  for (const char c : word)
    if (c >= '0' && c <= '9') digits += c;
  return digits;
}

/// Edits after which a name is still the one that was meant: of a short one little is left.
std::size_t edits_for(std::string_view wanted, std::string_view known) {
  const auto letters = [](std::string_view word) {
    return word.size() - std::min(word.find_first_not_of('-'), word.size());
  };
  const std::size_t shorter = std::min(letters(wanted), letters(known));
  if (shorter <= 1) return 0;
  if (shorter <= 4 && known.compare(0, wanted.size(), wanted) != 0) return 1;
  return std::max<std::size_t>(2, wanted.size() / 4);
}

/// Whether the last words of a long name are what was typed, but for a slip.
bool ends_nearly(std::string_view known, std::string_view wanted) {
  constexpr std::size_t kTelling = 6;
  if (wanted.size() < kTelling || wanted.front() == '-') return false;
  const std::size_t edits = wanted.size() > kTelling ? 2 : 1;
  for (std::size_t at = known.find('-'); at != known.npos; at = known.find('-', at + 1)) {
    const std::string_view tail = known.substr(at + 1);
    if (tail.size() + edits < wanted.size()) return false;
    if (tail.size() <= wanted.size() + edits && edit_distance(wanted, tail, edits) <= edits)
      return true;
  }
  return false;
}

std::string quoted_list(const std::vector<std::string>& names, std::string_view last_word) {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += i + 1 == names.size() ? " " + std::string(last_word) + " " : ", ";
    out += "'" + names[i] + "'";
  }
  return out;
}

}  // namespace

std::vector<std::string> nearest_names(std::string_view typed,
                                       const std::vector<std::string_view>& names,
                                       std::size_t most) {
  const std::string wanted = replace_char(to_lower(typed), '_', '-');
  std::vector<std::pair<std::size_t, std::string_view>> ranked;
  for (const std::string_view name : names) {
    const std::string known = replace_char(to_lower(name), '_', '-');
    const std::size_t most_edits = edits_for(wanted, known);
    // No fewer edits than the lengths differ by.
    std::size_t distance =
        known.size() > wanted.size() ? known.size() - wanted.size() : wanted.size() - known.size();
    if (distance <= most_edits) distance = edit_distance(wanted, known, most_edits);
    // A part of a long name is what people remember of it.
    const bool part = wanted.size() >= 4 && known.find(wanted) != std::string::npos;
    if (part) distance = std::min(distance, std::size_t{2});
    const bool tail = !part && distance > most_edits && ends_nearly(known, wanted);
    if (tail) distance = 3;
    if (part || tail || distance <= most_edits) ranked.emplace_back(distance, name);
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> out;
  for (const auto& [distance, name] : ranked) {
    if (out.size() == most) break;
    if (std::find(out.begin(), out.end(), name) == out.end()) out.emplace_back(name);
  }
  return out;
}

std::string_view certain_name(std::string_view typed, const std::vector<std::string_view>& names) {
  constexpr std::size_t kLongEnough = 5;
  const std::string wanted = replace_char(to_lower(typed), '_', '-');
  std::vector<std::string_view> same;
  std::vector<std::string_view> near;
  for (const std::string_view name : names) {
    const std::string known = replace_char(to_lower(name), '_', '-');
    if (known == wanted)
      same.push_back(name);
    else if (wanted.size() >= kLongEnough && digits_of(wanted) == digits_of(known) &&
             edit_distance(wanted, known, 1) <= 1)
      near.push_back(name);
  }
  const std::vector<std::string_view>& meant = same.empty() ? near : same;
  const bool one = !meant.empty() && std::all_of(meant.begin(), meant.end(),
                                                 [&](auto name) { return name == meant.front(); });
  return one ? meant.front() : std::string_view();
}

std::vector<Edit> certain_edit(Span at, std::string_view typed,
                               const std::vector<std::string_view>& names) {
  const std::string_view certain = certain_name(typed, names);
  if (certain.empty()) return {};
  return {Edit{at, std::string(certain), std::string(typed)}};
}

std::string suggestion(std::string_view typed, const std::vector<std::string_view>& names) {
  const std::vector<std::string> near = nearest_names(typed, names);
  if (!near.empty()) return "did you mean " + quoted_list(near, "or") + "?";
  constexpr std::size_t kShortList = 12;
  if (names.empty() || names.size() > kShortList) return {};
  return "there is " + quoted_list({names.begin(), names.end()}, "and");
}

}  // namespace ipucnn
