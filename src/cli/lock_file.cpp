#include "cli/lock_file.h"

#include "cli/files.h"

namespace ipucnn::cli {

std::string lock_path(const World& world) {
  std::string folder = world.below("");
  for (const NeededFiles::File& file : standing_files(world))
    if (file.layer == Layer::Project)
      folder = file.path.text.substr(0, file.path.text.rfind('/') + 1);
  return folder + "ipucnn.lock";
}

std::optional<LockFile> read_lock(Sources& sources, const World& world, Diagnostics& findings) {
  std::string error;
  std::string path = lock_path(world);
  auto text = read_file(path, error);
  if (!text) {
    findings.add(FindingId::K065, Span{}, error).help = "write it with `ipucnn lock`";
    return std::nullopt;
  }
  const SourceId source = sources.add(path, std::move(*text));
  return parse_lock(std::move(path), source, sources.text(source));
}

}  // namespace ipucnn::cli
