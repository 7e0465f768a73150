#include "cli/files.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace ipucnn::cli {
namespace {

bool is_file(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode);
}

bool ends_with_yml(std::string_view name) {
  const auto ends = [&](std::string_view end) {
    return name.size() > end.size() && name.substr(name.size() - end.size()) == end;
  };
  return ends(".yml") || ends(".yaml");
}

void add_folder(const std::string& folder, Layer layer, std::vector<NeededFiles::File>& found) {
  DIR* dir = ::opendir(folder.c_str());
  if (dir == nullptr) return;
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(dir))
    if (entry->d_name[0] != '.' && ends_with_yml(entry->d_name)) names.emplace_back(entry->d_name);
  ::closedir(dir);
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) found.push_back({{folder + "/" + name, {}}, layer, {}, {}});
}

}  // namespace

std::function<std::string(std::string_view)> repository_paths(const World& world) {
  namespace fs = std::filesystem;
  std::error_code failed;
  const fs::path here = fs::absolute(world.folder, failed).lexically_normal();
  fs::path root = world.variable("GITHUB_WORKSPACE").value_or("");
  for (fs::path up = here; root.empty(); up = up.parent_path()) {
    if (fs::exists(up / ".git", failed)) root = up;
    if (up == up.parent_path()) break;
  }
  return [here, root](std::string_view name) {
    const fs::path file = (here / name).lexically_normal();
    const std::string below = root.empty() ? "" : file.lexically_relative(root).generic_string();
    return below.empty() || below.starts_with("..") ? std::string(name) : below;
  };
}

std::vector<NeededFiles::File> standing_files(const World& world) {
  std::vector<NeededFiles::File> found;
  add_folder("/etc/ipucnn", Layer::System, found);
  const auto xdg = world.variable("XDG_CONFIG_HOME");
  const auto home = world.variable("HOME");
  if (xdg && !xdg->empty())
    add_folder(*xdg + "/ipucnn", Layer::User, found);
  else if (home && !home->empty())
    add_folder(*home + "/.config/ipucnn", Layer::User, found);
  // "../" is enough to go upward, and keeps the paths in messages short.
  std::string folder = world.below("");
  constexpr int kDeepest = 64;
  for (int level = 0; level < kDeepest; ++level) {
    if (is_file(folder + "ipucnn.yml")) {
      found.push_back({{folder + "ipucnn.yml", {}}, Layer::Project, {}, {}});
      break;
    }
    struct stat here {};
    struct stat above {};
    if (::stat(folder.empty() ? "." : folder.c_str(), &here) != 0) break;
    folder += "../";
    if (::stat(folder.c_str(), &above) != 0) break;
    if (here.st_ino == above.st_ino && here.st_dev == above.st_dev) break;  // the root
  }
  return found;
}

std::string descriptor_files(const Catalog& catalog, const Sources& sources) {
  std::string paths;
  for (const Catalog::File& file : catalog.files()) {
    if (file.layer == Layer::BuiltIn || !file.application.empty() ||
        !root(file.tree).find(section_key(Section::Applications)))
      continue;
    std::error_code error;
    const auto path = std::filesystem::absolute(std::string(sources.name(file.tree.source)), error);
    if (!error) paths += (paths.empty() ? "" : ":") + path.string();
  }
  return paths;
}

}  // namespace ipucnn::cli
