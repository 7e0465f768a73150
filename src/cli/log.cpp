// Log lines of the program itself. A finding is no log line.
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>

#include <algorithm>
#include <memory>

#include "base/text.h"
#include "base/wrap.h"
#include "base/writing_sink.h"
#include "cli/commands.h"

namespace ipucnn::cli {

void say(const Streams& streams, std::string_view text) {
  spdlog::logger logger("ipucnn", std::make_shared<WritingSink>(streams.err));
  logger.set_formatter(std::make_unique<spdlog::pattern_formatter>("%n: %v"));
  // Below the name, where somebody looks; what is piped keeps its lines.
  constexpr std::string_view kName = "ipucnn: ";
  const std::size_t indent = streams.err_is_terminal ? kName.size() : 0;
  std::string shown;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    const std::string line = printable(text.substr(from, end - from));
    // An indented line is a command, which has to stay one to be copied.
    const bool may_wrap = streams.err_is_terminal && !line.starts_with("  ");
    shown += (from == 0 ? "" : "\n" + std::string(indent, ' ')) +
             (may_wrap ? wrapped(line, kName.size(), streams.width) : line);
    from = end + 1;
  }
  logger.info("{}", shown);
}

}  // namespace ipucnn::cli
