// A descriptor of a user's: every word of it is judged where it stands.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "ipucnn/catalog.h"
#include "unit/support/test_job.h"

namespace ipucnn {
namespace {

constexpr std::string_view kDescriptor = R"(applications:
  app@1:
    purposes: {train: {script: t.py, launchers: [none]}}
    scripts: {t.py: {proof: speed}}
    quantities: {micro_batch: n}
    options:
      n: {flag: --n, type: int, default: 1}
      word: {flag: --word, type: str, choices: [a, b]}
      sw: {flag: --sw, type: switch, default: false}
      EXTRA
    metrics: {speed: {text: "x {value}", unit: samples/s}}
)";

/// First line of each finding, without file and place.
std::string said(std::string_view extra_option, std::string_view more = "") {
  std::string text(kDescriptor);
  text.replace(text.find("EXTRA"), 5, extra_option.empty() ? "o: {flag: --o}" : extra_option);
  text += more;
  Sources sources;
  Diagnostics findings;
  Catalog catalog(sources);
  catalog.add(sources, sources.add("a.yml", text), Layer::Named, {}, findings);
  std::string out;
  for (const Diagnostic* d : findings.sorted())
    out += (out.empty() ? "" : "; ") + d->message + (d->help.empty() ? "" : " | " + d->help);
  return out;
}

TEST(DescriptorReader, LetsAGoodOnePass) { EXPECT_EQ(said(""), ""); }

TEST(DescriptorReader, RefusesFieldsThatNothingReads) {
  EXPECT_EQ(said("o: {flag: --o, typ: int}"),
            "nothing reads the key typ under o | did you mean 'type'?");
}

TEST(DescriptorReader, RefusesWordsThatStandForNothing) {
  EXPECT_EQ(said("o: {flag: --o, type: itn}"), "type cannot be 'itn' | did you mean 'int'?");
  EXPECT_EQ(said("o: {flag: --o, scripts: [u.py]}"),
            "there is no script 'u.py' | did you mean 't.py'?");
  EXPECT_EQ(said("o: {flag: --o, only_with: {wrod: a}}"),
            "there is no option 'wrod' | did you mean 'word'?");
  EXPECT_EQ(said("o: {flag: --o, only_with: {word: c}}"),
            "word is never 'c' | there is 'a' and 'b'");
  EXPECT_EQ(said("o: {flag: --o, only_with: {n: {mim: 1}}}"),
            "there is no test 'mim' | did you mean 'min'?");
}

TEST(DescriptorReader, RefusesValuesThatAnOptionNeverHas) {
  EXPECT_EQ(said("o: {flag: --o, only_with: {sw: 1}}"), "sw is never '1'");
  EXPECT_EQ(said("o: {flag: --o, only_with: {n: x}}"), "n is never 'x'");
  EXPECT_EQ(said("o: {flag: --o, only_with: {n: '2'}}"), "");
  EXPECT_EQ(said("o: {flag: --o, type: int, default: x}"), "o has type int and cannot be 'x'");
}

TEST(DescriptorReader, RefusesWrongForms) {
  EXPECT_EQ(said("o: {type: int}"), "o has no `flag`");
  EXPECT_EQ(said("o: [1]"), "o needs a mapping");
  EXPECT_EQ(said("o: {flag: --o, required: 1}"), "required needs true or false");
  EXPECT_EQ(said("", "    data_sets: {d: {training: -1}}\n"),
            "training needs a whole number of at least 0");
}

TEST(DescriptorReader, KnowsRules) {
  EXPECT_EQ(said("", "    rules: [{option: n, needs: {n: {min: stages}}}]\n"), "");
  EXPECT_EQ(said("", "    rules: [{option: n, needs: {n: {min: stags}}}]\n"),
            "there is no option or figure 'stags' | did you mean 'stages'?");
  EXPECT_EQ(said("", "    rules: [{option: n, id: K999, needs: {n: 1}}]\n").substr(0, 26),
            "there is no finding 'K999'");
  EXPECT_EQ(said("", "    rules: [{option: n, needs: {n: 1}, excludes: {n: 2}}]\n"),
            "needs and excludes exclude each other");
}

TEST(DescriptorReader, JudgesWhatIsNotUsedYet) {
  EXPECT_EQ(said("", "    resources: {memory_gb: 64, cpus: 8}\n    aliases: ['2']\n"), "");
  EXPECT_EQ(said("", "    resources: {memory: 64}\n"),
            "nothing reads the key memory under resources | did you mean 'memory_gb'?");
}

}  // namespace
}  // namespace ipucnn
