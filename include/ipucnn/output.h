#pragma once

#include <string>
#include <string_view>

namespace ipucnn {

/// Standard output or standard error. A command waits until all is written. A run does not: what a
/// slow reader or a stopped terminal has no room for is kept until it has.
class Output {
 public:
  explicit Output(int fd) : fd_(fd) {}
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output() { wait(); }

  void write(std::string_view text);
  /// Whether what was written is out, so that more would be as well.
  bool is_free();
  /// From now on nothing waits, as far as the system allows.
  void do_not_wait();
  /// Waits for what is kept, and from now on for all.
  void wait();

  /// Why something was not written; empty when all was, or when its reader went away.
  const std::string& error() const { return error_; }

 private:
  /// How much was written; -1 where it cannot be, with errno EAGAIN where there is no room.
  ssize_t write_some(std::string_view text) const;
  void write_now(std::string_view& text);
  void write_kept();
  bool is_over() const { return reader_gone_ || !error_.empty(); }

  /// How writing without waiting is done.
  enum class Kind { Waits, Asked, Socket, Own };

  int fd_;
  Kind kind_ = Kind::Waits;
  int own_ = -1;  // the same terminal, opened again so that nobody else's is changed
  std::string kept_;
  std::string error_;
  bool reader_gone_ = false;
};

}  // namespace ipucnn
