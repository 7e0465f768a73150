#include "run/process_words.h"

#include <algorithm>
#include <map>

extern char** environ;

namespace ipucnn::running {

namespace {

bool is_left_out(std::string_view name, const std::vector<std::string>& without) {
  return std::any_of(without.begin(), without.end(), [&](const std::string& one) {
    return one.ends_with('_') ? name.starts_with(one) : name == one;
  });
}

}  // namespace

std::vector<std::string> environment_of(const ProcessSpec& spec) {
  std::map<std::string, std::string, std::less<>> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals == text.npos || is_left_out(text.substr(0, equals), spec.without)) continue;
    all[std::string(text.substr(0, equals))] = text.substr(equals + 1);
  }
  for (const auto& [name, value] : spec.env) all[name] = value;
  std::vector<std::string> out;
  out.reserve(all.size());
  for (const auto& [name, value] : all) out.push_back(name + "=" + value);
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> out;
  out.reserve(strings.size() + 1);
  for (std::string& text : strings) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

}  // namespace ipucnn::running
