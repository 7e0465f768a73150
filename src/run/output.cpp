#include "ipucnn/output.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>

namespace ipucnn {
namespace {

// More than a run passes on at a time, so that it is our own sentences that fill it.
constexpr std::size_t kMostKept = std::size_t{8} << 20;

bool has_room(int fd, int timeout) {
  pollfd one{fd, POLLOUT, 0};
  return ::poll(&one, 1, timeout) > 0;  // an error counts: the write tells which
}

}  // namespace

ssize_t Output::write_some(std::string_view text) const {
  switch (kind_) {
    case Kind::Waits:
      break;
    case Kind::Own:
      return ::write(own_, text.data(), text.size());
    case Kind::Socket:
      return ::send(fd_, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    case Kind::Asked:
      // So much fits where anything does.
      if (has_room(fd_, 0))
        return ::write(fd_, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
      errno = EAGAIN;
      return -1;
  }
  return ::write(fd_, text.data(), text.size());
}

void Output::write_now(std::string_view& text) {
  while (!text.empty() && !is_over()) {
    const ssize_t n = write_some(text);
    if (n >= 0) {
      text.remove_prefix(static_cast<std::size_t>(n));
    } else if (errno == EAGAIN) {
      if (kind_ != Kind::Waits) return;
      has_room(fd_, -1);  // whoever gave us this one made it not wait
    } else if (errno != EINTR) {
      reader_gone_ = errno == EPIPE;  // as `| head` does: nobody misses the rest
      if (!reader_gone_)
        error_ = fmt::format("standard {}: {}", fd_ == STDOUT_FILENO ? "output" : "error",
                             std::strerror(errno));
    }
  }
}

void Output::write(std::string_view text) {
  write_kept();
  if (kept_.empty()) write_now(text);
  if (is_over()) return;
  kept_ += text;
  if (kept_.size() <= kMostKept) return;
  const Kind kind = kind_;
  wait();
  kind_ = kind;
}

void Output::write_kept() {
  if (kept_.empty()) return;
  std::string_view rest = kept_;
  write_now(rest);
  kept_.erase(0, is_over() ? kept_.size() : kept_.size() - rest.size());
}

bool Output::is_free() {
  write_kept();
  return kept_.empty() &&
         (is_over() || kind_ == Kind::Waits || has_room(own_ >= 0 ? own_ : fd_, 0));
}

void Output::do_not_wait() {
  struct stat about {};
  if (kind_ != Kind::Waits || ::fstat(fd_, &about) != 0) return;
  if (S_ISFIFO(about.st_mode)) {
    kind_ = Kind::Asked;
  } else if (S_ISSOCK(about.st_mode)) {
    kind_ = Kind::Socket;
  } else if (::isatty(fd_) == 1) {
    if (own_ < 0)
      own_ = ::open(fmt::format("/proc/self/fd/{}", fd_).c_str(),
                    O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    kind_ = own_ >= 0 ? Kind::Own : Kind::Asked;
  }
}

void Output::wait() {
  kind_ = Kind::Waits;
  write_kept();
  if (own_ >= 0) ::close(own_);
  own_ = -1;
}

}  // namespace ipucnn
