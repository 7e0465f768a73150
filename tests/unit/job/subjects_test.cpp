// What is checked and locked one after the other, and what a lock file holds of it.
#include "ipucnn/subjects.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "ipucnn/lock.h"

namespace ipucnn {
namespace {

constexpr std::string_view kFile = R"(presets:
  tensorflow1_cnns@2.3:
    mine: {extends: mk2_resnet50_gn_16ipus, epochs: 2}
jobs:
  nightly: {application: tensorflow1_cnns@2.3, preset: mine}
)";

struct Files {
  Files() { EXPECT_TRUE(catalog.add(sources, file, Layer::Project, {}, findings)); }

  Sources sources;
  SourceId file = sources.add("ipucnn.yml", std::string(kFile));
  Catalog catalog{sources};
  Descriptors descriptors{catalog};
  Diagnostics findings;
};

std::string names(const std::vector<Subject>& subjects) {
  std::string out;
  for (const Subject& subject : subjects) out += subject.name + ";";
  return out;
}

TEST(Subjects, AreTheProjectsPresetsForTrainingAndValidation) {
  const Files files;
  const auto subjects = preset_subjects({}, {}, files.descriptors);
  EXPECT_EQ(names(subjects), "mine;mine (validation);");
  for (const Subject& subject : subjects) {
    EXPECT_TRUE(subject.is_preset());
    EXPECT_TRUE(subject.request.purpose_assumed);
  }
}

TEST(Subjects, AreForThePurposeThatIsAskedFor) {
  const Files files;
  JobRequest words;
  words.purpose = Word{"restore", {}};
  const auto subjects = preset_subjects(words, {}, files.descriptors);
  EXPECT_EQ(names(subjects), "mine;");
  EXPECT_FALSE(subjects.front().request.purpose_assumed);
}

TEST(Subjects, AreThoseNamedAndNoOthers) {
  const Files files;
  const SubjectWords named{{Word{"mk2_resnet50_bn_16ipus", {}}}, {}, {}};
  EXPECT_EQ(names(preset_subjects({}, named, files.descriptors)),
            "mk2_resnet50_bn_16ipus;mk2_resnet50_bn_16ipus (validation);");
  EXPECT_EQ(names(job_subjects({}, named, files.catalog)), "");
  EXPECT_EQ(names(job_subjects({}, {}, files.catalog)), "job nightly;");
  EXPECT_EQ(names(job_subjects({}, {{}, {Word{"other", {}}}, {}}, files.catalog)), "job other;");
}

TEST(Commands, OfATextKeepTheirWordsAndTakeOurs) {
  Files files;
  const SourceId text = files.sources.add(
      "run.sh", "python3 train.py --config mk2_resnet50_gn_16ipus --no-validation\n");
  Diagnostics found;
  const auto commands = import_commands(files.catalog, files.sources, text, {}, found);
  ASSERT_EQ(commands.size(), 1U);
  JobRequest words;
  words.preset = Word{"mine", {}};
  words.overrides = {Word{"--epochs", {}}, Word{"3", {}}};
  const JobRequest request = request_of(commands.front(), words, found, files.sources);
  EXPECT_FALSE(request.preset);  // the command names its own
  EXPECT_TRUE(request.command);
  ASSERT_GE(request.overrides.size(), 3U);
  EXPECT_EQ(request.overrides.back().text, "3");
  const Job job = resolve_job(request, files.descriptors, {}, Occasion::Import);
  ASSERT_NE(job.first(), nullptr);
  EXPECT_EQ(value_text(job.first()->first().settings.find("epochs")->value), "3");
  EXPECT_FALSE(is_faulty(commands.front(), found, job.all_findings()));
}

TEST(Lock, KeepsTheCommandOrTheErrorsOfAPreset) {
  const Files files;
  const auto subjects = preset_subjects({}, {}, files.descriptors);
  const Job job = resolve_job(subjects.front().request, files.descriptors, {}, Occasion::Files);
  const auto emit = [](const JobPlan& plan) { return plan.steps.front().name + "\n"; };
  const LockEntry entry = lock_entry(job.points.front(), emit);
  EXPECT_EQ(entry.head, "tensorflow1_cnns@2.3:mine train pod16");
  EXPECT_EQ(entry.body, "train\n");

  LockFile lock = parse_lock("ipucnn.lock", 9, lock_text({entry}));
  ASSERT_EQ(lock.entries.size(), 1U);
  Diagnostics same;
  compare_with_lock(entry, lock, same);
  report_leftovers(lock, same);
  EXPECT_TRUE(same.all().empty());

  LockEntry changed = entry;
  changed.body = "train --batch-size 4\n";
  Diagnostics differs;
  compare_with_lock(changed, lock, differs);
  ASSERT_EQ(differs.all().size(), 1U);
  EXPECT_NE(differs.all().front().message.find("+{--batch-size 4}"), std::string::npos)
      << differs.all().front().message;
}

}  // namespace
}  // namespace ipucnn
