#include "cli/split_argv.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options.h"

namespace ipucnn::cli {
namespace {

std::string words(const std::vector<Word>& list) {
  std::string out;
  for (const Word& word : list) out += "[" + word.text + "]";
  return out;
}

/// "command | ours | positionals | overrides".
std::string split(const std::vector<std::string>& args) {
  const SplitArgv split = split_argv("ipucnn", args);
  std::string ours;
  for (const Given& given : split.given)
    ours += "[" + std::string(given.row->name) + (given.value ? "=" + given.value->text : "") + "]";
  return (split.command ? split.command->text : "") + " | " + ours + " | " +
         words(split.positionals) + " | " + words(split.overrides);
}

TEST(SplitArgv, TellsOurWordsFromTheApplications) {
  EXPECT_EQ(split({"run", "--config", "a", "--batch-size", "4", "--target=pod16", "--epochs", "1"}),
            "run | [config=a][target=pod16] |  | [--batch-size][4][--epochs][1]");
}

TEST(SplitArgv, NeverAbbreviatesOurOptions) {
  EXPECT_EQ(split({"run", "--conf", "a", "--targ=b"}), "run |  |  | [--conf][a][--targ=b]");
}

TEST(SplitArgv, MakesEverythingBehindTwoDashesAnOverride) {
  EXPECT_EQ(split({"run", "--config", "a", "--", "--help", "--target", "--"}),
            "run | [config=a] |  | [--help][--target][--]");
}

TEST(SplitArgv, TakesPositionalWordsBeforeTheFirstOverrideOnly) {
  EXPECT_EQ(split({"show", "presets", "x", "--epochs", "y"}),
            "show |  | [presets][x] | [--epochs][y]");
}

TEST(SplitArgv, TakesAnyNextWordForAValueOfOurs) {
  EXPECT_EQ(split({"run", "--name", "--set", "--flat"}), "run | [set=--flat] |  | [--name]");
  EXPECT_EQ(split({"run", "--set"}), "run | [set] |  | ");
  EXPECT_EQ(split({"run", "--set="}), "run | [set=] |  | ");
}

TEST(SplitArgv, FindsTheCommandBehindOptions) {
  EXPECT_EQ(split({"--color", "never", "show", "apps"}), "show | [color=never] | [apps] | ");
  EXPECT_EQ(split({}), " |  |  | ");
  EXPECT_EQ(split({"-h"}), " | [help] |  | ");
}

TEST(SplitArgv, KnowsThePlaceOfEveryWordInTheTextThatIsShown) {
  const SplitArgv split = split_argv("ipucnn", {"run", "--data-dir", "a b", "--target=pod16"});
  EXPECT_EQ(split.text, "ipucnn run --data-dir 'a b' --target=pod16");
  EXPECT_EQ(split.overrides[1].at, (Span{kCommandLine, 1, 23, 5}));
  EXPECT_EQ(split.value(Option::Target)->at, (Span{kCommandLine, 1, 38, 5}));
}

TEST(SplitArgv, GivesTheLastValueAndAllOfThem) {
  const SplitArgv split = split_argv("ipucnn", {"run", "--set", "a=1", "--set", "b=2"});
  EXPECT_EQ(split.value(Option::Set)->text, "b=2");
  EXPECT_EQ(words(split.values(Option::Set)), "[a=1][b=2]");
  EXPECT_FALSE(split.has(Option::Unset));
}

TEST(Options, HaveUniqueNamesAndKnownCommands) {
  std::set<std::pair<std::string_view, char>> names;  // of each command
  std::string letters = "*";
  for (const CommandRow& row : command_rows()) letters += row.letter;
  for (const OptionRow& row : option_rows()) {
    for (const char command : row.commands)
      EXPECT_TRUE(names.insert({row.name, command}).second) << row.name;
    const std::size_t known = row.commands.size() - (row.is_shared() ? 1 : 0);
    EXPECT_EQ(row.commands.substr(0, known).find_first_not_of(letters), std::string_view::npos)
        << row.name;
  }
}

}  // namespace
}  // namespace ipucnn::cli
