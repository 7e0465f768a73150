// A preset and commands for another release, from values to values.
#include "ipucnn/migration.h"

#include <gtest/gtest.h>

namespace ipucnn {
namespace {

constexpr const char* kLine =
    "python3 train.py --config mk2_resnet50_gn_16ipus --batch-size 4 --epochs 2\n";

std::string ids(const Diagnostics& findings) {
  std::string text;
  for (const Diagnostic* d : findings.sorted()) text += std::string(finding_info(d->id).id) + ";";
  return text;
}

Migrated of_text(const std::string& text, const std::string& to) {
  JobInputs inputs;
  const SourceId source = inputs.sources.add("train.sh", text);
  ImportRequest how;
  how.application = parse_app_id("tensorflow1_cnns@2.3");
  return migrate_commands(inputs, source, how, {}, {to, {}});
}

TEST(Migration, LeavesATextWithoutCommandsAsItIs) {
  const Migrated migrated = of_text("echo hello\n", "2.4");
  EXPECT_TRUE(migrated.no_command);
  EXPECT_EQ("echo hello\n", migrated.text);
  EXPECT_EQ("", ids(migrated.findings));
}

TEST(Migration, HasNoTextForAReleaseThatIsNotKnown) {
  const Migrated migrated = of_text(kLine, "99.9");
  EXPECT_FALSE(migrated.text);
  EXPECT_FALSE(migrated.no_command);
  EXPECT_TRUE(migrated.findings.has_errors());
}

TEST(Migration, OfItsOwnReleaseChangesNoWord) {
  const Migrated migrated = of_text(kLine, "tensorflow1_cnns@2.3");
  EXPECT_EQ(kLine, migrated.text);
  EXPECT_TRUE(migrated.left_out.empty());
}

TEST(Migration, OfAPresetIsAFileThatCanBeRead) {
  JobInputs inputs;
  JobRequest request;
  request.preset = Word{"tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus", {}};
  const Migrated migrated = migrate_preset(inputs, request, {"tensorflow1_cnns@2.3", {}});
  ASSERT_TRUE(migrated.text) << ids(migrated.findings);
  EXPECT_NE(migrated.text->find("mk2_resnet50_gn_16ipus:"), std::string::npos) << *migrated.text;
  EXPECT_FALSE(migrated.findings.has_errors()) << ids(migrated.findings);
}

}  // namespace
}  // namespace ipucnn
