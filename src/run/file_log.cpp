// ipucnn.log: what the program itself did, when. A finding is no line of it.
#include <fcntl.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>

#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "base/writing_sink.h"
#include "ipucnn/local_run.h"
#include "run/descriptor.h"

namespace ipucnn {

struct FileLog::Logger {
  std::function<void(std::string_view)> terminal;
  std::shared_ptr<running::Descriptor> file = std::make_shared<running::Descriptor>();
  spdlog::logger log{"ipucnn"};
};

FileLog::FileLog(std::function<void(std::string_view)> terminal)
    : logger_(std::make_unique<Logger>()) {
  logger_->terminal = std::move(terminal);
}

FileLog::~FileLog() = default;

bool FileLog::open(const std::string& path, std::string& error) {
  Logger& own = *logger_;
  own.file->reset(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
  if (own.file->get() < 0) {
    error = "cannot write " + path + ": " + std::strerror(errno);
    return false;
  }
  auto& sinks = own.log.sinks();
  sinks.clear();
  sinks.push_back(std::make_shared<WritingSink>([file = own.file](std::string_view line) {
    // A line that is lost to a full disk is not worth a job; the logs tell of it.
    if (::write(file->get(), line.data(), line.size()) < 0) errno = 0;
  }));
  sinks.back()->set_formatter(std::make_unique<spdlog::pattern_formatter>(
      "%Y-%m-%dT%H:%M:%S.%eZ %v", spdlog::pattern_time_type::utc));
  if (own.terminal) {
    sinks.push_back(std::make_shared<WritingSink>(own.terminal));
    sinks.back()->set_formatter(std::make_unique<spdlog::pattern_formatter>("%n: %v"));
  }
  return true;
}

void FileLog::note(std::string_view text) { logger_->log.info("{}", printable(text)); }

}  // namespace ipucnn
