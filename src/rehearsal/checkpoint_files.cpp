#include "rehearsal/checkpoint_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "base/hole.h"
#include "base/text.h"

namespace ipucnn::rehearsing {
namespace {

namespace fs = std::filesystem;

/// The text in the place of {value}; empty when the line is another.
std::string told_path(std::string_view pattern, std::string_view line) {
  const std::size_t hole = pattern.find(kHole);
  if (hole == std::string_view::npos || hole == 0) return {};
  const std::size_t at = line.find(pattern.substr(0, hole));
  if (at == std::string_view::npos) return {};
  line.remove_prefix(at + hole);
  const std::string_view after = pattern.substr(hole + kHole.size());
  const std::size_t end = after.empty() ? line.size() : line.rfind(after);
  return end == std::string_view::npos ? std::string() : std::string(line.substr(0, end));
}

/// The file by which a checkpoint is known to be whole.
std::string_view mark_of(Node pattern) { return pattern.find_text("complete").value_or(kHole); }

}  // namespace

std::string write_checkpoint(Node pattern, std::string_view line) {
  const std::string path = told_path(pattern.find_text("saved").value_or(""), line);
  if (path.empty()) return {};
  const std::string file = with_value(mark_of(pattern), path);
  std::error_code code;
  fs::create_directories(fs::path(file).parent_path(), code);
  std::ofstream out(file);
  out << "REHEARSAL\n";
  out.close();
  return out ? std::string() : fmt::format("{} cannot be written", file);
}

std::vector<std::int64_t> checkpoints_in(Node pattern, const std::string& folder) {
  const std::string_view mark = mark_of(pattern);
  const std::size_t hole = mark.find(kHole);
  const std::string_view suffix =
      hole == std::string_view::npos ? std::string_view() : mark.substr(hole + kHole.size());
  std::vector<std::int64_t> numbers;
  std::error_code code;
  for (fs::directory_iterator it(folder, code), end; !code && it != end; it.increment(code)) {
    std::string name = it->path().filename().string();
    if (name.size() <= suffix.size() || !name.ends_with(suffix)) continue;
    name.resize(name.size() - suffix.size());
    const std::size_t digits = name.find_last_not_of("0123456789");
    const std::size_t from = digits == std::string::npos ? 0 : digits + 1;
    if (const auto number = parse_int64(name.substr(from))) numbers.push_back(*number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

}  // namespace ipucnn::rehearsing
