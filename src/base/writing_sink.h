#pragma once

#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>

#include <functional>
#include <string_view>
#include <utility>

namespace ipucnn {

/// Gives each finished line of a spdlog logger to a function: a stream that a test may hold, or a
/// file. Of one thread.
class WritingSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit WritingSink(std::function<void(std::string_view)> write) : write_(std::move(write)) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    write_({line.data(), line.size()});
  }
  void flush_() override {}

 private:
  std::function<void(std::string_view)> write_;
};

}  // namespace ipucnn
