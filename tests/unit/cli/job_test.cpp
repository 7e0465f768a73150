// Jobs, second steps and launchers, through the whole program. The application binds our words to
// short options.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "unit/support/test_job.h"

namespace ipucnn {
namespace {

using testing::TestJob;

constexpr std::string_view kFile = R"(applications:
  app@1:
    purposes:
      train: {script: t.py, launchers: [poprun, none]}
      test:
        {script: v.py, launchers: [poprun, none], fixed: {each: 1}, without: [accumulation],
         needs: [restore_path]}
      serve: {script: s.py, launchers: [none, mpirun], without: [accumulation]}
      farm: {script: t.py, launchers: [mpiexec, none]}
    quantities:
      {micro_batch: micro, accumulation: acc, replicas: repl, ipus_per_replica: {value: each},
       restore_path: from, output_dir: out}
    options:
      micro: {flag: --micro, type: int, default: 4}
      acc: {flag: --acc, type: int, default: 1}
      repl: {flag: --repl, type: int, default: 1}
      each: {flag: --each, type: int, default: 1}
      model: {flag: --model, type: str, default: m}
      rate: {flag: --rate, type: float}
      from: {flag: --from, type: str}
      out: {flag: --out, type: str, scripts: [t.py]}
targets:
  four: {ipus: 4, generation: mk9, instances_per_host: 2, launcher: poprun}
  rack: {ipus: null, generation: mk9, instances_per_host: 3, launcher: mpiexec}
presets:
  app@1: {p: {acc: 4, repl: 2, each: 2, out: runs}}
profiles:
  plain: {verbosity: 0, tag_output: none}
  loud: {extends: plain, verbosity: 2, options: {rate: 1, micro: 2}}
jobs:
  base: {application: app, preset: p, target: four, profile: plain, options: {rate: 2, model: a}}
  mine:
    extends: base
    profile: loud
    options: {model: b}
    steps: {test: {options: {micro: 25}, launch: {instances: 4}}}
  both: {extends: mine, then: test}
  sweep: {extends: base, sweep: {rate: [3, 4]}, alternatives: {model: [x, y]}}
)";

/// What a dry run prints on one line, each command's words as they are; or what was found.
std::string planned(std::string_view words) {
  TestJob bench(kFile);
  bench.run("run --dry-run " + std::string(words));
  if (bench.status != 0) return bench.err;
  std::string line;
  for (const char c : bench.out) {
    if (c == '\\' || c == '\n' || (c == ' ' && (line.empty() || line.back() == ' '))) continue;
    line += c;
  }
  return line;
}

TEST(Job, StandsBetweenProfileAndCommandLine) {
  EXPECT_EQ(planned("--job base"),
            "poprun --num-instances 2 --num-replicas 2 --ipus-per-replica 2 python3 t.py --acc 4 "
            "--each 2 --out runs --rate 2 --model a");
  EXPECT_EQ(planned("--job mine"),
            "poprun -vv --num-instances 2 --num-replicas 2 --ipus-per-replica 2 python3 t.py "
            "--acc 4 --each 2 --out runs --micro 2 --rate 2 --model b");
  EXPECT_EQ(planned("--job mine --launch-profile plain --rate 9 --target none"),
            "python3 t.py --acc 4 --repl 2 --each 2 --out runs --model b --rate 9");
}

TEST(Job, GivesAStepItsOwnValues) {
  EXPECT_EQ(planned("--job mine --purpose test --from c"),
            "poprun -vv --num-instances 4 --num-replicas 4 --ipus-per-replica 1 python3 v.py "
            "--acc 4 --each 1 --rate 2 --model b --micro 25 --from c");
}

TEST(Job, HandsTheOutputOfOneStepToTheNext) {
  EXPECT_EQ(planned("--job both --model z --acc 2 --instances 1"),
            "poprun -vv --num-instances 1 --num-replicas 2 --ipus-per-replica 2 python3 t.py "
            "--each 2 --out runs --micro 2 --rate 2 --model z --acc 2 &&"
            "poprun -vv --num-instances 4 --num-replicas 4 --ipus-per-replica 1 python3 v.py "
            "--acc 4 --each 1 --from runs --rate 2 --micro 25 --model z");
}

TEST(Job, RunsThroughItsValuesTheLastChangingFastest) {
  const std::string words = "python3 t.py --acc 4 --repl 2 --each 2 --out runs ";
  EXPECT_EQ(planned("--job sweep --target none"),
            words + "--rate 3 --model x &&" + words + "--rate 3 --model y &&" + words +
                "--rate 4 --model x &&" + words + "--rate 4 --model y");
  EXPECT_EQ(planned("--job sweep --target none --model z"),
            words + "--rate 3 --model z &&" + words + "--rate 4 --model z");
}

TEST(Launcher, IsTheFirstOfThePurposeThatTheTargetHas) {
  EXPECT_EQ(planned("--config p --target four --launch-profile plain").substr(0, 6), "poprun");
  EXPECT_EQ(planned("--config p --target rack --launch-profile plain").substr(0, 7), "python3");
  EXPECT_EQ(planned("--config p --purpose serve --target four").substr(0, 7), "python3");
}

TEST(Launcher, ThatIsAskedForHasToFitThePurpose) {
  EXPECT_EQ(planned("--config p --target four --launch launcher=mpiexec"),
            "command line:1:56: error[P010]: train cannot be started by the launcher 'mpiexec'\n"
            "    ipucnn run --dry-run --config p --target four --launch launcher=mpiexec\n"
            "                                                  "
            "         ^~~~~~~~~~~~~~~~\n"
            "  help: launchers for it: poprun, none\n");
}

TEST(Launcher, OfIndependentCopiesFillsTheMachineWithProcesses) {
  EXPECT_EQ(planned("--config p --purpose serve --target four --launch launcher=mpirun "
                    "--launch-profile plain --repl 1 --each 1"),
            "mpirun --np 4 python3 s.py --acc 4 --repl 1 --each 1");
  EXPECT_EQ(planned("--config p --purpose serve --target four --launch launcher=mpirun "
                    "--launch-profile plain --repl 1 --each 1 --instances 3"),
            "mpirun --np 3 python3 s.py --acc 4 --repl 1 --each 1");
}

TEST(Launcher, OfOneReplicaEachStartsAProcessForEachDevice) {
  EXPECT_EQ(planned("--config p --purpose farm --target rack --launch-profile plain"),
            "mpiexec -np 3 python3 t.py --acc 4 --repl 2 --each 2 --out runs");
  EXPECT_EQ(planned("--config p --purpose farm --target rack --launch-profile plain --instances 2"),
            "mpiexec -np 2 python3 t.py --acc 4 --repl 2 --each 2 --out runs");
}

}  // namespace
}  // namespace ipucnn
