#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "ipucnn/record.h"
#include "record/sync_folder.h"

namespace ipucnn {
namespace {

std::string why(const char* what, const std::string& path) {
  return std::string(what) + " " + path + ": " + std::strerror(errno);
}

/// A lock of the process, which the kernel takes away with it. A fork does not inherit it, so that
/// a guard that outlives its runner does not hold it.
bool lock(int fd) {
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  return ::fcntl(fd, F_SETLK, &whole) == 0;
}

/// From the descriptor that holds the lock: closing another one of the file would give it up.
bool read_all(int fd, std::string& text) {
  std::array<char, 65536> piece{};
  for (;;) {
    const ssize_t n = ::pread(fd, piece.data(), piece.size(), static_cast<off_t>(text.size()));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    if (n == 0) return true;
    text.append(piece.data(), static_cast<std::size_t>(n));
  }
}

}  // namespace

std::optional<AppendedFile> AppendedFile::open(const std::string& path, bool& taken,
                                               std::string& error) {
  taken = false;
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (fd < 0) {
    error = why("cannot open", path);
    return std::nullopt;
  }
  std::string text;
  if (!lock(fd)) {
    taken = errno == EACCES || errno == EAGAIN;
    error = why("cannot lock", path);
  } else if (!read_all(fd, text)) {
    error = why("cannot read", path);
  } else {
    record::sync_folder(path);
    AppendedFile file(fd, path, std::move(text));
    file.torn_ = !file.text_.empty() && file.text_.back() != '\n';
    return file;
  }
  ::close(fd);
  return std::nullopt;
}

AppendedFile::AppendedFile(AppendedFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      path_(std::move(other.path_)),
      text_(std::move(other.text_)),
      torn_(other.torn_) {}

AppendedFile::~AppendedFile() {
  if (fd_ >= 0) ::close(fd_);
}

bool AppendedFile::append(std::string_view line, std::string& error) {
  std::string bytes = torn_ ? "\n" : "";
  bytes += line;
  bytes += '\n';
  // One write, so that a reader meanwhile sees whole lines but for the last.
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = ::write(fd_, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      torn_ = torn_ || done > 0;
      error = why("cannot write", path_);
      return false;
    }
    done += static_cast<std::size_t>(n);
  }
  torn_ = false;
  if (::fsync(fd_) == 0) return true;
  error = why("cannot write", path_);
  return false;
}

}  // namespace ipucnn
