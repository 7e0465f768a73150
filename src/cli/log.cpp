// Log lines of the program itself. A finding is no log line.
#include <spdlog/details/null_mutex.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "base/text.h"
#include "cli/commands.h"

namespace ipucnn::cli {
namespace {

/// Writes to the stream that the program was given, which a test may hold.
class StreamSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit StreamSink(std::function<void(std::string_view)> write) : write_(std::move(write)) {}

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

}  // namespace

void say(const Streams& streams, std::string_view text) {
  spdlog::logger logger("ipucnn", std::make_shared<StreamSink>(streams.err));
  logger.set_formatter(std::make_unique<spdlog::pattern_formatter>("%n: %v"));
  std::string shown;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    shown += (from == 0 ? "" : "\n") + printable(text.substr(from, end - from));
    from = end + 1;
  }
  logger.info("{}", shown);
}

}  // namespace ipucnn::cli
