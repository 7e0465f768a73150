#include "rehearsal/poprun_line.h"

#include <gtest/gtest.h>

#include "ipucnn/catalog.h"
#include "rehearsal/ranks.h"

namespace ipucnn::rehearsing {
namespace {

using Words = std::vector<std::string>;

class Poprun : public testing::Test {
 protected:
  Sources sources_;
  Catalog catalog_{sources_};
  Node options_ = catalog_.find(Section::Defaults, "launchers").body.find("poprun").find("options");

  /// What the parser refuses; "" when it takes the words.
  std::string refusal(const Words& words) const {
    std::string error;
    const auto line = PoprunLine::parse(options_, words, error);
    if (line) plan_ranks(*line, "", error);
    return error;
  }
  RankPlan plan(const Words& words, const std::string& target_options = "") const {
    std::string error;
    const auto line = PoprunLine::parse(options_, words, error);
    auto made = line ? plan_ranks(*line, target_options, error) : std::nullopt;
    EXPECT_EQ(error, "");
    return made.value_or(RankPlan{});
  }
};

TEST_F(Poprun, TakesBothFormsOfAValueAndStopsAtTheProgram) {
  std::string error;
  const auto line = PoprunLine::parse(
      options_,
      {"-v", "--num-instances", "2", "--num-replicas=4", "-H", "a,b", "python3", "x.py", "--bogus"},
      error);
  ASSERT_TRUE(line) << error;
  EXPECT_EQ(line->number("num-instances"), 2);
  EXPECT_EQ(line->number("num-replicas"), 4);
  EXPECT_EQ(line->items("host"), (Words{"a", "b"}));
  EXPECT_TRUE(line->has("verbose"));
  EXPECT_EQ(line->text("vipu-server-port"), "8090");
  EXPECT_EQ(line->program(), (Words{"python3", "x.py", "--bogus"}));
}

TEST_F(Poprun, RefusesWhatItsParserWould) {
  EXPECT_EQ(refusal({"--bogus", "1", "p"}), "unrecognised option '--bogus'");
  EXPECT_EQ(refusal({"--num-rep", "1", "p"}), "unrecognised option '--num-rep'");
  EXPECT_EQ(refusal({"--num-replicas"}),
            "the required argument for option '--num-replicas' is missing");
  EXPECT_EQ(refusal({"--num-replicas", "0", "p"}),
            "the argument ('0') for option '--num-replicas' is invalid");
  EXPECT_EQ(refusal({"--num-replicas", "4x", "p"}),
            "the argument ('4x') for option '--num-replicas' is invalid");
  EXPECT_EQ(refusal({"--numa-aware", "maybe", "p"}),
            "the argument ('maybe') for option '--numa-aware' is invalid");
  EXPECT_EQ(refusal({"--process-placement", "odd", "p"}),
            "the argument ('odd') for option '--process-placement' is invalid");
  EXPECT_EQ(refusal({"--vipu-server-host", "a", "--vipu-server-host", "b", "p"}),
            "option '--vipu-server-host' cannot be specified more than once");
  EXPECT_EQ(refusal({"--verbose=1", "p"}), "option '--verbose' does not take any arguments");
  EXPECT_EQ(refusal({"--num-replicas", "4"}), "no program is given");
}

TEST_F(Poprun, TakesEverySpellingOfYesAndNo) {
  for (const char* word : {"yes", "1", "on", "true", "No", "0", "OFF", "false"})
    EXPECT_EQ(refusal({"--numa-aware", word, "p"}), "") << word;
}

TEST_F(Poprun, RefusesALayoutThatDoesNotDivide) {
  EXPECT_EQ(refusal({"--num-instances", "3", "--num-replicas", "16", "p"}),
            "the number of replicas (16) must be divisible by the number of instances (3)");
  EXPECT_EQ(refusal({"--host", "a,b,c", "--num-instances", "4", "--num-replicas", "4", "p"}),
            "the number of instances (4) must be divisible by the number of hosts (3)");
  EXPECT_EQ(refusal({"--ipus-per-replica", "3", "p"}),
            "the number of IPUs per replica (3) must be a power of two");
  EXPECT_EQ(refusal({"--num-ilds", "2", "p"}), "1 instances are fewer than 2 IPU-Link domains");
  EXPECT_EQ(refusal({"--mpi-local-args", "-x 'A", "p"}), "a quote stays open in '-x 'A'");
}

TEST_F(Poprun, GivesEachRankItsVariables) {
  const RankPlan made = plan({"--host", "a,b", "--num-instances", "4", "--num-replicas", "8",
                              "--ipus-per-replica", "2", "--vipu-server-host", "ctl",
                              "--vipu-server-timeout", "300", "--vipu-partition", "p16", "prog"});
  ASSERT_EQ(made.ranks.size(), 4U);
  EXPECT_EQ(made.ranks[3].variables,
            (Variables{{"POPDIST_NUM_TOTAL_REPLICAS", "8"},
                       {"POPDIST_NUM_IPUS_PER_REPLICA", "2"},
                       {"POPDIST_NUM_LOCAL_REPLICAS", "2"},
                       {"POPDIST_UNIFORM_REPLICAS_PER_INSTANCE", "1"},
                       {"POPDIST_REPLICA_INDEX_OFFSET", "6"},
                       {"POPDIST_LOCAL_INSTANCE_INDEX", "1"},
                       {"IPUOF_VIPU_API_HOST", "ctl"},
                       {"IPUOF_VIPU_API_PORT", "8090"},
                       {"IPUOF_VIPU_API_TIMEOUT", "300"},
                       {"IPUOF_VIPU_API_PARTITION_ID", "p16"},
                       {"IPUOF_VIPU_API_GCD_ID", "3"},
                       {"IPUOF_LOG_LEVEL", "WARN"},
                       {"POPLAR_TARGET_OPTIONS",
                        R"({"ipuLinkDomainSize":"16","ipuLinkConfiguration":"default",)"
                        R"("ipuLinkTopology":"mesh","gatewayMode":"true","instanceSize":"16"})"}}));
}

TEST_F(Poprun, LetsTheEnvironmentsTargetOptionsWin) {
  const RankPlan made = plan({"prog"}, R"({"gatewayMode":"false","own":"1"})");
  EXPECT_EQ(made.ranks[0].variables.back().second,
            R"({"ipuLinkDomainSize":"1","ipuLinkConfiguration":"default","ipuLinkTopology":"mesh",)"
            R"("gatewayMode":"false","instanceSize":"1","own":"1"})");
}

TEST_F(Poprun, AddsOnlyToItsOwnCallWhatOneMachineNeeds) {
  RankPlan made =
      plan({"--num-instances", "2", "--num-replicas", "2", "--only-output-from-instance", "0",
            "--mpi-global-args", "--tag-output --mca a b", "--mpi-local-args", "-x 'A=b c'",
            "--instance-mpi-local-args", "1:-x B", "prog", "arg"});
  for (Rank& rank : made.ranks) rank.variables = {{"V", "1"}};
  EXPECT_EQ(mpirun_command(made, {"PATH"}, true), (Words{"mpirun",
                                                         "--oversubscribe",
                                                         "--bind-to",
                                                         "none",
                                                         "--allow-run-as-root",
                                                         "--tag-output",
                                                         "--mca",
                                                         "a",
                                                         "b",  //
                                                         "-np",
                                                         "1",
                                                         "-x",
                                                         "V=1",
                                                         "-x",
                                                         "PATH",
                                                         "-x",
                                                         "A=b c",
                                                         "prog",
                                                         "arg",
                                                         ":",
                                                         "-np",
                                                         "1",
                                                         "-x",
                                                         "V=1",
                                                         "-x",
                                                         "PATH",
                                                         "-x",
                                                         "A=b c",
                                                         "-x",
                                                         "B",
                                                         "/bin/sh",
                                                         "-c",
                                                         R"(exec "$0" "$@" >/dev/null 2>&1)",
                                                         "prog",
                                                         "arg"}));
}

TEST_F(Poprun, RepeatsNothingThatMpirunTakesOnce) {
  const Words command =
      mpirun_command(plan({"--mpi-global-args=--allow-run-as-root --bind-to core", "p"}), {}, true);
  EXPECT_EQ(std::count(command.begin(), command.end(), "--allow-run-as-root"), 1);
  EXPECT_EQ(std::count(command.begin(), command.end(), "--bind-to"), 1);
  EXPECT_EQ(std::count(command.begin(), command.end(), "core:overload-allowed"), 1);
}

TEST(LetBindingsOverload, LeavesWhatIsNoneAndTheProgramsOwnWords) {
  Words words = {"mpirun",    "--bind-to", "none",          "-bind-to",  "core:if-supported",
                 "--bind-to", "socket",    "rehearsal-app", "--bind-to", "x"};
  let_bindings_overload(words);
  EXPECT_EQ(words,
            (Words{"mpirun", "--bind-to", "none", "-bind-to", "core:if-supported", "--bind-to",
                   "socket:overload-allowed", "rehearsal-app", "--bind-to", "x"}));
}

TEST(SplitWords, KnowsQuotesAndBackslashes) {
  EXPECT_EQ(split_words(R"(a  'b c' "d \"e" f\ g '' h'i'j)"),
            (Words{"a", "b c", "d \"e", "f g", "", "hij"}));
  EXPECT_EQ(split_words(""), Words{});
  EXPECT_EQ(split_words("a 'b"), std::nullopt);
}

}  // namespace
}  // namespace ipucnn::rehearsing
