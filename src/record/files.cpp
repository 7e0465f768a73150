#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "ipucnn/record.h"
#include "ipucnn/text_source.h"
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

/// Writes piece by piece, and not each of them by itself.
bool write_all(int fd, const TextSource& text) {
  constexpr std::size_t kAtOnce = 1U << 16U;
  std::string waiting;
  bool good = true;
  text([&](std::string_view piece) {
    waiting += piece;
    if (waiting.size() < kAtOnce) return;
    good = good && write_all(fd, waiting);
    waiting.clear();
  });
  return good && write_all(fd, waiting);
}

std::size_t size_of(const TextSource& text) {
  std::size_t size = 0;
  text([&](std::string_view piece) { size += piece.size(); });
  return size;
}

/// Where the disk is full a file can still say something else in the blocks that it has. It is no
/// longer whole at every moment, but it was going to be wrong for good.
bool write_over(const std::string& path, const TextSource& text) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  constexpr std::size_t kBlock = 512;  // of st_blocks, whatever the file system
  struct stat now {};
  const std::size_t size = size_of(text);
  const bool fits = ::fstat(fd, &now) == 0 && S_ISREG(now.st_mode) &&
                    size <= static_cast<std::size_t>(now.st_blocks) * kBlock;
  const bool good = fits && write_all(fd, text) && ::ftruncate(fd, static_cast<off_t>(size)) == 0 &&
                    ::fsync(fd) == 0;
  return ::close(fd) == 0 && good;
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
  return write_file(
      path, [&](const auto& out) { out(text); }, error);
}

bool write_file(const std::string& path, const TextSource& text, std::string& error) {
  const std::string temporary = path + ".tmp-" + std::to_string(::getpid());
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (fd < 0) {
    const bool full = errno == ENOSPC || errno == EDQUOT;
    error = why("cannot create", temporary);
    if (!full || !write_over(path, text)) return false;
    error.clear();
    return true;
  }
  bool good = write_all(fd, text) && ::fsync(fd) == 0;
  const bool full = !good && (errno == ENOSPC || errno == EDQUOT);
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
  if (full && write_over(path, text)) good = true;
  if (good) error.clear();
  return good;
}

}  // namespace ipucnn
