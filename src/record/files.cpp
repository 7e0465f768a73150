#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "ipucnn/record.h"
#include "record/sync_folder.h"

namespace ipucnn {
namespace {

std::string why(const char* what, const std::string& path) {
  return std::string(what) + " " + path + ": " + std::strerror(errno);
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

}  // namespace

void record::sync_folder(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const int fd = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

bool write_file(const std::string& path, std::string_view text, std::string& error) {
  const std::string temporary = path + ".tmp-" + std::to_string(::getpid());
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (fd < 0) {
    error = why("cannot create", temporary);
    return false;
  }
  bool good = write_all(fd, text) && ::fsync(fd) == 0;
  if (!good) error = why("cannot write", temporary);
  if (::close(fd) != 0 && good) {
    error = why("cannot write", temporary);
    good = false;
  }
  if (good && std::rename(temporary.c_str(), path.c_str()) != 0) {
    error = why("cannot rename to", path);
    good = false;
  }
  if (good)
    record::sync_folder(path);
  else
    ::unlink(temporary.c_str());
  return good;
}

}  // namespace ipucnn
