// Numbers worked by hand. The application binds our words to short options.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

#include "ipucnn/numbers.h"
#include "unit/support/test_job.h"

namespace ipucnn {
namespace {

using testing::TestJob;

constexpr std::string_view kFile = R"(applications:
  app@1:
    preset_option: config
    purposes:
      train: {script: t.py, launchers: [poprun, none]}
      test: {script: t.py, launchers: [none], without: [accumulation]}
      stages: {script: t.py, launchers: [none]}
    quantities:
      {micro_batch: micro, accumulation: acc, replicas: repl, ipus_per_replica: {value: each},
       splits: splits, schedule: schedule}
    pipeline:
      when: pipeline
      accumulation: {Grouped: {multiple: 2}, Deep: {at_least: 2, less: 1}, Free: {}}
    options:
      config: {flag: --config, type: str}
      micro: {flag: --micro, type: int, default: 4}
      acc: {flag: --acc, type: int, default: 1}
      repl: {flag: --repl, type: int, default: 1}
      each: {flag: --each, type: int, default: 1}
      pipeline: {flag: --pipeline, type: switch, default: false}
      splits: {flag: --splits, type: str, arity: +}
      schedule: {flag: --schedule, type: str, default: Grouped}
targets:
  two: {ipus: 2, generation: mk9, instances_per_host: 1, launcher: poprun}
  four: {ipus: 4, generation: mk9, instances_per_host: 2, launcher: poprun}
  big: {ipus: 128, generation: mk9, default_hosts: 8, instances_per_host: 8, launcher: poprun}
  unknown: {ipus: 24, generation: mk9, launcher: poprun}
presets:
  app@1:
    plain: {micro: 2, acc: 6, repl: 4}
    wide: {micro: 2, acc: 8, repl: 2, each: 2}
    piped: {micro: 1, acc: 12, repl: 1, pipeline: true, splits: [a, b]}
    huge: {micro: 2100000, acc: 2100000, repl: 2100000}
    text: {micro: "3", acc: 0x4, repl: 010}
    late: {}
defaults: {preset_targets: {plain: four, wide: four, piped: two, huge: none, text: none, late: none}}
)";

/// The figures of `show`, and what was found.
std::string figures(const std::string& words) {
  TestJob bench(kFile);
  bench.run("show " + words);
  const std::size_t head = bench.out.find('\n');
  const std::size_t end = bench.out.find("\n\n");
  return bench.err + (head == end ? "" : bench.out.substr(head + 1, end - head));
}

TEST(Derive, MultipliesTheBatch) {
  EXPECT_EQ(figures("plain"),
            "global batch 48 = micro batch 2 x accumulation 6 x 4 replicas\n"
            "IPUs 4 = 4 replicas x 1 per replica\n"
            "poprun: 2 instances on 1 host, 1 IPU-Link domain\n");
}

TEST(Derive, KeepsTheGlobalBatchOnAnotherMachine) {
  EXPECT_EQ(figures("plain --target two"),
            "global batch 48 = micro batch 2 x accumulation 12 x 2 replicas\n"
            "IPUs 2 = 2 replicas x 1 per replica\n"
            "poprun: 1 instance on 1 host, 1 IPU-Link domain\n");
}

TEST(Derive, LeavesTheBatchToWhoAsksForTheAccumulation) {
  EXPECT_EQ(figures("plain --target two --acc 5"),
            "global batch 20 = micro batch 2 x accumulation 5 x 2 replicas\n"
            "IPUs 2 = 2 replicas x 1 per replica\n"
            "poprun: 1 instance on 1 host, 1 IPU-Link domain\n");
}

TEST(Derive, SolvesTheAccumulationForAGlobalBatch) {
  EXPECT_EQ(figures("plain --global-batch 80"),
            "global batch 80 = micro batch 2 x accumulation 10 x 4 replicas\n"
            "IPUs 4 = 4 replicas x 1 per replica\n"
            "poprun: 2 instances on 1 host, 1 IPU-Link domain\n");
}

TEST(Derive, FillsTheIpusWithReplicasOfTheirSize) {
  EXPECT_EQ(figures("wide --target big"),
            "command line:1:27: error[B001]: the global batch cannot be kept on 64 replicas: "
            "accumulation "
            "8 x 2 replicas = 16 is not a multiple of 64\n"
            "    ipucnn show wide --target big\n"
            "                              ^~~\n"
            "  note: the preset's accumulation (ipucnn.yml:31:27)\n"
            "  note: the preset's replicas (ipucnn.yml:31:36)\n"
            "  help: the nearest legal accumulation is 1 (global batch 128); set it, or\n"
            "        --global-batch\n"
            "command line:1:27: note[P008]: big has 8 hosts; their addresses are not known, so "
            "--host is left "
            "out\n"
            "    ipucnn show wide --target big\n"
            "                              ^~~\n"
            "  help: give them with --site; `ipucnn show sites` lists what is known\n"
            "global batch ? = micro batch 2 x 64 replicas\n"
            "IPUs 128 = 64 replicas x 2 per replica\n"
            "poprun: 64 instances on 8 hosts, 2 IPU-Link domains\n");
}

TEST(Derive, UsesAPartOfTheTarget) {
  EXPECT_EQ(figures("wide --ipus 2"),
            "command line:1:25: note[P007]: 2 of the 4 IPUs of four are used\n"
            "    ipucnn show wide --ipus 2\n"
            "                            ^\n"
            "global batch 32 = micro batch 2 x accumulation 16 x 1 replica\n"
            "IPUs 2 = 1 replica x 2 per replica\n"
            "poprun: 1 instance on 1 host, 1 IPU-Link domain\n");
}

TEST(Derive, LetsTheReplicasAloneLimitUnknownInstances) {
  EXPECT_EQ(figures("plain --target unknown --acc 1"),
            "global batch 48 = micro batch 2 x accumulation 1 x 24 replicas\n"
            "IPUs 24 = 24 replicas x 1 per replica\n"
            "poprun: 24 instances on 1 host, 1 IPU-Link domain\n");
}

TEST(Derive, CountsStagesAsSplitsAndOne) {
  EXPECT_EQ(figures("piped"),
            "global batch 12 = micro batch 1 x accumulation 6 x 2 replicas\n"
            "IPUs 2 = 2 replicas x 1 per replica, 3 pipeline stages (Grouped)\n"
            "poprun: 1 instance on 1 host, 1 IPU-Link domain\n");
}

TEST(Derive, HoldsAScheduleToItsLeast) {
  EXPECT_EQ(figures("piped --schedule Deep --acc 4"),
            "command line:1:35: error[B002]: gradient accumulation 4 is below 5 (Deep, 3 stages)\n"
            "    ipucnn show piped --schedule Deep --acc 4\n"
            "                                      ^~~~~\n"
            "  note: 2 pipeline splits make 3 stages (ipucnn.yml:32:65)\n"
            "  help: the nearest legal accumulation is 5 (global batch 10)\n"
            "global batch 8 = micro batch 1 x accumulation 4 x 2 replicas\n"
            "IPUs 2 = 2 replicas x 1 per replica, 3 pipeline stages (Deep)\n"
            "poprun: 1 instance on 1 host, 1 IPU-Link domain\n");
}

TEST(Derive, LeavesOutWhatOverflows) {
  EXPECT_EQ(figures("huge"),
            "ipucnn.yml:33:19: error[B003]: the batch arithmetic leaves 64 bits here\n"
            "        huge: {micro: 2100000, acc: 2100000, repl: 2100000}\n"
            "                      ^~~~~~~\n"
            "  help: use smaller factors\n"
            "global batch ? = micro batch 2100000 x accumulation 2100000 x 2100000 replicas\n"
            "IPUs 2100000 = 2100000 replicas x 1 per replica\n");
}

TEST(Derive, TakesNumbersAsTheScriptsReadThem) {
  EXPECT_EQ(figures("text"),
            "ipucnn.yml:34:40: warning[K033]: 010 is the number 8 (a leading 0 makes it octal)\n"
            "        text: {micro: \"3\", acc: 0x4, repl: 010}\n"
            "                                           ^~~\n"
            "  help: write 8, or without the leading 0\n"
            "global batch 96 = micro batch 3 x accumulation 4 x 8 replicas\n"
            "IPUs 8 = 8 replicas x 1 per replica\n");
}

TEST(Derive, HasNoAccumulationWhereThePurposeHasNone) {
  EXPECT_EQ(figures("plain --purpose test --target none"),
            "global batch 8 = micro batch 2 x 4 replicas\n"
            "IPUs 4 = 4 replicas x 1 per replica\n");
}

TEST(Product, IsAbsentWhenItLeaves64Bits) {
  EXPECT_EQ(resolving::product({3, 5, 7}), 105);
  EXPECT_EQ(resolving::product({}), 1);
  EXPECT_EQ(resolving::product({std::int64_t{1} << 62, 2}), std::nullopt);
}

}  // namespace
}  // namespace ipucnn
