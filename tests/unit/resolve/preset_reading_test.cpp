// What presets have alike is worked out once: each has to come to the same as when it is alone.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
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
      validation: {script: v.py, launchers: [none]}
    scripts: {t.py: {proof: exit}, v.py: {proof: exit}}
    quantities: {micro_batch: batch, accumulation: acc, replicas: reps, splits: splits}
    older_names: {batch-size: batch}
    options:
      batch: {flag: --batch, type: int, default: 1}
      batch-size: {flag: --batch-size, type: int}
      acc: {flag: --acc, type: int, default: 1, scripts: [t.py]}
      reps: {flag: --reps, type: int, default: 1}
      splits: {flag: --splits, type: str, arity: +}
      mode: {flag: --mode, type: str, choices: [a, b]}
      extra: {flag: --extra, type: yaml_map}
presets:
  app@1:
    base: &base {batch: 4, reps: 2, mode: a, splits: [x, y]}
    faulty: &faulty {batch: 4, bacth: 8, mode: c, acc: two, 7: x}
    older: &older {batch-size: 3}
    mapping: &mapping {extra: {k: 1}, mode: b}
    nested: &nested {batch: 4, mode: {k: 1}}
    plain: {<<: *base}
    first: {<<: *base, batch: 8}
    second: {<<: *base, reps: 4, batch: 16}
    third: {<<: [*faulty, *base], acc: 3}
    fourth: {<<: *faulty, bacth: 9}
    fifth: {<<: [*older, *mapping], mode: c}
    sixth: {<<: *nested}
    last: {extends: second, mode: null, splits: [z]}
)";
constexpr std::string_view kNames[] = {"base",  "faulty", "older",  "mapping", "nested",
                                       "plain", "first",  "second", "third",   "fourth",
                                       "fifth", "sixth",  "last"};

/// Each finding once, as it is said of a file, whichever presets it is said of.
std::set<std::string> findings_of(std::string_view words, TestJob& job) {
  job.run("check " + std::string(words) + " --format json");
  const json found = json::parse(job.out);
  std::set<std::string> all;
  for (json finding : found.at("findings")) {
    finding.erase("also");
    all.insert(finding.dump());
  }
  return all;
}

TEST(PresetReading, FindsInAListWhatItFindsInEach) {
  TestJob job(kFile);
  std::set<std::string> each;
  for (const std::string_view name : kNames)
    each.merge(findings_of("--config app@1:" + std::string(name), job));
  EXPECT_EQ(each.size(), 8U);
  EXPECT_EQ(findings_of("", job), each);
}

TEST(PresetReading, LeavesAPresetsOwnValuesToIt) {
  TestJob job(kFile);
  job.run("show presets --app app@1 --format json");
  const json list = json::parse(job.out);
  for (const std::string_view name : {"base", "plain", "first", "second", "last"}) {
    TestJob alone(kFile);
    alone.run("run --config app@1:" + std::string(name) + " --dry-run --format json");
    ASSERT_EQ(alone.status, 0) << alone.err;
    const json geometry = json::parse(alone.out).at("steps").at(0).at("geometry");
    bool is_listed = false;
    for (const json& preset : list.at("presets")) {
      if (preset.at("name") != name) continue;
      is_listed = true;
      EXPECT_EQ(preset.at("geometry"), geometry) << name;
    }
    EXPECT_TRUE(is_listed) << name;
  }
}

constexpr std::string_view kWords = R"(applications:
  app@1:
    preset_values: {as_words: true}
    purposes:
      train: {script: t.py, launchers: [none]}
      validation: {script: v.py, launchers: [none]}
    scripts: {t.py: {proof: exit}, v.py: {proof: exit}}
    quantities: {micro_batch: batch, replicas: reps}
    options:
      batch: {flag: --batch, type: int, default: 1}
      reps: {flag: --reps, type: int, default: 1}
      rate: {flag: --rate, type: float}
      params: {flag: --params, type: yaml_map, scripts: [t.py]}
presets:
  app@1:
    plain: &plain {batch: 4, rate: 1, params: {a: 1, b: [x, 2]}, reps: 2}
    cut: &cut {batch: 4, rat: 1, params: {a: 1, b: [x, 2]}, reps: 2}
    changed: {<<: *plain, rate: 0.00001}
    changed_cut: {<<: *cut, rat: 0.00001}
)";

/// What is left to the script, as a key is that is cut short, comes to the same as what is not.
TEST(PresetReading, ReadsWordsAsTheScriptDoes) {
  const auto planned = [](const std::string& words) {
    TestJob job(kWords);
    job.run("run " + words + " --dry-run --flat");
    return job.status == 0 ? job.out : job.err;
  };
  EXPECT_EQ(planned("--config app@1:plain"), planned("--config app@1:cut"));
  EXPECT_EQ(planned("--config app@1:changed"), planned("--config app@1:changed_cut"));
  EXPECT_NE(planned("--config app@1:changed").find("--rate 0.00001"), std::string::npos);
  // Its script has no option for the mapping.
  for (const std::string name : {"changed", "changed_cut"}) {
    const std::string other = planned("--config app@1:" + name + " --purpose validation");
    EXPECT_NE(other.find("params is a mapping"), std::string::npos) << other;
  }
}

}  // namespace
}  // namespace ipucnn
