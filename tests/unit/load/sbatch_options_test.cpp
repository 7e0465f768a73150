#include "ipucnn/sbatch_options.h"

#include <gtest/gtest.h>

#include "ipucnn/file_schema.h"

namespace ipucnn {
namespace {

using Text = std::optional<std::string>;

TEST(SbatchOptions, StandAloneWhereTheyHaveNoValue) {
  EXPECT_EQ(sbatch_value("requeue", "true", ScalarType::Bool), Text(""));
  EXPECT_EQ(sbatch_value("no-requeue", "yes", ScalarType::Bool), Text(""));
  EXPECT_EQ(sbatch_value("hold", "false", ScalarType::Bool), std::nullopt);
  EXPECT_EQ(sbatch_value("exclusive", "on", ScalarType::Bool), Text(""));
  EXPECT_EQ(sbatch_value("exclusive", "user", ScalarType::String), Text("user"));
  EXPECT_EQ(sbatch_value("nice", "100", ScalarType::Int), Text("100"));
  EXPECT_EQ(sbatch_value("kill-on-invalid-dep", "yes", ScalarType::Bool), Text("yes"));
  EXPECT_EQ(sbatch_value("of-a-plugin", "true", ScalarType::Bool), Text("true"));
  EXPECT_EQ(sbatch_value("partition", "", ScalarType::Null), std::nullopt);
}

TEST(SbatchOptions, AreRefusedWhereARunCannotBeFollowed) {
  const auto refused = [](std::string_view name, std::string_view value, ScalarType type) {
    return !refuse_sbatch_option(name, value, type).message.empty();
  };
  for (const std::string_view name : {"array", "wrap", "test-only", "parsable", "wait", "clusters"})
    EXPECT_TRUE(refused(name, "1", ScalarType::Int)) << name;
  EXPECT_FALSE(refused("array", "", ScalarType::Null));
  EXPECT_TRUE(refused("dependency", "afterok:3,expand:4", ScalarType::String));
  EXPECT_FALSE(refused("dependency", "afterok:3", ScalarType::String));
  EXPECT_TRUE(refused("requeue", "5", ScalarType::Int));
  EXPECT_FALSE(refused("requeue", "", ScalarType::String));
  EXPECT_TRUE(refused("partition", "", ScalarType::String));
  EXPECT_FALSE(refused("of-a-plugin", "", ScalarType::String));
}

/// Of a text without quotes.
bool takes(std::string_view key, std::string_view text) {
  return refusal(*find_field("kubernetes", key), text, plain_scalar_type(text)).empty();
}

TEST(FileSchema, TakesOfAClusterWhatItsServerDoes) {
  for (const std::string_view good : {"200Gi", "200G", "500000000", "0.5Ti", ".5Gi", "1e9", "5k"})
    EXPECT_TRUE(takes("memory", good)) << good;
  for (const std::string_view bad : {"200GB", "-5Gi", "0", "0Gi", "Gi", "200 Gi", "500m", "1.2.3",
                                     "lots", "1_000", "0x10", ".", "200gi"})
    EXPECT_FALSE(takes("memory", bad)) << bad;
  for (const std::string_view good : {"32", "0.5", "500m"}) EXPECT_TRUE(takes("cpu", good)) << good;
  for (const std::string_view bad : {"abc", "0", "-1", "32Gi", "m", "0m"})
    EXPECT_FALSE(takes("cpu", bad)) << bad;
  for (const std::string_view good : {"ml", "team-1", "9a"})
    EXPECT_TRUE(takes("namespace", good)) << good;
  for (const std::string_view bad : {"My_NS", "a.b", "-a", "a-"})
    EXPECT_FALSE(takes("namespace", bad)) << bad;
  EXPECT_FALSE(takes("namespace", std::string(64, 'a')));
  EXPECT_TRUE(takes("service_account", "robot.ml"));
  EXPECT_FALSE(takes("service_account", "robot..ml"));
  EXPECT_TRUE(takes("image", "registry/cnns:3.3"));
  EXPECT_FALSE(takes("image", "registry/my cnns"));
}

}  // namespace
}  // namespace ipucnn
