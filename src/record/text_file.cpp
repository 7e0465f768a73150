// Texts that people name, read whole, and files that are there already, left alone.
#include "ipucnn/text_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace ipucnn {
namespace {

/// A pipe whose writer has nothing yet is waited for; one without a writer has come to its end.
bool waits(int fd) {
  return errno == EAGAIN && ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) & ~O_NONBLOCK) == 0;
}

std::optional<std::string> read_all(int fd, const std::string& name, std::string& error) {
  std::string text;
  std::array<char, 65536> buffer{};
  ssize_t n = 0;
  while ((n = ::read(fd, buffer.data(), buffer.size())) > 0 ||
         (n < 0 && (errno == EINTR || waits(fd)))) {
    if (n > 0) text.append(buffer.data(), static_cast<std::size_t>(n));
    if (text.size() <= kLargestFile) continue;
    error = "cannot read " + name + ": it holds more than " +
            std::to_string(kLargestFile / (std::size_t{1024} * 1024)) + " MiB";
    return std::nullopt;
  }
  if (n == 0) return text;
  error = "cannot read " + name + ": " + std::strerror(errno);
  return std::nullopt;
}

}  // namespace

std::optional<std::string> read_file(const std::string& path, std::string& error) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    error = "cannot read " + path + ": " + std::strerror(errno);
    return std::nullopt;
  }
  auto text = read_all(fd, path, error);
  ::close(fd);
  return text;
}

std::optional<std::string> read_named_text(const std::string& path, std::string& error) {
  return path == "-" ? read_all(STDIN_FILENO, name_of_text(path), error) : read_file(path, error);
}

std::string name_of_text(const std::string& path) { return path == "-" ? "standard input" : path; }

bool create_file(const std::string& path, std::string_view text, std::string& error) {
  // O_EXCL: two of us cannot both find that there is no file.
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd < 0 && errno == EEXIST) {
    error.clear();
    return false;
  }
  bool written = fd >= 0;
  while (written && !text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    written = n > 0 || (n < 0 && errno == EINTR);
    if (n > 0) text.remove_prefix(static_cast<std::size_t>(n));
  }
  if (!written) error = "cannot write " + path + ": " + std::strerror(errno);
  if (fd >= 0) ::close(fd);
  if (fd >= 0 && !written) ::unlink(path.c_str());
  return written;
}

}  // namespace ipucnn
