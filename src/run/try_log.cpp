#include "run/try_log.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "base/escape.h"

namespace ipucnn::running {
namespace {

// Each stream has a line of times.csv at most so often; both together make 100 a second.
constexpr double kBetweenRows = 0.02;
constexpr std::size_t kMostHeld = std::size_t{64} * 1024;

std::string_view name_of(Stream stream) { return stream == Stream::Out ? "stdout" : "stderr"; }

std::size_t index_of(Stream stream) { return stream == Stream::Out ? 0 : 1; }

/// With the comma behind it.
void add_number(std::int64_t value, std::string& out) {
  std::array<char, 24> digits;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  *end = ',';
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()) + 1);
}

}  // namespace

TryLog::TryLog(const std::string& folder, bool streams) : keeps_streams_(streams) {
  if (streams) {
    open(streams_[0], folder + "/stdout.log");
    open(streams_[1], folder + "/stderr.log");
  }
  open(times_, folder + "/times.csv");
  open(samples_, folder + "/samples.csv");
  write(times_, "seconds,stream,offset,bytes\n");
  write(samples_, "seconds,stream,offset,instance,metric,index,value\n");
}

void TryLog::open(File& file, const std::string& path) {
  file.fd.reset(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  file.is_cut_off = file.fd.get() < 0;
  if (file.is_cut_off && error_.empty())
    error_ = "cannot write " + path + ": " + std::strerror(errno);
}

void TryLog::write(File& file, std::string_view text) {
  while (!text.empty() && !file.is_cut_off) {
    const ssize_t n = ::write(file.fd.get(), text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      // What is missing in one file must not be missing in the others.
      file.is_cut_off = true;
      if (error_.empty()) error_ = std::string("the log is cut off here: ") + std::strerror(errno);
      return;
    }
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

void TryLog::bytes(const Bytes& bytes, double seconds) {
  const std::size_t i = index_of(bytes.stream);
  if (keeps_streams_) write(streams_[i], bytes.bytes);
  if (rows_[i].size > 0 && seconds - rows_[i].seconds >= kBetweenRows) end_row(bytes.stream);
  if (rows_[i].size == 0) rows_[i] = {seconds, bytes.offset, 0};
  rows_[i].size += static_cast<std::int64_t>(bytes.bytes.size());
}

void TryLog::end_row(Stream stream) {
  Row& row = rows_[index_of(stream)];
  if (row.size > 0)
    write(times_,
          fmt::format("{:.3f},{},{},{}\n", row.seconds, name_of(stream), row.offset, row.size));
  row = {};
}

void TryLog::sample(const Sample& sample, const MetricPattern& metric, double seconds) {
  if (held_.empty()) held_since_ = seconds;
  // By hand: there may be millions a second, and most share their beginning.
  SampleHead& head = heads_[index_of(sample.stream)];
  if (head.text.empty() || head.seconds != seconds)
    head = {seconds, fmt::format("{:.3f},{},", seconds, name_of(sample.stream))};
  if (names_.size() <= sample.metric) names_.resize(sample.metric + 1);
  std::string& name = names_[sample.metric];
  if (name.empty()) name = csv_field(metric.name);
  held_ += head.text;
  add_number(sample.offset, held_);
  add_number(sample.instance, held_);
  held_ += name;
  held_ += ',';
  add_number(static_cast<std::int64_t>(sample.index), held_);
  held_ += sample.printed;
  held_ += '\n';
  if (held_.size() >= kMostHeld) write_samples();
}

void TryLog::write_samples() {
  write(samples_, held_);
  held_.clear();
}

void TryLog::flush(double seconds) {
  if (!held_.empty()) write_samples();
  for (const Stream stream : {Stream::Out, Stream::Err})
    if (const Row& row = rows_[index_of(stream)];
        row.size > 0 && seconds - row.seconds >= kBetweenRows)
      end_row(stream);
}

std::optional<double> TryLog::holds_since() const {
  std::optional<double> since;
  if (!held_.empty()) since = held_since_;
  for (const Row& row : rows_)
    if (row.size > 0) since = std::min(since.value_or(row.seconds), row.seconds);
  return since;
}

std::size_t TryLog::read_back(Stream stream, std::int64_t offset, std::span<char> buffer) const {
  const int file = streams_[index_of(stream)].fd.get();
  ssize_t n = 0;
  do n = file < 0 ? 0 : ::pread(file, buffer.data(), buffer.size(), offset);
  while (n < 0 && errno == EINTR);
  return static_cast<std::size_t>(std::max<ssize_t>(n, 0));
}

void TryLog::finish() {
  write_samples();
  end_row(Stream::Out);
  end_row(Stream::Err);
  for (const File* file : {&streams_[0], &streams_[1], &times_, &samples_})
    if (file->fd.get() >= 0 && ::fsync(file->fd.get()) != 0 && errno != EINVAL && error_.empty())
      error_ = std::string("the log is not safe on disk: ") + std::strerror(errno);
}

}  // namespace ipucnn::running
