// Logs from anywhere: files, packed ones as well, and standard input.
#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "ipucnn/record.h"

namespace ipucnn {
namespace {

using Sink = std::function<void(std::string_view)>;
constexpr std::size_t kPiece = std::size_t{128} * 1024;

/// Unpacks what comes in pieces. Each call gives a reason where the bytes are not what they seem.
class Unpacker {
 public:
  Unpacker() = default;
  Unpacker(const Unpacker&) = delete;
  Unpacker& operator=(const Unpacker&) = delete;
  virtual ~Unpacker() = default;
  virtual std::string feed(std::string_view bytes, const Sink& sink) = 0;
  /// Whether the packed text ended where its bytes did.
  virtual bool whole() const = 0;
};

class Plain : public Unpacker {
 public:
  std::string feed(std::string_view bytes, const Sink& sink) override {
    sink(bytes);
    return "";
  }
  bool whole() const override { return true; }
};

class Gzip : public Unpacker {
 public:
  Gzip() {
    constexpr int kGzipAlone = 15 + 16;
    ::inflateInit2(&stream_, kGzipAlone);
  }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;
  ~Gzip() override { ::inflateEnd(&stream_); }

  std::string feed(std::string_view bytes, const Sink& sink) override {
    std::string input(bytes);
    stream_.next_in = reinterpret_cast<Bytef*>(input.data());
    stream_.avail_in = static_cast<uInt>(input.size());
    while (stream_.avail_in > 0) {
      if (whole_) ::inflateReset(&stream_);  // several packed texts in a row are one
      whole_ = false;
      stream_.next_out = reinterpret_cast<Bytef*>(out_.data());
      stream_.avail_out = static_cast<uInt>(out_.size());
      const int result = ::inflate(&stream_, Z_NO_FLUSH);
      sink({out_.data(), out_.size() - stream_.avail_out});
      whole_ = result == Z_STREAM_END;
      if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
        return stream_.msg != nullptr ? stream_.msg : "it is no gzip file";
    }
    return "";
  }
  bool whole() const override { return whole_; }

 private:
  z_stream stream_{};
  std::vector<char> out_ = std::vector<char>(kPiece);
  bool whole_ = false;
};

class Zstd : public Unpacker {
 public:
  std::string feed(std::string_view bytes, const Sink& sink) override {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    bool full = false;  // more may wait inside where the last output was full
    while (in.pos < in.size || full) {
      ZSTD_outBuffer out{out_.data(), out_.size(), 0};
      const std::size_t result = ::ZSTD_decompressStream(stream_.get(), &out, &in);
      if (::ZSTD_isError(result) != 0) return ::ZSTD_getErrorName(result);
      sink({out_.data(), out.pos});
      whole_ = result == 0;
      full = out.pos == out.size && !whole_;
    }
    return "";
  }
  bool whole() const override { return whole_; }

 private:
  struct Free {
    void operator()(ZSTD_DStream* stream) const { ::ZSTD_freeDStream(stream); }
  };
  std::unique_ptr<ZSTD_DStream, Free> stream_{::ZSTD_createDStream()};
  std::vector<char> out_ = std::vector<char>(kPiece);
  bool whole_ = false;
};

std::unique_ptr<Unpacker> unpacker_for(std::string_view begin) {
  if (begin.substr(0, 2) == "\x1f\x8b") return std::make_unique<Gzip>();
  if (begin.substr(0, 4) == "\x28\xb5\x2f\xfd") return std::make_unique<Zstd>();
  return std::make_unique<Plain>();
}

class Descriptor {
 public:
  explicit Descriptor(const std::string& path)
      : own_(path != "-"), fd_(own_ ? ::open(path.c_str(), O_RDONLY | O_CLOEXEC) : 0) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (own_ && fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  bool own_;
  int fd_;
};

/// Fills the buffer as far as there is something; -1 where reading failed.
ssize_t read_full(int fd, std::vector<char>& buffer) {
  std::size_t size = 0;
  while (size < buffer.size()) {
    const ssize_t n = ::read(fd, buffer.data() + size, buffer.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return -1;
    if (n == 0) break;
    size += static_cast<std::size_t>(n);
  }
  return static_cast<ssize_t>(size);
}

}  // namespace

bool read_any_log(const std::string& path, const Sink& piece, std::string& error) {
  const Descriptor file(path);
  const std::string name = path == "-" ? "standard input" : path;
  std::vector<char> buffer(kPiece);
  std::unique_ptr<Unpacker> unpacker;
  for (;;) {
    const ssize_t size = file.get() < 0 ? -1 : read_full(file.get(), buffer);
    if (size < 0) {
      error = "cannot read " + name + ": " + std::strerror(errno);
      return false;
    }
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(size));
    if (!unpacker) unpacker = unpacker_for(bytes);
    const std::string fault = bytes.empty() ? "" : unpacker->feed(bytes, piece);
    if (!fault.empty()) {
      error = "cannot unpack " + name + ": " + fault;
      return false;
    }
    if (bytes.size() == buffer.size()) continue;
    if (unpacker->whole()) return true;
    error = "cannot unpack " + name + ": it ends in the middle";
    return false;
  }
}

}  // namespace ipucnn
