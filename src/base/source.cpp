#include "ipucnn/source.h"

#include <utility>

namespace ipucnn {

Sources::Sources() {
  add("command line", "");
  add("environment", "");
}

void Sources::set_command_line(std::string text) { replace(kCommandLine, std::move(text)); }

void Sources::set_environment(std::string text) { replace(kEnvironment, std::move(text)); }

void Sources::replace(SourceId id, std::string text) {
  Entry& entry = entries_[id];
  entry.owned_text = std::move(text);
  entry.text = entry.owned_text;
  entry.line_starts.clear();
}

SourceId Sources::add(std::string name, std::string text) {
  Entry& entry = entries_.emplace_back();
  entry.owned_name = std::move(name);
  entry.owned_text = std::move(text);
  entry.name = entry.owned_name;
  entry.text = entry.owned_text;
  return static_cast<SourceId>(entries_.size() - 1);
}

SourceId Sources::add_static(std::string_view name, std::string_view text) {
  Entry& entry = entries_.emplace_back();
  entry.name = name;
  entry.text = text;
  return static_cast<SourceId>(entries_.size() - 1);
}

std::string_view Sources::name(SourceId id) const { return entries_.at(id).name; }

std::string_view Sources::text(SourceId id) const { return entries_.at(id).text; }

std::string_view Sources::line(Span at) const {
  const Entry& entry = entries_.at(at.source);
  if (at.line == 0) return {};
  std::vector<std::size_t>& starts = entry.line_starts;
  if (starts.empty()) starts.push_back(0);
  while (starts.size() < at.line) {
    const std::size_t end = entry.text.find('\n', starts.back());
    if (end == std::string_view::npos) return {};
    starts.push_back(end + 1);
  }
  std::string_view rest = entry.text.substr(starts[at.line - 1]);
  rest = rest.substr(0, rest.find('\n'));
  constexpr std::string_view kBom = "\xEF\xBB\xBF";
  if (at.line == 1 && rest.substr(0, kBom.size()) == kBom) rest.remove_prefix(kBom.size());
  if (!rest.empty() && rest.back() == '\r') rest.remove_suffix(1);
  return rest;
}

}  // namespace ipucnn
