#include "ipucnn/host_list.h"

#include <algorithm>
#include <set>

#include "base/text.h"

namespace ipucnn::resolving {
namespace {

/// More hosts than any machine room has: a slip, not a range.
constexpr std::size_t kMostHosts = 100'000;

/// `3`, or `1-3` upwards.
bool is_range(std::string_view text) {
  const std::size_t dash = text.find('-');
  const auto first = parse_int64(text.substr(0, dash));
  const auto last = dash == text.npos ? first : parse_int64(text.substr(dash + 1));
  return first && last && *last >= *first;
}

/// `0-2,4` inside brackets.
std::size_t count_of(std::string_view ranges) {
  std::size_t count = 0;
  for (std::size_t begin = 0; begin <= ranges.size();) {
    const std::size_t comma = std::min(ranges.find(',', begin), ranges.size());
    const std::string_view range = ranges.substr(begin, comma - begin);
    const std::size_t dash = range.find('-');
    const auto first = parse_int64(range.substr(0, dash));
    const auto last = dash == range.npos ? first : parse_int64(range.substr(dash + 1));
    const bool counts = first && last && *first >= 0 && *last >= *first &&
                        *last - *first < static_cast<std::int64_t>(kMostHosts);
    count += counts ? static_cast<std::size_t>(*last - *first) + 1 : 1;
    begin = comma + 1;
  }
  return count;
}

}  // namespace

std::size_t host_end(std::string_view list, std::size_t begin) {
  int depth = 0;
  for (std::size_t at = begin; at < list.size(); ++at) {
    const char c = list[at];
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
    if (c == ',' && depth <= 0) return at;
  }
  return list.size();
}

std::size_t hosts_in(std::string_view entry) {
  std::size_t count = 1;
  for (std::size_t open = entry.find('['); open != entry.npos; open = entry.find('[', open + 1)) {
    const std::size_t close = entry.find(']', open);
    if (close == entry.npos) break;
    count = std::min(count * count_of(entry.substr(open + 1, close - open - 1)), kMostHosts);
  }
  return count;
}

bool has_broken_range(std::string_view entry) {
  for (std::size_t at = 0; at < entry.size();) {
    const std::size_t open = entry.find_first_of("[]", at);
    if (open == entry.npos) return false;
    const std::size_t close = entry.find_first_of("[]", open + 1);
    if (entry[open] == ']') return true;
    const std::string_view inside =
        entry.substr(open + 1, std::min(close, entry.size()) - open - 1);
    if (inside.find_first_not_of("0123456789-,") != inside.npos) return false;
    if (close == entry.npos || entry[close] == '[') return true;
    for (std::size_t begin = 0; begin <= inside.size();) {
      const std::size_t comma = std::min(inside.find(',', begin), inside.size());
      if (!is_range(inside.substr(begin, comma - begin))) return true;
      begin = comma + 1;
    }
    at = close + 1;
  }
  return false;
}

std::size_t hosts_of_file(std::string_view text) {
  std::set<std::string_view> hosts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, std::min(text.find('#'), end));
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t begin = line.find_first_not_of(" \t\r");
    if (begin == line.npos) continue;
    line.remove_prefix(begin);
    line = line.substr(0, line.find_first_of(" \t\r"));
    // USER@HOST is HOST, and a port or number of slots may be joined on.
    if (const std::size_t at = line.find('@'); at != line.npos) line.remove_prefix(at + 1);
    hosts.insert(line.substr(0, line.find(':')));
  }
  return hosts.size();
}

}  // namespace ipucnn::resolving
