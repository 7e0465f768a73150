#include "ipucnn/bundle.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "ipucnn/record.h"

namespace ipucnn {
namespace {

namespace fs = std::filesystem;

/// Of each end of a log: some thousand lines.
constexpr std::uintmax_t kEnd = std::uintmax_t{256} * 1024;

std::string part_of(const fs::path& path, std::uintmax_t from, std::uintmax_t size) {
  std::ifstream file(path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(from));
  std::string text(size, '\0');
  file.read(text.data(), static_cast<std::streamsize>(size));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  return text;
}

std::string head_and_tail(const fs::path& path) {
  std::error_code code;
  const std::uintmax_t size = fs::file_size(path, code);
  if (code) return {};
  if (size <= 2 * kEnd) return part_of(path, 0, size);
  return part_of(path, 0, kEnd) + fmt::format("\n[{} bytes are left out here]\n", size - 2 * kEnd) +
         part_of(path, size - kEnd, kEnd);
}

void add(const fs::path& folder, const fs::path& name, const std::string& below,
         std::vector<ArchivedFile>& files) {
  struct stat info {};
  const fs::path path = folder / name;
  if (::stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return;
  files.push_back({below + "/" + name.string(), head_and_tail(path), info.st_mtim.tv_sec});
}

}  // namespace

std::optional<std::string> bundle_of(const std::string& run_folder, std::string& error) {
  const auto run = read_run(run_folder, error);
  if (!run) return std::nullopt;
  std::vector<ArchivedFile> files;
  for (const char* name :
       {"plan.json", "resolved.yml", "explain.json", "record.json", "ipucnn.log", "detached.log"})
    add(run_folder, name, run->name, files);
  for (const KeptTry& kept : run->tries) {
    const fs::path folder = fs::path(kept.folder).lexically_relative(run_folder);
    for (const char* name : {"record.json", "stdout.log", "stderr.log", "times.csv", "samples.csv"})
      add(run_folder, folder / name, run->name, files);
  }
  return tar_gz(files);
}

}  // namespace ipucnn
