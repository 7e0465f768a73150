#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/run.h"
#include "run/descriptor.h"

namespace ipucnn::running {

/// A log that another process writes, read as it grows. It need not be there yet.
class GrowingLog {
 public:
  GrowingLog(Stream stream, std::string path) : stream_(stream), path_(std::move(path)) {}

  /// The next piece; nothing where there is none yet. It stays valid until the next call.
  Bytes next() {
    if (file_.get() < 0) file_.reset(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
    if (file_.get() >= 0) buffer_.resize(kMost);
    ssize_t n = 0;
    do {
      n = file_.get() < 0 ? 0 : ::read(file_.get(), buffer_.data(), buffer_.size());
    } while (n < 0 && errno == EINTR);
    const auto size = static_cast<std::size_t>(n < 0 ? 0 : n);
    const Bytes bytes{stream_, offset_, {buffer_.data(), size}};
    offset_ += static_cast<std::int64_t>(size);
    return bytes;
  }

  Stream stream() const { return stream_; }

 private:
  Stream stream_;
  std::string path_;
  Descriptor file_;
  std::int64_t offset_ = 0;
  static constexpr std::size_t kMost = std::size_t{64} * 1024;
  std::vector<char> buffer_;  // empty as long as there is no file
};

}  // namespace ipucnn::running
