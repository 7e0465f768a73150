#include <filesystem>
#include <system_error>

#include "ipucnn/emit.h"
#include "ipucnn/record.h"
#include "record/folder_names.h"

namespace ipucnn {

namespace fs = std::filesystem;
using record::as_file_name;

namespace {

/// 2026-11-21T03:38:00Z to 20261121T033800Z, which every file system takes.
std::string as_stamp(std::string_view utc) {
  std::string out;
  for (const char c : utc)
    if (c != '-' && c != ':') out += c;
  return out;
}

}  // namespace

std::string record::as_file_name(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_' || (c == '.' && !out.empty());
    out += fits ? c : '_';
  }
  constexpr std::size_t kLongest = 100;
  return out.substr(0, kLongest);
}

std::vector<NamedText> plan_texts(const JobPlan& plan) {
  return {{"plan.json", emit(plan, "json")->front().text}, {"resolved.yml", resolved_yaml(plan)}};
}

std::vector<std::pair<std::string, std::optional<std::string>>> about(const JobPlan& plan) {
  const auto known = [](const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
  };
  return {{"application", known(plan.application)},
          {"release", known(plan.release)},
          {"preset", plan.preset},
          {"job", plan.job},
          {"target", plan.target},
          {"site", plan.site},
          {"label", plan.label},
          {"sdk", plan.sdk}};
}

std::optional<RunFolder> RunFolder::create(const std::string& parent, const std::string& utc,
                                           std::string_view name, std::string& error) {
  std::error_code code;
  fs::create_directories(parent, code);
  if (code) {
    error = "cannot make the folder " + parent + ": " + code.message();
    return std::nullopt;
  }
  const std::string base = parent + "/" + as_stamp(utc) + "-" + as_file_name(name);
  constexpr int kMostInOneSecond = 1000;
  for (int n = 1; n < kMostInOneSecond; ++n) {
    std::string path = n == 1 ? base : base + "-" + std::to_string(n);
    // create_directory is false when it exists: another run of this second has it.
    if (fs::create_directory(path, code)) return RunFolder(std::move(path));
    if (code) {
      error = "cannot make the folder " + path + ": " + code.message();
      return std::nullopt;
    }
  }
  error = "too many runs in one second under " + parent;
  return std::nullopt;
}

bool RunFolder::write(const NamedText& file, std::string& error) const {
  return write_file(path_ + "/" + file.name, file.text, error);
}

std::optional<std::string> RunFolder::try_folder(std::string_view step, int number,
                                                 std::string& error) const {
  const std::string path = path_ + "/" + as_file_name(step) + "/" + std::to_string(number);
  std::error_code code;
  fs::create_directories(path, code);
  if (!code) return path;
  error = "cannot make the folder " + path + ": " + code.message();
  return std::nullopt;
}

}  // namespace ipucnn
