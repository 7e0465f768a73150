#include "cli/split_argv.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options.h"
#include "cli/usage.h"

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
  EXPECT_EQ(split({"run", "--lr", "--set", "--flat"}), "run | [set=--flat] |  | [--lr]");
  EXPECT_EQ(split({"run", "--set"}), "run | [set] |  | ");
  EXPECT_EQ(split({"run", "--set="}), "run | [set=] |  | ");
}

TEST(SplitArgv, FindsTheCommandBehindOptions) {
  EXPECT_EQ(split({"--color", "never", "show", "apps"}), "show | [color=never] | [apps] | ");
  EXPECT_EQ(split({}), " |  |  | ");
  EXPECT_EQ(split({"-h"}), " | [help] |  | ");
  EXPECT_EQ(split({"-V"}), " | [version] |  | ");
}

TEST(SplitArgv, KeepsWordsApartThatStandBeforeTheCommand) {
  const SplitArgv split = split_argv("ipucnn", {"--versoin", "show", "apps"});
  EXPECT_EQ(words(split.before_command), "[--versoin]");
  EXPECT_EQ(words(split.positionals), "[apps]");
}

TEST(SplitArgv, TakesAnUnderscoreForAHyphenInOurNames) {
  EXPECT_EQ(split({"run", "--dry_run", "--launch_profile=p", "--data_dir", "d"}),
            "run | [dry-run][launch-profile=p] |  | [--data_dir][d]");
}

TEST(SplitArgv, TakesNamesThatAreKeptForLaterForOurs) {
  EXPECT_EQ(split({"run", "--resume", "90"}), "run | [resume] | [90] | ");
  EXPECT_EQ(split({"run", "--", "--resume", "90"}), "run |  |  | [--resume][90]");
}

TEST(SplitArgv, TakesAFlagForAWordWhereACommandHasIt) {
  EXPECT_EQ(split({"explain", "--batch-size", "--config", "a", "--batch-size", "4"}),
            "explain | [config=a] | [--batch-size] | [--batch-size][4]");
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

/// The findings of a command line, "column message" a line.
std::string judged(const std::vector<std::string>& args) {
  SplitArgv split = split_argv("ipucnn", args);
  const CommandRow* command = split.command ? find_command(split.command->text) : nullptr;
  Diagnostics findings;
  if (command != nullptr) judge_options(split, *command, findings);
  if (!findings.has_errors()) judge_words(split, command, findings);
  std::string out;
  for (const Diagnostic* d : findings.sorted())
    out += std::to_string(d->at.column) + " " + d->message + "\n";
  return out;
}

TEST(JudgeOptions, PointsAtEachWordThatAnOptionCannotTake) {
  EXPECT_EQ(judged({"run", "--ipus=x", "--dry-run=no", "--keep", "replicas", "--hosts"}),
            "19 --ipus needs a whole number of at least 1, not 'x'\n"
            "31 --dry-run takes no value\n"
            "41 --keep of `ipucnn run` is global-batch, micro-batch or accumulation, not "
            "'replicas'\n"
            "50 --hosts needs a value: N\n");
  EXPECT_EQ(judged({"run", "--ipus", "010", "--set=", "--set", "--flat", "--color", "never"}), "");
}

TEST(JudgeOptions, RefusesNamesThatFindNoRun) {
  for (const std::string name : {"last", "", "a,b", "-", "-x"})
    EXPECT_EQ(judged({"run", "--name=" + name}),
              std::string("19 --name needs a name that finds the run again, not '") + name + "'\n");
  for (const std::string name : {"lasting", "a b", "a-b", "LAST", "3"})
    EXPECT_EQ(judged({"bench", "--name", name}), "") << name;
}

TEST(JudgeOptions, ConvertsFigures) {
  SplitArgv split = split_argv("ipucnn", {"run", "--ipus", "010", "--hosts=2"});
  Diagnostics findings;
  judge_options(split, *find_command("run"), findings);
  EXPECT_EQ(split.given[0].number, 10);
  EXPECT_EQ(split.given[1].number, 2);
}

TEST(JudgeOptions, SaysWhatDoesNotGoTogether) {
  EXPECT_EQ(judged({"run", "--format", "json"}), "12 --format requires --dry-run\n");
  EXPECT_EQ(judged({"show", "p", "--targets", "--diff", "q"}), "15 --targets excludes --diff\n");
  EXPECT_EQ(judged({"run", "--config", "a", "--config=b"}),
            "32 `ipucnn run` takes one --config, and not 'a' and 'b'\n");
  EXPECT_EQ(judged({"check", "--config", "a", "--config=b"}), "");
  EXPECT_EQ(judged({"run", "--target", "a", "--target=b"}), "");
}

TEST(JudgeWords, RefusesWhatACommandCannotTake) {
  EXPECT_EQ(judged({"-v", "show", "apps"}),
            "8 -v stands before a command, and is no option of ipucnn\n");
  EXPECT_EQ(judged({"schema", "ipucnn", "--batch-size", "4"}),
            "22 `ipucnn schema` has no option --batch-size\n");
  EXPECT_EQ(judged({"run", "preset"}), "12 `ipucnn run` takes no word 'preset'\n");
  EXPECT_EQ(judged({"show", "a", "b", "c"}), "17 'c' is one word too many for `ipucnn show`\n");
  EXPECT_EQ(judged({"show", "apps", "--compile-first"}),
            "18 --compile-first is no option of `ipucnn show`\n");
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
