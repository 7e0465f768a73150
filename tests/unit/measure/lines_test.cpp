#include <gtest/gtest.h>

#include <random>
#include <string>
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

/// All that a reader tells of its input, in one text.
std::string told(const std::string& log, std::mt19937* random) {
  std::string all;
  const LineSink sink = [&](const LogLine& line) {
    all += std::to_string(line.offset) + " " + std::to_string(line.instance) +
           (line.tagged ? "! " : "? ") + std::string(line.text) + "\n";
  };
  LineReader reader;
  for (std::size_t at = 0; at < log.size();) {
    const std::size_t size = random == nullptr ? log.size() : 1 + (*random)() % 25;
    reader.feed(std::string_view(log).substr(at, size), sink);
    at += size;
  }
  reader.finish(sink);
  const LineCounts& counts = reader.counts();
  return all + std::to_string(counts.tags) + " " + std::to_string(counts.tagged_bytes) + " " +
         std::to_string(counts.untagged_bytes);
}

TEST(LineReader, TellsTheSameOfAnyInputWhereverItIsCut) {
  const char* const parts[] = {"\n",   "\r",   "[",          "[1,0]<stdout>:", "[1,7]<stderr>:",
                               "a",    "[1,",  "text text",  "[1,0]<stdout>:", "[INFO] x",
                               "\n\n", "\r\n", "]<stdout>:", "[1,7]<stdout>:", "12"};
  std::mt19937 random(11);
  for (int round = 0; round < 3000; ++round) {
    std::string log;
    for (std::size_t i = random() % 40; i > 0; --i) log += parts[random() % std::size(parts)];
    const std::string whole = told(log, nullptr);
    for (int cut = 0; cut < 3; ++cut) ASSERT_EQ(told(log, &random), whole) << log;
  }
}

}  // namespace
}  // namespace ipucnn
