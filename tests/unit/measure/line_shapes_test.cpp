#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "ipucnn/measure.h"

namespace ipucnn {
namespace {

MetricPattern pattern(const char* name, const char* line, const char* before,
                      const char* after = "") {
  MetricPattern one;
  one.name = name;
  one.line = line;
  one.before = before;
  one.after = after;
  one.unit = "samples/s";
  return one;
}

/// What a measurement makes of a log that is read as a file is, many lines at a time.
Measurement by_blocks(const std::vector<MetricPattern>& metrics, const std::string& log,
                      std::mt19937& random) {
  Measurement all(metrics, {});
  LineReader reader;
  reader.look_for(all);
  const LineBlockSink sink = [&](const LineBlock& block) { all.lines(block); };
  for (std::size_t at = 0; at < log.size();) {
    const std::size_t size = 1 + random() % 40000;
    reader.feed(std::string_view(log).substr(at, size), sink);
    at += size;
  }
  reader.finish(sink);
  return all;
}

/// The same line after line, without marks.
Measurement by_lines(const std::vector<MetricPattern>& metrics, const std::string& log) {
  Measurement all(metrics, {});
  LineReader reader;
  const LineSink sink = [&](const LogLine& line) { all.line(line); };
  reader.feed(log, sink);
  reader.finish(sink);
  return all;
}

/// Bit for bit, so that -0 is not 0.
void expect_same(const Measurement& one, const Measurement& other, const std::string& log) {
  ASSERT_EQ(one.metrics().size(), other.metrics().size());
  ASSERT_EQ(one.instances(), other.instances()) << log;
  for (std::size_t i = 0; i < one.metrics().size(); ++i) {
    const Series a = one.series(i);
    const Series b = other.series(i);
    ASSERT_EQ(a.per_instance, b.per_instance) << one.metrics()[i].name << " in " << log;
    for (const auto& [instance, values] : a.per_instance)
      for (std::size_t k = 0; k < values.size(); ++k)
        ASSERT_EQ(std::signbit(values[k]), std::signbit(b.per_instance.at(instance)[k])) << log;
    ASSERT_EQ(a.unreadable, b.unreadable) << one.metrics()[i].name << " in " << log;
    ASSERT_EQ(a.nobodys, b.nobodys) << log;
    ASSERT_EQ(one.latest(one.metrics()[i].name), other.latest(one.metrics()[i].name)) << log;
  }
}

std::string some_number(std::mt19937& random) {
  static const char* const kOdd[] = {
      "1e309", "nan",  "inf",  "-inf", "1,024.5", "+5",      ".5",    "5.",    "-0.0",
      "12abc", "1e5",  "2E-3", "",     "-",       "1.2.3",   "007",   "1_000", "5,x",
      "5,6",   "-.25", "0",    "12e",  "3;4",     "1234567", "1e400", "0.1e",  "\xC3\xA9"};
  switch (random() % 8) {
    case 0:
      return kOdd[random() % std::size(kOdd)];
    case 1:
      return std::string(random() % 30 == 0 ? 400 : random() % 22, "1379"[random() % 4]);
    default: {
      std::string digits = std::to_string(random() % (random() % 2 == 0 ? 10000000 : 10000));
      const std::size_t point = random() % (digits.size() + 1);
      if (random() % 4 != 0) digits.insert(point, ".");
      return (random() % 6 == 0 ? "-" : "") + digits;
    }
  }
}

/// Lines of a few kinds, as a script prints them, with whatever may go wrong in them.
std::string lines_of_kinds(const std::vector<std::vector<std::string>>& kinds, std::size_t count,
                           std::mt19937& random) {
  std::string log;
  const bool tags = random() % 3 != 0;
  const unsigned strange = random() % 2 == 0 ? 1000 : 40;  // one in so many
  const auto now = [&] { return random() % strange == 0; };
  for (; count > 0; --count) {
    if (tags && !now()) {
      const unsigned instances = random() % 9 == 0 ? 2000 : 12;
      const char* const stream = now() ? "]<stderr>:" : "]<stdout>:";
      log += "[1," + std::to_string(random() % instances) + stream;
    }
    for (const std::string& part : kinds[random() % kinds.size()]) {
      if (now()) log += "\r";
      if (now()) log += "[1,3]<stdout>:";
      if (!now()) log += part;
      if (now()) log += "loss: /s :";
      const std::size_t width = random() % 8;
      const std::string number = some_number(random);
      log += std::string(width > number.size() ? width - number.size() : 0, ' ') + number;
    }
    log += now() ? "\r\n" : "\n";
  }
  if (now()) log.pop_back();
  return log;
}

TEST(Measurement, ReadsLinesOfAKindAsItDoesEachForItself) {
  const std::vector<std::vector<MetricPattern>> scripts = {
      {pattern("rate", "step:", "img/sec: ")},
      {pattern("rate", "step:", "img/sec: "), pattern("step", "", "step: "),
       pattern("share", "step:", "top-1 accuracy: ", "%"), pattern("loss", "", "loss: "),
       pattern("other", "Validation top-1 accuracy", "iteration: "),
       pattern("last", "step:", "time:"), pattern("end", "", "total_time: ", "s")},
      {pattern("a", "", ":"), pattern("b", "", "s: "), pattern("c", "loss", "ss: ", "e"),
       pattern("d", "", "s", ","), pattern("e", "step", "")},
      {pattern("long", "", "a text that is longer than sixteen bytes by far: "),
       pattern("Epoch", "", "Epoch "), pattern("after", "", "", "/s")}};
  const std::vector<std::vector<std::string>> kinds = {
      {"step: ", ", iteration: ", ", loss: ", ", top-1 accuracy: ", "%, img/sec: ", ", time: ",
       ", total_time: "},
      {"Validation top-1 accuracy (iteration: ", ", img/sec: ", "s, "},
      {"Epoch ", "/7 a text that is longer than sixteen bytes by far: ", " /s"},
      {"loss: ", "s, loss: ", " step:"},
      {"sec: ", "img/sec:", "loss"},
      {":::MLLOG {\"time_ms\": ", ", \"key\": \"seed\", \"value\": ", "}"},
      {"nothing that counts "}};
  std::mt19937 random(31);  // NOLINT(cert-msc51-cpp)
  for (int round = 0; round < 150; ++round) {
    std::vector<std::vector<std::string>> some;
    for (std::size_t i = random() % 3 + 1; i > 0; --i)
      some.push_back(kinds[random() % kinds.size()]);
    const std::string log = lines_of_kinds(some, random() % 600 + 20, random);
    for (const auto& metrics : scripts)
      ASSERT_NO_FATAL_FAILURE(
          expect_same(by_blocks(metrics, log, random), by_lines(metrics, log), log));
  }
}

TEST(Measurement, TakesNoLineForOneOfAnotherKind) {
  struct Pair {
    MetricPattern metric;
    const char* usual;
    const char* other;
  };
  const std::vector<Pair> pairs = {
      {pattern("in the tag", "", ":sec: "), "x:sec: 5", "sec: 5"},
      {pattern("longer text", "step", "sec: "), "step sec: 5", "stop sec: 5"},
      {pattern("one more place", "", "sec: "), "t/sec: 5", "sec: 7/sec: 5"},
      {pattern("first byte", "", "E: "), "E: 5", "xE: 5"},
      {pattern("blank", "", "sec: "), "sec: 5", "sec:5"},
      {pattern("goes on", "", "sec: "), "sec: 5, ", "sec: 5,0"},
      {pattern("unit", "", "sec: "), "sec: 5 ", "sec: 5k"},
      {pattern("sign", "", "sec: "), "sec: +5", "sec: -5"},
      {pattern("exponent", "", "sec: ", "e"), "sec: 12e,", "sec: 12e5"},
      {pattern("after", "", "sec: ", "s/x"), "sec: 12s/x", "sec: 12s/y"},
      {pattern("point", "", "sec: "), "sec: 1.25", "sec: 1,25"},
      {pattern("end", "", "sec: "), "sec: 12", "sec: 1"},
      {pattern("none", "", "sec: "), "sec: 12", "sec:   "}};
  std::mt19937 random(1);  // NOLINT(cert-msc51-cpp)
  for (const Pair& pair : pairs) {
    const std::string tag = "[1,0]<stdout>:";
    const std::string filler = tag + std::string(200, '.') + "\n";
    std::string log = filler;
    for (const char* line :
         {pair.usual, pair.usual, pair.usual, pair.other, pair.usual, pair.usual, pair.other})
      log += tag + line + "\n";
    log += filler;
    Measurement whole({pair.metric}, {});
    LineReader reader;
    reader.look_for(whole);
    reader.feed(log, [&](const LineBlock& block) { whole.lines(block); });
    ASSERT_NO_FATAL_FAILURE(expect_same(whole, by_lines({pair.metric}, log), log));
    ASSERT_FALSE(whole.series(0).per_instance.empty()) << pair.metric.name;
  }
}

/// Lines of fixed width, one after the other, and now and then one that is not quite such a line.
std::string lines_of_one_width(std::size_t count, std::mt19937& random) {
  static const char kAny[] = "0123456789 .,-+:\r\n[]/sxE\t\0";
  const unsigned strange = random() % 3 == 0 ? 12 : 300;  // one in so many
  const int rank_width = static_cast<int>(random() % 3);  // 0: no tags
  std::string log;
  for (; count > 0; --count) {
    char line[256];
    const int size = std::snprintf(
        line, sizeof line,
        "step: %6u, iteration: %6u, lr: %6.4g, loss: %7.3f, img/sec: %6.2f, t: %4u\n",
        static_cast<unsigned>(random() % 2000), static_cast<unsigned>(random() % 1000000),
        static_cast<double>(random() % 100) / 256, (static_cast<double>(random() % 4000) - 400) / 8,
        static_cast<double>(random() % 1000) / 7, static_cast<unsigned>(random() % 10000));
    std::string text(line, static_cast<std::size_t>(size));
    if (rank_width > 0)
      text.insert(0, "[1," + std::to_string(random() % (rank_width == 1 ? 8 : 16)) +
                         (random() % strange == 0 ? "]<stderr>:" : "]<stdout>:"));
    while (random() % strange == 0)
      text[random() % text.size()] = kAny[random() % (sizeof kAny - 1)];
    if (random() % strange == 0) text.insert(random() % text.size(), "[1,2]<stdout>:");
    if (random() % strange == 0) text.erase(random() % text.size(), 1);
    log += text;
  }
  return log;
}

TEST(Measurement, KnowsALineForOneThatWasThereBefore) {
  const std::vector<std::vector<MetricPattern>> scripts = {
      {pattern("rate", "step:", "img/sec: ")},
      {pattern("rate", "step:", "img/sec: "), pattern("step", "", "step: "),
       pattern("loss", "", "loss: "), pattern("lr", "lr:", "lr: ", ","), pattern("t", "", "t: ")},
      {pattern("of a digit", "", "0, lr: "), pattern("of blanks", "", ",  "),
       pattern("t", "", "t:")}};
  std::mt19937 random(17);  // NOLINT(cert-msc51-cpp)
  for (int round = 0; round < 150; ++round) {
    const std::string log = lines_of_one_width(random() % 1500 + 50, random);
    for (const auto& metrics : scripts)
      ASSERT_NO_FATAL_FAILURE(
          expect_same(by_blocks(metrics, log, random), by_lines(metrics, log), log));
  }
}

TEST(LineReader, TellsLinesThatWereThereBeforeByTheirLayout) {
  std::string log = "\n";
  constexpr int kLines = 5000;
  for (int i = 0; i < kLines; ++i)
    log += "[1," + std::to_string(i % 8) + "]<stdout>:step: " + std::to_string(100000 + i) +
           ", img/sec: " + std::to_string(20000 + i) + ".25, end\n";
  Measurement all({pattern("rate", "step:", "img/sec: ")}, {});
  LineReader reader;
  reader.look_for(all);
  std::size_t known = 0;
  reader.feed(log, [&](const LineBlock& block) {
    known += block.usual != nullptr ? block.lines.size() : 0;
    for (const LineBlock::Line& one : block.lines)
      EXPECT_EQ(block.line(one).text.substr(0, 7), "step: 1");
    all.lines(block);
  });
  const Series series = all.series(0);
  ASSERT_EQ(series.per_instance.size(), 8U);
  EXPECT_EQ(series.per_instance.at(7).back(), 20000.25 + kLines - 1);
  EXPECT_EQ(reader.counts().tags, kLines);
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx2") != 0) {
    EXPECT_GT(known, kLines * 9 / 10);
  }
#endif
}

}  // namespace
}  // namespace ipucnn
