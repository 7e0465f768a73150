// What later releases do otherwise, with a made-up application: quantities under other names in one
// script, old spellings, IPUs by a mapping, the global batch as an option, and new kinds of
// options.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "unit/support/test_job.h"

namespace ipucnn {
namespace {

using nlohmann::json;
using testing::TestJob;

constexpr std::string_view kFile = R"(applications:
  app@1:
    purposes:
      train: {script: t.py, launchers: [none]}
      validation:
        script: v.py
        launchers: [none]
        needs: [restore_path]
        without: [accumulation, global_batch]
    scripts:
      t.py: {proof: exit}
      v.py: {proof: exit, quantities: {restore_path: checkpoint-input}}
    quantities:
      micro_batch: [micro-batch, batch]
      accumulation: acc
      global_batch: global-batch
      replicas: reps
      splits: splits
      ipus_per_replica: {stages: splits, mapping: map}
      output_dir: out
      restore_path: out
    options:
      micro-batch: {flag: --micro-batch, type: int, default: 1}
      batch: {flag: --batch, type: int, about: old spelling}
      acc: {flag: --acc, type: int, default: 1, scripts: [t.py]}
      global-batch: {flag: --global-batch-size, type: int, scripts: [t.py]}
      reps: {flag: --reps, type: int, default: 1}
      splits: {flag: --splits, type: str, arity: +}
      map: {flag: --map, type: int, arity: +}
      out: {flag: --out, type: str}
      checkpoint-input: {flag: --checkpoint-input, type: str, scripts: [v.py]}
      recompute: {flag: --recompute, type: bool_word, default: false}
      params: {flag: --params, type: yaml_map}
      small: {flag: --small, type: int, only_with: {recompute: true}}
      sized: {flag: --sized, type: int, only_with: {micro-batch: {min: 4}}}
presets:
  app@1:
    p: {micro-batch: 4, reps: 2}
    old: {batch: 8}
    by_batch: {micro-batch: 4, reps: 2, global-batch: 64}
    mapped: {splits: [a, b, c], map: [0, 1, 1, 0]}
    words: {recompute: yes, params: {a: 1, b: [x, '2'], 'on': 0x10}}
)";

struct Planned {
  explicit Planned(std::string_view words) : job(kFile) {
    job.run(std::string("run ") + std::string(words) + " --dry-run --format json");
    if (job.status == 0) steps = json::parse(job.out).at("steps");
  }
  json figure(const char* name, std::size_t step = 0) const {
    return job.status == 0 ? steps.at(step).at("geometry").at(name) : json(job.err);
  }
  /// The words behind the script, with blanks between.
  std::string words(std::size_t step = 0) const {
    if (job.status != 0) return job.err;
    std::string out;
    bool behind = false;
    for (const json& word : steps.at(step).at("argv")) {
      if (behind) out += (out.empty() ? "" : " ") + word.get<std::string>();
      behind = behind || word == "t.py" || word == "v.py";
    }
    return out;
  }

  TestJob job;
  json steps;
};

TEST(Quantities, OfAnotherScriptAreItsOwn) {
  const Planned planned("--config p --then validation");
  EXPECT_EQ(planned.words(0), "--micro-batch 4 --reps 2 --out logs/p");
  EXPECT_EQ(planned.words(1), "--micro-batch 4 --reps 2 --checkpoint-input logs/p");
}

TEST(Quantities, AreReadFromTheSpellingThatIsSet) {
  EXPECT_EQ(Planned("--config old").figure("micro_batch"), 8);
  EXPECT_EQ(Planned("--config p").figure("micro_batch"), 4);
  EXPECT_EQ(Planned("--app app@1 --batch 3").figure("global_batch"), 3);
}

TEST(Quantities, IpusFollowTheMappingElseTheSplits) {
  EXPECT_EQ(Planned("--config mapped").figure("ipus_per_replica"), 2);
  EXPECT_EQ(Planned("--app app@1 --splits a b c").figure("ipus_per_replica"), 4);
  EXPECT_EQ(Planned("--app app@1 --splits a --map 0 0").figure("ipus_per_replica"), 1);
}

TEST(GlobalBatch, GivesTheAccumulation) {
  const Planned planned("--config by_batch");
  EXPECT_EQ(planned.figure("accumulation"), 8);
  EXPECT_EQ(planned.figure("global_batch"), 64);
  EXPECT_EQ(planned.words(), "--micro-batch 4 --global-batch-size 64 --reps 2");
}

TEST(GlobalBatch, OfOursIsTheApplicationsOwn) {
  const Planned planned("--config by_batch --global-batch 128");
  EXPECT_EQ(planned.figure("accumulation"), 16);
  EXPECT_EQ(planned.words(), "--micro-batch 4 --reps 2 --global-batch-size 128");
}

TEST(GlobalBatch, ThatDoesNotDivideNamesItsNeighbours) {
  const Planned planned("--config by_batch --set global-batch=60");
  EXPECT_NE(planned.job.err.find("error[B004]"), std::string::npos) << planned.job.err;
  EXPECT_NE(planned.job.err.find("56"), std::string::npos) << planned.job.err;
  EXPECT_NE(planned.job.err.find("64"), std::string::npos) << planned.job.err;
}

TEST(GlobalBatch, AndAccumulationExcludeEachOther) {
  const Planned planned("--config by_batch --acc 2");
  EXPECT_NE(planned.job.err.find("error[K061]: global-batch 64 excludes acc 2"), std::string::npos)
      << planned.job.err;
}

TEST(BooleanWords, MayHaveAWordOrNone) {
  EXPECT_EQ(Planned("--config p --recompute False").words(),
            "--micro-batch 4 --reps 2 --recompute False");
  EXPECT_EQ(Planned("--config p --recompute").words(), "--micro-batch 4 --reps 2 --recompute True");
  EXPECT_EQ(Planned("--config p --recompute --out x").words(),
            "--micro-batch 4 --reps 2 --recompute True --out x");
  EXPECT_NE(Planned("--config p --recompute=maybe").job.err.find("needs true or false"),
            std::string::npos);
}

TEST(BooleanWords, DecideOnOptionsAsBooleans) {
  EXPECT_EQ(Planned("--config words --small 1").job.status, 0);
  EXPECT_EQ(Planned("--config p --recompute off --small 1").job.status, 1);
  EXPECT_EQ(Planned("--config p --recompute --small 1").job.status, 0);
  EXPECT_EQ(Planned("--config p --set recompute=yes --small 1").job.status, 0);
}

TEST(Conditions, OfOptionsKnowEveryTestWord) {
  EXPECT_EQ(Planned("--config p --sized 1").job.status, 0);
  EXPECT_EQ(Planned("--config old --sized 1").job.status, 1);
  EXPECT_EQ(Planned("--config old --set micro-batch=0x10 --sized 1").job.status, 0);
}

TEST(YamlMaps, AreOneWord) {
  EXPECT_EQ(Planned("--config words").words(),
            "--recompute True --params {a: 1, b: [x, '2'], 'on': 0x10}");
  EXPECT_NE(Planned("--config p --params 5").job.err.find("needs a YAML mapping"),
            std::string::npos);
}

}  // namespace
}  // namespace ipucnn
