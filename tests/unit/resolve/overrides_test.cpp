#include "ipucnn/overrides.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/split_argv.h"
#include "ipucnn/yaml_text.h"
#include "unit/support/test_job.h"

namespace ipucnn {
namespace {

using testing::text_of;

constexpr std::string_view kApp = R"(applications:
  app@1:
    purposes: {train: {script: t.py}, test: {script: v.py}}
    quantities: {}
    options:
      batch_size: {flag: --batch-size, type: int}
      batch_norm: {flag: --batch-norm, type: switch}
      no_test: {flag: --no-test, type: switch, stores: false}
      rate: {flag: --rate, type: float}
      kind: {flag: --kind, type: str_lower, choices: [sgd, lars]}
      level: {flag: --level, type: int, range: [1, 9]}
      splits: {flag: --splits, type: str, arity: +}
      BN_span: {flag: --BN-span, type: int}
      repeat: {flag: --repeat, type: int, scripts: [v.py]}
      drops: {flag: --drops, type: int, only_with: {kind: [lars]}}
)";

/// "key=[values]; ..." of what the words give, then the findings.
std::string read(const std::vector<std::string>& words) {
  Sources sources;
  Diagnostics findings;
  Catalog catalog(sources);
  catalog.add(sources, sources.add("app.yml", std::string(kApp)), Layer::Named, {}, findings);
  const auto schema = AppSchema::load(catalog, catalog.find_application({"app", ""}), findings);
  std::vector<std::string> args = {"run", "--"};
  args.insert(args.end(), words.begin(), words.end());
  const cli::SplitArgv split = cli::split_argv("ipucnn", args);
  sources.set_command_line(split.text);
  const Facts facts = [](std::string_view key) {
    return key == "kind" ? std::optional<std::string_view>("sgd") : std::nullopt;
  };
  std::string out;
  for (const auto& given :
       resolving::parse_overrides(split.overrides, *schema, "t.py", facts, findings)) {
    out += std::string(given.option.key) + "=";
    for (const Scalar& item : given.value.items) out += "[" + item.text + "]";
    out += given.value.is_list ? " list;" : ";";
  }
  return out + text_of(findings, sources);
}

TEST(Overrides, TakeAValueBehindABlankOrAnEqualsSign) {
  EXPECT_EQ(read({"--batch-size", "4", "--rate=0.5"}), "batch_size=[4];rate=[0.5];");
  EXPECT_EQ(read({"--rate=", "--splits="}),
            "rate=[];splits=[] list;"
            "command line:1:22: error[K012]: --rate needs a number, not ''\n"
            "    ipucnn run -- --rate= --splits=\n"
            "                         ^\n");
}

TEST(Overrides, KeepEveryUseSoThatTheLastWins) {
  EXPECT_EQ(read({"--batch-size", "4", "--batch-size", "5"}), "batch_size=[4];batch_size=[5];");
}

TEST(Overrides, TakeHyphensAndUnderscoresForTheSame) {
  EXPECT_EQ(read({"--batch_size", "4", "--BN_span=2"}), "batch_size=[4];BN_span=[2];");
}

TEST(Overrides, TakeSwitchesAlone) {
  EXPECT_EQ(read({"--batch-norm", "--no-test"}), "batch_norm=[true];no_test=[false];");
}

TEST(Overrides, TakeListsUpToTheNextOption) {
  EXPECT_EQ(read({"--splits", "a", "-1", "b c", "--rate", "1"}),
            "splits=[a][-1][b c] list;rate=[1];");
}

TEST(Overrides, TakeNegativeNumbersAsArgparseDoes) {
  EXPECT_EQ(read({"--rate", "-13", "--rate", "-9.5", "--rate", "-.5"}),
            "rate=[-13];rate=[-9.5];rate=[-.5];");
  EXPECT_EQ(read({"--rate=-1e-5"}), "rate=[-1e-5];");
  EXPECT_EQ(read({"--rate", "-1e-5"}),
            "command line:1:15: error[K010]: --rate needs a value\n"
            "    ipucnn run -- --rate -1e-5\n"
            "                  ^~~~~~\n"
            "  help: a value that begins with a dash is written --rate=-1e-5\n"
            "command line:1:22: error[K007]: t.py has no option -1e-5\n"
            "    ipucnn run -- --rate -1e-5\n"
            "                         ^~~~~\n"
            "  help: there is '--batch-size', '--batch-norm', '--no-test', '--rate',\n"
            "        '--kind', '--level', '--splits' and '--BN-span'\n");
}

TEST(Overrides, TakeAWordWithABlankForAValue) {
  EXPECT_EQ(read({"--splits", "-a b", "--kind=lars"}), "splits=[-a b] list;kind=[lars];");
  EXPECT_EQ(read({"--splits=-a b"}), "splits=[-a b] list;");
}

TEST(Overrides, TakeAPrefixThatFitsOneOption) {
  EXPECT_EQ(read({"--batch-s", "4"}),
            "batch_size=[4];"
            "command line:1:15: note[K018]: '--batch-s' stands for --batch-size\n"
            "    ipucnn run -- --batch-s 4\n"
            "                  ^~~~~~~~~\n");
  EXPECT_EQ(read({"--batch", "4"}),
            "command line:1:15: error[K008]: '--batch' fits 2 options\n"
            "    ipucnn run -- --batch 4\n"
            "                  ^~~~~~~\n"
            "  help: it could be --batch-size or --batch-norm\n");
}

TEST(Overrides, PreferAnExactNameToLongerOnes) { EXPECT_EQ(read({"--rate", "1"}), "rate=[1];"); }

TEST(Overrides, SayWhereAnUnknownOptionWouldExist) {
  EXPECT_EQ(read({"--repeat", "3", "--drops=2"}),
            "command line:1:15: error[K007]: t.py has no option --repeat\n"
            "    ipucnn run -- --repeat 3 --drops=2\n"
            "                  ^~~~~~~~\n"
            "  help: it is an option of v.py (--purpose test)\n"
            "command line:1:26: error[K007]: t.py has no option --drops\n"
            "    ipucnn run -- --repeat 3 --drops=2\n"
            "                             ^~~~~~~\n"
            "  help: it exists only with kind lars, and here it is sgd\n");
}

TEST(Overrides, ReportEveryFaultInOnePass) {
  EXPECT_EQ(read({"--batch-size", "x", "--kind", "adam", "--level", "12", "stray"}),
            "batch_size=[x];kind=[adam];level=[12];"
            "command line:1:28: error[K012]: --batch-size needs a whole number, not 'x'\n"
            "    ipucnn run -- --batch-size x --kind adam --level 12 stray\n"
            "                               ^\n"
            "command line:1:37: error[K013]: 'adam' is no choice of --kind\n"
            "    ipucnn run -- --batch-size x --kind adam --level 12 stray\n"
            "                                        ^~~~\n"
            "  help: one of sgd, lars\n"
            "command line:1:50: error[K013]: 12 is outside the range of --level\n"
            "    ipucnn run -- --batch-size x --kind adam --level 12 stray\n"
            "                                                     ^~\n"
            "  help: from 1 to 9\n"
            "command line:1:53: error[K011]: no option takes the word 'stray'\n"
            "    ipucnn run -- --batch-size x --kind adam --level 12 stray\n"
            "                                                        ^~~~~\n"
            "  help: --level takes one value\n");
}

TEST(Overrides, CheckChoicesAfterTheTypesConversion) {
  EXPECT_EQ(read({"--kind", "LARS"}), "kind=[LARS];");
}

TEST(Set, TakesAScalarAQuotedTextOrAList) {
  const auto set = [](std::string text) {
    Diagnostics findings;
    const auto parsed = resolving::parse_set({std::move(text), {}}, "--set", findings);
    if (!parsed) return std::string("refused");
    std::string out = parsed->key + (parsed->value.is_list ? " list" : "");
    for (const Scalar& item : parsed->value.items)
      out += fmt::format(" {}:{}", static_cast<int>(item.type), item.text);
    return out;
  };
  EXPECT_EQ(set("a=1"), "a 2:1");
  EXPECT_EQ(set("a='1'"), "a 4:1");
  EXPECT_EQ(set("a=\"x=y\""), "a 4:x=y");
  EXPECT_EQ(set("a="), "a 0:");
  EXPECT_EQ(set("a=[x, 1.5,no]"), "a list 4:x 3:1.5 1:no");
  EXPECT_EQ(set("a=[]"), "a list");
  EXPECT_EQ(set("=1"), "refused");
  EXPECT_EQ(set("a"), "refused");
}

/// "a=1 b=x", or "none" of what is no mapping.
std::string entries(const std::string& word) {
  const WordEntries* read = entries_of_word(word);
  if (read == nullptr) return "none";
  std::string out;
  for (const auto& [key, value] : *read) out += (out.empty() ? "" : " ") + key + "=" + value;
  return out;
}

TEST(EntriesOfWord, AreThoseThatYamlReads) {
  EXPECT_EQ(entries("{a: 1, b/c: x}"), "a=1 b/c=x");
  EXPECT_EQ(entries("{a: [1, 2], 'b': \"x y\"}"), "a=[1, 2] b=x y");
  EXPECT_EQ(entries("{}"), "");
  for (const std::string_view word : {"{a: 1", "{a: 1} b", "[a]", "x", ""})
    EXPECT_EQ(entries(std::string(word)), "none") << word;
  // A blank behind the bracket leaves the word to the reader of YAML.
  for (const std::string_view word :
       {"{a: 1}", "{a: 1, a: 2}", "{1: on, null: 0x10}", "{_x: .5, /y/z: 1.5e5}", "{a: ...}",
        "{a: 1,b: 2}", "{a:1}", "{a: -1}", "{a: [1, x], b: [on]}", "{a: []}", "{a: [1,2]}",
        "{a: 1, }", "{a: , b: 1}", "{a: {b: 1}}", "{a: 1:2}"}) {
    const std::string plain(word);
    EXPECT_EQ(entries(plain), entries("{ " + plain.substr(1))) << word;
  }
}

}  // namespace
}  // namespace ipucnn
