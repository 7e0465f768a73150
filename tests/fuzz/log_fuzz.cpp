// Any bytes as a log: the same figures and counts whether it comes whole, with marks, or in pieces
// without, and every byte is counted once.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "ipucnn/measure.h"

namespace {

using ipucnn::LineCounts;
using ipucnn::LineReader;
using ipucnn::LogLine;
using ipucnn::Measurement;
using ipucnn::MetricPattern;

std::vector<MetricPattern> metrics() {
  std::vector<MetricPattern> all(4);
  all[0].name = "rate";
  all[0].line = "step:";
  all[0].before = "img/sec: ";
  all[0].unit = "samples/s";
  all[1].name = "share";
  all[1].before = "accuracy: ";
  all[1].after = "%";
  all[1].unit = "%";
  all[2].name = "time";
  all[2].regex = R"(took\s+(?P<value>[\d.]+) s)";
  all[2].unit = "s";
  all[3].name = "column";
  all[3].under = "Step Loss";
  all[3].before = "Step ";
  all[3].unit = "1";
  return all;
}

/// Takes pieces whose sizes the first bytes tell, or all at once, as a file is read.
Measurement measured(std::string_view log, std::string_view cuts, LineCounts& counts) {
  Measurement all(metrics(), {});
  LineReader reader;
  if (cuts.empty()) {
    reader.look_for(all);
    const ipucnn::LineBlockSink lines = [&](const ipucnn::LineBlock& block) { all.lines(block); };
    reader.feed(log, lines);
    reader.finish(lines);
    counts = reader.counts();
    return all;
  }
  const ipucnn::LineSink sink = [&](const LogLine& line) { all.line(line); };
  std::size_t cut = 0;
  for (std::size_t at = 0; at < log.size();) {
    const std::size_t size =
        std::max<std::size_t>(1, static_cast<unsigned char>(cuts[cut++ % cuts.size()]));
    reader.feed(log.substr(at, size), sink);
    at += size;
  }
  reader.finish(sink);
  counts = reader.counts();
  return all;
}

}  // namespace

// libFuzzer looks for this name.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kCuts = 4;
  if (size <= kCuts) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string_view log = input.substr(kCuts);
  LineCounts whole_counts;
  LineCounts cut_counts;
  const Measurement whole = measured(log, {}, whole_counts);
  const Measurement cut = measured(log, input.substr(0, kCuts), cut_counts);
  if (whole_counts.tags != cut_counts.tags || whole_counts.overlong != cut_counts.overlong ||
      whole_counts.tagged_bytes != cut_counts.tagged_bytes ||
      whole_counts.untagged_bytes != cut_counts.untagged_bytes)
    std::abort();
  const auto bytes = whole_counts.tagged_bytes + whole_counts.untagged_bytes;
  if (bytes < 0 || bytes > static_cast<std::int64_t>(log.size())) std::abort();
  if (whole.metrics().size() != cut.metrics().size()) std::abort();
  for (std::size_t i = 0; i < whole.metrics().size(); ++i) {
    const ipucnn::Series one = whole.series(i);
    const ipucnn::Series other = cut.series(i);
    if (one.per_instance != other.per_instance || one.unreadable != other.unreadable ||
        one.nobodys != other.nobodys)
      std::abort();
  }
  return 0;
}
