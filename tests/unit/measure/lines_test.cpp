#include <gtest/gtest.h>
#include <re2/re2.h>

#include <array>
#include <map>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "ipucnn/measure.h"

namespace ipucnn {
namespace {

/// Lines as "0: text", or "-: text" where no tag says whose they are.
std::vector<std::string> lines_of(const std::vector<std::string>& pieces) {
  std::vector<std::string> lines;
  const LineSink sink = [&](const LogLine& line) {
    lines.push_back((line.tagged ? std::to_string(line.instance) : "-") + ": " +
                    std::string(line.text));
  };
  LineReader reader;
  for (const std::string& piece : pieces) reader.feed(piece, sink);
  reader.finish(sink);
  return lines;
}

using Lines = std::vector<std::string>;

TEST(LineReader, EndsLinesAtLfAndCr) {
  EXPECT_EQ(lines_of({"one\ntwo\rthree\r\nfour"}),
            (Lines{"-: one", "-: two", "-: three", "-: four"}));
}

TEST(LineReader, GivesTaggedLinesToTheirInstance) {
  EXPECT_EQ(lines_of({"[1,0]<stdout>:a\n[1,12]<stdout>:b\nnobody's\n"}),
            (Lines{"0: a", "12: b", "-: nobody's"}));
}

TEST(LineReader, FindsATagInTheMiddleOfALine) {
  EXPECT_EQ(lines_of({"[1,0]<stderr>: 10%[1,1]<stderr>: 20%[1,0]<stderr>: 30%\n[1,1]<stderr>:!\n"}),
            (Lines{"0:  10% 30%", "1:  20%!"}));
}

TEST(LineReader, KeepsTheInstanceBehindACarriageReturn) {
  EXPECT_EQ(lines_of({"[1,3]<stdout>:10%\r20%\rdone\n"}), (Lines{"3: 10%", "3: 20%", "3: done"}));
}

TEST(LineReader, TakesBracketsThatAreNoTagAsText) {
  EXPECT_EQ(lines_of({"[b1/2, b2/3]\n[1,\n[1,2]<stdin>:x\n[12345678901,2]<stdout>:y\n[1,2"}),
            (Lines{"-: [b1/2, b2/3]", "-: [1,", "-: [1,2]<stdin>:x", "-: [12345678901,2]<stdout>:y",
                   "-: [1,2"}));
}

TEST(LineReader, KeepsTheStreamsOfOneInstanceApart) {
  EXPECT_EQ(lines_of({"[1,0]<stdout>:out [1,0]<stderr>:err\n[1,0]<stdout>:put\n"}),
            (Lines{"0: err", "0: out put"}));
}

TEST(LineReader, GivesNothingOnOfALineThatIsTooLong) {
  LineReader reader;
  std::vector<std::string> lines;
  const LineSink sink = [&](const LogLine& line) { lines.emplace_back(line.text); };
  for (int i = 0; i < 100; ++i) reader.feed(std::string(1000, 'x'), sink);
  reader.feed(" img/sec: 12\nnext\n", sink);
  EXPECT_EQ(lines, std::vector<std::string>{"next"});
  EXPECT_EQ(reader.counts().overlong, 1);
}

TEST(LineReader, DoesNotDependOnWhereItsInputIsCut) {
  const std::string log =
      "12:00:00.000 1 POPRUN [I] text\n[1,0]<stdout>:first[1,10]<stdout>:other\rbar[1,0]<stdout>: "
      "line\n[1,10]<stderr>:[b1/2]\n[1,0]<stdout>:\n[1,2]<std";
  const Lines whole = lines_of({log});
  std::mt19937 random(7);
  for (int round = 0; round < 500; ++round) {
    std::vector<std::string> pieces;
    for (std::size_t at = 0; at < log.size();) {
      const std::size_t size = 1 + random() % 9;
      pieces.push_back(log.substr(at, size));
      at += size;
    }
    ASSERT_EQ(lines_of(pieces), whole);
  }
}

/// All that a reader tells of its input, in one text; `piece`: how many bytes come next.
template <typename Piece>
std::string told(const std::string& log, const Piece& piece) {
  std::string all;
  const LineSink sink = [&](const LogLine& line) {
    all += std::to_string(line.offset) + " " + std::to_string(line.instance) +
           (line.tagged ? "! " : "? ") + std::string(line.text) + "\n";
  };
  LineReader reader;
  for (std::size_t at = 0; at < log.size();) {
    const std::size_t size = piece();
    reader.feed(std::string_view(log).substr(at, size), sink);
    at += size;
  }
  reader.finish(sink);
  const LineCounts& counts = reader.counts();
  return all + std::to_string(counts.tags) + " " + std::to_string(counts.tagged_bytes) + " " +
         std::to_string(counts.untagged_bytes) + " " + std::to_string(counts.overlong) + " " +
         std::to_string(counts.overlong_bytes);
}

/// The same by the rules alone, one byte after the other.
std::string told_slowly(const std::string& log) {
  static const RE2 kTag(R"(\[\d{1,9},(\d{1,9})\]<(stdout|stderr|stddiag)>:)", RE2::Latin1);
  struct Part {
    std::string text;
    std::size_t offset = 0;
    std::size_t size = 0;
  };
  std::map<std::tuple<bool, std::int64_t, std::string>, Part> parts;
  std::tuple<bool, std::int64_t, std::string> now;
  std::string all;
  std::int64_t tags = 0;
  std::array<std::size_t, 4> counts{};  // tagged, untagged, overlong, its bytes
  const auto end = [&](const auto& key, Part& part) {
    const bool overlong = part.size > LineReader::kLongestLine;
    counts[2] += overlong ? 1 : 0;
    counts[3] += overlong ? part.size : 0;
    if (part.size > 0 && !overlong)
      all += std::to_string(part.offset) + " " + std::to_string(std::get<1>(key)) +
             (std::get<0>(key) ? "! " : "? ") + part.text + "\n";
    part = {};
  };
  for (std::size_t at = 0; at < log.size();) {
    re2::StringPiece rest(log.data() + at, log.size() - at);
    std::int64_t instance = 0;
    std::string stream;
    if (log[at] == '[' && RE2::Consume(&rest, kTag, &instance, &stream)) {
      ++tags;
      now = {true, instance, stream};
      at = log.size() - rest.size();
      continue;
    }
    const char c = log[at++];
    if (c == '\n' || c == '\r') {
      end(now, parts[now]);
      if (c == '\n') now = {};
      continue;
    }
    Part& part = parts[now];
    if (part.size++ == 0) part.offset = at - 1;
    part.text += c;
    ++counts[std::get<0>(now) ? 0 : 1];
  }
  std::map<std::tuple<bool, std::int64_t, int>, std::pair<decltype(now), Part*>> in_order;
  for (auto& [key, part] : parts) {
    const auto& stream = std::get<2>(key);
    const int place = stream.empty() ? 0 : stream == "stdout" ? 1 : stream == "stderr" ? 2 : 3;
    in_order[{std::get<0>(key), std::get<1>(key), place}] = {key, &part};
  }
  for (auto& [place, one] : in_order) end(one.first, *one.second);
  all += std::to_string(tags);
  for (const std::size_t count : counts) all += " " + std::to_string(count);
  return all;
}

TEST(LineReader, TellsWhatTheRulesSayOfAnyInputWhereverItIsCut) {
  using namespace std::string_literals;
  const std::string parts[] = {"\n"s,
                               "\r"s,
                               "["s,
                               "[1,0]<stdout>:"s,
                               "[1,7]<stderr>:"s,
                               "a"s,
                               "[1,"s,
                               "text text"s,
                               "[1,0]<stdout>:"s,
                               "[INFO] x"s,
                               "\n\n"s,
                               "\r\n"s,
                               "]<stdout>:"s,
                               "[1,7]<stdout>:"s,
                               "12"s,
                               "\0\xff[\xc3"s,
                               "\n[1,0]<stdout>:step: 1, img/sec: 12.5"s,
                               "\n[12345,67890]<stddiag>:"s,
                               "[1234567890,1]<stdout>:"s};
  std::mt19937 random(11);
  for (int round = 0; round < 3000; ++round) {
    std::string log;
    const bool is_long = round % 100 == 0;
    for (std::size_t i = random() % (is_long ? 9000 : 40); i > 0; --i) {
      log += parts[random() % std::size(parts)];
      if (random() % 4000 == 0) log += std::string(random() % 140000, 'x');
    }
    const std::string right = told_slowly(log);
    ASSERT_EQ(told(log, [&] { return log.size(); }), right) << log;
    for (const std::size_t most : {3UL, 25UL, 6000UL})
      ASSERT_EQ(told(log, [&] { return 1 + random() % most; }), right) << log;
  }
}

TEST(LineReader, MarksOfAMeasurementChangeNoFigure) {
  const auto pattern = [](const char* name, const char* line, const char* before) {
    MetricPattern one;
    one.name = name;
    one.line = line;
    one.before = before;
    one.unit = "samples/s";
    return one;
  };
  const std::vector<MetricPattern> metrics = {
      pattern("rate", "step:", "img/sec: "), pattern("loss", "step:", "loss: "),
      pattern("lr", "", "lr: "), pattern("late", "time:", "loss: ")};
  const char* const words[] = {
      "step: ",         "img/sec: 12.5",    "loss: 0.25", "lr: 1e-3",  "img/sec: x", "time: ",
      "[1,0]<stdout>:", "\n[1,1]<stdout>:", ", ",         "\nstep: 3", "\r",         "loss: 7"};
  std::mt19937 random(12);
  for (int round = 0; round < 500; ++round) {
    std::string log;
    for (std::size_t i = random() % 3000; i > 0; --i) log += words[random() % std::size(words)];
    Measurement with(metrics, {});
    Measurement without(metrics, {});
    Measurement other({metrics[1]}, {});
    LineReader reader;
    reader.look_for(with);
    LineReader plain;
    const LineSink both = [&](const LogLine& line) {
      with.line(line);
      other.line(line);  // the marks are not its own
    };
    const LineSink one = [&](const LogLine& line) { without.line(line); };
    for (std::size_t at = 0; at < log.size();) {
      const std::size_t size = 1 + random() % 9000;
      reader.feed(std::string_view(log).substr(at, size), both);
      at += size;
    }
    reader.finish(both);
    plain.feed(log, one);
    plain.finish(one);
    for (std::size_t i = 0; i < metrics.size(); ++i) {
      ASSERT_EQ(with.series(i).per_instance, without.series(i).per_instance) << log;
      ASSERT_EQ(with.series(i).unreadable, without.series(i).unreadable) << log;
    }
    ASSERT_EQ(other.series(0).per_instance, without.series(1).per_instance) << log;
  }
}

}  // namespace
}  // namespace ipucnn
