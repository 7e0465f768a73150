// The rules that a descriptor states: every word of a test, every form of a rule.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "unit/support/test_job.h"

namespace ipucnn {
namespace {

using testing::TestJob;

constexpr std::string_view kApplication = R"(applications:
  app@1:
    purposes: {train: {script: t.py, launchers: [none]}, other: {script: u.py}}
    quantities: {accumulation: acc}
    options:
      acc: {flag: --acc, type: int, default: 1}
      a: {flag: --a, type: int}
      b: {flag: --b, type: int}
      word: {flag: --word, type: str}
      list: {flag: --list, type: str, arity: +}
      parts: {flag: --parts, type: float, arity: +}
      empty: {flag: --empty, type: str, default: ''}
      on: {flag: --on, type: switch, default: false}
    rules:
    - RULE
presets: {app@1: {p: {acc: 1}}}
)";

/// Severity, id and message of each finding, notes and help, without places; a line each.
std::string said(std::string_view rule, const std::string& words) {
  std::string file(kApplication);
  file.replace(file.find("RULE"), 4, rule);
  TestJob bench(file);
  bench.run("check --config p " + words);
  std::string out;
  for (std::size_t at = 0; at < bench.out.size();) {
    const std::size_t end = bench.out.find('\n', at);
    const std::string line = bench.out.substr(at, end - at);
    at = end + 1;
    const std::size_t head = std::min(
        {line.find(" error["), line.find(" warning["), line.find(" note["), line.find(" error:")});
    if (head != std::string::npos)
      out += line.substr(head + 1) + "\n";
    else if (line.rfind("  help: ", 0) == 0 || line.rfind("  note: ", 0) == 0)
      out += line.substr(2, line.find(" (") - 2) + "\n";
  }
  return out;
}

TEST(Bounds, AreNumbersOrOtherOptions) {
  EXPECT_EQ(said("{option: a, needs: {a: {min: 2, max: 9}}}", "--a 2"), "");
  EXPECT_EQ(said("{option: a, needs: {a: {min: 2, max: 9}}}", "--a 9"), "");
  EXPECT_EQ(said("{option: a, needs: {a: {min: 2, max: 9}}}", "--a 1"),
            "error[N001]: a 1 is below 2\nhelp: use at least 2\n");
  EXPECT_EQ(said("{option: a, needs: {a: {min: 2, max: 9}}}", "--a 10"),
            "error[N001]: a 10 is above 9\nhelp: use at most 9\n");
  EXPECT_EQ(said("{option: a, needs: {a: {above: b}}}", "--a 5 --b 5"),
            "error[N001]: a 5 is not above 5 (b)\nhelp: use more than 5\n");
  EXPECT_EQ(said("{option: a, needs: {a: {below: b}}}", "--a 5 --b 5"),
            "error[N001]: a 5 is not below 5 (b)\nhelp: use less than 5\n");
}

TEST(Bounds, ThatAreNotKnownMakeNoFinding) {
  EXPECT_EQ(said("{option: a, needs: {a: {above: b}}}", "--a 5"), "");
  EXPECT_EQ(said("{option: a, needs: {a: {above: updates per epoch}}}", "--a 5"), "");
}

TEST(Multiples, NameTheNearest) {
  EXPECT_EQ(said("{option: a, needs: {a: {multiple_of: b}}}", "--a 8 --b 4"), "");
  EXPECT_EQ(said("{option: a, needs: {a: {multiple_of: b}}}", "--a 10 --b 4"),
            "error[N001]: a 10 is not a multiple of 4 (b)\nhelp: use 8 or 12\n");
  EXPECT_EQ(said("{option: a, needs: {a: {multiple_of: b}}}", "--a 3 --b 4"),
            "error[N001]: a 3 is not a multiple of 4 (b)\nhelp: use 4\n");
  EXPECT_EQ(said("{option: a, needs: {a: {divides: b}}}", "--a 4 --b 8"), "");
  EXPECT_EQ(said("{option: a, needs: {a: {divides: b}}}", "--a 3 --b 8"),
            "error[N001]: a 3 does not divide 8 (b)\nhelp: use 2 or 4\n");
  EXPECT_EQ(said("{option: a, needs: {a: {divides: b}}}", "--a 9 --b 8"),
            "error[N001]: a 9 does not divide 8 (b)\nhelp: use 8\n");
}

TEST(PowersOfTwo, NameTheNearest) {
  EXPECT_EQ(said("{option: a, needs: {a: {power_of_two: true}}}", "--a 1"), "");
  EXPECT_EQ(said("{option: a, needs: {a: {power_of_two: true}}}", "--a 6"),
            "error[N001]: a 6 is not a power of two\nhelp: use 4 or 8\n");
  EXPECT_EQ(said("{option: a, needs: {a: {power_of_two_times: b}}}", "--a 12 --b 3"), "");
  EXPECT_EQ(said("{option: a, needs: {a: {power_of_two_times: b}}}", "--a 9 --b 3"),
            "error[N001]: a 9 is not 3 (b) times a power of two\nhelp: use 6 or 12\n");
}

TEST(Texts, AreComparedAndSearched) {
  EXPECT_EQ(said("{option: word, needs: {word: [x, y]}}", "--word y"), "");
  EXPECT_EQ(said("{option: word, needs: {word: [x, y]}}", "--word z"),
            "error[N001]: word z is not x or y\nhelp: use x or y\n");
  EXPECT_EQ(said("{option: word, needs: {word: {contains: [net, cifar]}}}", "--word ImageNet"), "");
  EXPECT_EQ(said("{option: word, needs: {word: {contains: [net, cifar]}}}", "--word mnist"),
            "error[N001]: word mnist does not contain net or cifar\n"
            "help: use a name that contains net or cifar\n");
  EXPECT_EQ(said("{option: word, needs: {word: {number_or: AUTO}}}", "--word 3"), "");
  EXPECT_EQ(said("{option: word, needs: {word: {number_or: AUTO}}}", "--word AUTO"), "");
  EXPECT_EQ(said("{option: word, needs: {word: {number_or: AUTO}}}", "--word x"),
            "error[N001]: word x is neither a number nor AUTO\nhelp: use a number or AUTO\n");
}

TEST(Lists, AreCounted) {
  const std::string_view rule =
      "{option: list, when: {list: {count: {min: 2}}}, needs: {on: true}}";
  EXPECT_EQ(said(rule, "--list x"), "");
  EXPECT_EQ(said(rule, "--list x y --on"), "");
  EXPECT_EQ(said(rule, "--list x y"),
            "error[K060]: list [x, y] needs on, and it is off\nhelp: set on, or leave list out\n");
}

TEST(Lists, AreHeldToABoundItemByItem) {
  const std::string_view rule = "{option: parts, needs: {parts: {each: {above: 0, max: 1}}}}";
  EXPECT_EQ(said(rule, "--parts 0.1 1"), "");
  EXPECT_EQ(said(rule, "--parts 1 1.5"), "error[N001]: parts [1, 1.5] holds 1.5\n");
  EXPECT_EQ(said(rule, "--parts 0 1"), "error[N001]: parts [0, 1] holds 0\n");
}

TEST(Texts, ThatAreEmptyAreNotSet) {
  EXPECT_EQ(said("{option: a, needs: {empty: {set: true}}}", "--a 1 --empty x"), "");
  EXPECT_EQ(said("{option: a, needs: {empty: {set: true}}}", "--a 1"),
            "error[K060]: a 1 needs empty, and it is not set\nhelp: set empty, or leave a out\n");
}

TEST(Rules, SpeakOfValuesThatSomebodySet) {
  EXPECT_EQ(said("{option: a, needs: {b: {set: true}}}", "--a 1 --b 1"), "");
  EXPECT_EQ(said("{option: a, needs: {b: {set: true}}}", "--a 1"),
            "error[K060]: a 1 needs b, and it is not set\nhelp: set b, or leave a out\n");
  EXPECT_EQ(said("{option: a, needs_any: [b, word]}", "--a 1 --word x"), "");
  EXPECT_EQ(said("{option: a, needs_any: [b, word]}", "--a 1"),
            "error[K060]: a 1 needs b or word, and none is set\nhelp: set b or word\n");
  EXPECT_EQ(said("{option: a, excludes: {b: {set: true}}}", "--a 1"), "");
  EXPECT_EQ(said("{option: a, excludes: {b: {set: true}}}", "--a 1 --b 2"),
            "error[K061]: a 1 excludes b 2\nnote: b is set here\nhelp: leave out a or b\n");
  EXPECT_EQ(said("{option: a, used_when: {on: true}}", "--a 1 --on"), "");
  EXPECT_EQ(said("{option: a, used_when: {on: true}}", "--a 1"),
            "warning[K062]: a 1 has no effect: on is off\nhelp: it counts with on\n");
}

TEST(Rules, MayHaveWordsOfTheirOwn) {
  EXPECT_EQ(said("{id: M002, when: {a: 1}, says: it is so, effect: that follows, help: do this}",
                 "--a 1"),
            "warning[M002]: it is so: that follows\nhelp: do this\n");
}

TEST(Rules, PutValuesInTheirWords) {
  EXPECT_EQ(said("{id: M002, option: a, when: {a: {min: 1}}, says: 'a is {a}, acc {acc}', effect: "
                 "'{accumulation} then', help: 'not {a}; {'}",
                 "--a 5 --acc 3"),
            "warning[M002]: a is 5, acc 3: 3 then\nhelp: not 5; {\n");
}

TEST(Rules, OfPoorEvidenceOnlyWarnAndSaySo) {
  EXPECT_EQ(
      said("{option: a, evidence: inferred, needs: {a: 2}}", "--a 1"),
      "warning[N001]: a 1 is not 2\nnote: this is inferred, nothing documents it\nhelp: use 2\n");
  EXPECT_EQ(
      said("{option: a, evidence: documented, needs: {a: 2}}", "--a 1"),
      "warning[N001]: a 1 is not 2\nnote: the documents say so; no code checks it\nhelp: use 2\n");
}

TEST(Rules, OfAnotherScriptAreSilent) {
  EXPECT_EQ(said("{option: a, scripts: [u.py], needs: {a: 2}}", "--a 1"), "");
}

}  // namespace
}  // namespace ipucnn
