// Rules over an application of its own. Whole texts for shipped presets are in tests/golden.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "unit/support/test_job.h"

namespace ipucnn {
namespace {

using testing::TestJob;

constexpr std::string_view kFile = R"(applications:
  app@1:
    no_data_with: [fake]
    purposes:
      train: {script: t.py, launchers: [poprun, none]}
      test: {script: t.py, launchers: [none], needs: [restore_path], without: [data_dir]}
    quantities:
      {micro_batch: micro, accumulation: acc, replicas: repl, ipus_per_replica: {value: each},
       data_dir: data, restore_path: from}
    options:
      config: {flag: --config, type: str}
      micro: {flag: --micro, type: int, default: 4}
      acc: {flag: --acc, type: int, default: 1}
      repl: {flag: --repl, type: int, default: 1}
      each: {flag: --each, type: int, default: 1}
      data: {flag: --data, type: str}
      from: {flag: --from, type: str}
      fake: {flag: --fake, type: switch}
      word: {flag: --word, type: str}
targets:
  hall: {ipus: 64, generation: mk9, default_hosts: 4, instances_per_host: 8, launcher: poprun}
presets: {app@1: {p: {repl: 64}, q: {repl: 64, data: /mine}}}
sites:
  open: {env: {API_TOKEN: abc, MY_KEYS: x, DB_PASSWORD: "${env:DB_PASSWORD}"}}
  hall: {target: hall, hosts: [a, b, c, d], network: n}
  empty: {env: {PASSWORD: "", TOKENIZERS: x, KEYBOARD: x, PATCH: x}}
  tokens: {env: {PERSONAL_ACCESS_TOKEN: abc, github_pat: x, WANDB_API_KEY: x, Passphrase: x}}
defaults: {preset_targets: {p: none, q: none}}
)";

std::string found(const std::string& words, const std::vector<std::string>& more = {}) {
  return TestJob(kFile).run("run --dry-run " + words, more).err;
}

constexpr std::string_view kWhere = "ipucnn: start it where t.py is\n";

TEST(DataFolder, OfAPresetOfTheUsersIsTheirs) { EXPECT_EQ(found("--config q"), kWhere); }

TEST(DataFolder, IsMissedUnlessNoneIsRead) {
  EXPECT_EQ(found("--config p"),
            "ipucnn.yml:22:19: warning[D002]: no data folder is given\n"
            "    presets: {app@1: {p: {repl: 64}, q: {repl: 64, data: /mine}}}\n"
            "                      ^\n"
            "  help: give --data FOLDER, set DATA_DIR, or put `data_dir:` into a site\n" +
                std::string(kWhere));
  EXPECT_EQ(found("--config p --fake"), kWhere);
  EXPECT_EQ(found("--config p --purpose test --from x"), kWhere);
  EXPECT_EQ(TestJob(kFile).set("DATA_DIR", "/d").run("run --dry-run --config p").err, kWhere);
}

TEST(Splits, FollowTheModelWhereItsOrderCounts) {
  const std::string file = R"(applications:
  app@1:
    purposes: {train: {script: t.py, launchers: [none]}}
    quantities: {splits: splits, ipus_per_replica: {stages: splits}}
    options: {splits: {flag: --splits, type: str, arity: +}}
    layers: [{names: [a, b, c]ORDER}]
presets: {app@1: {p: {splits: [c, b]}}}
)";
  const auto with = [&](std::string_view order) {
    std::string text = file;
    text.replace(text.find("ORDER"), 5, order);
    return TestJob(text).run("check").out;
  };
  EXPECT_NE(with("").find("error[S003]: 'b' comes before 'c' in the model"), std::string::npos);
  EXPECT_EQ(with(", any_order: true"), "");
}

TEST(Secrets, AreRefusedWhereTheyAreWrittenOut) {
  EXPECT_EQ(found("--config q --site open"),
            "ipucnn.yml:24:27: error[L004]: API_TOKEN looks like a secret and is written out here\n"
            "      open: {env: {API_TOKEN: abc, MY_KEYS: x, DB_PASSWORD: \"${env:DB_PASS...\n"
            "                              ^~~\n"
            "  help: forward it by name: `forward: [API_TOKEN]`, and set it in the launching\n"
            "        environment\n");
}

TEST(Secrets, AreKnownByHowTheirNameEnds) {
  EXPECT_EQ(found("--config q --site empty"), kWhere);
  const std::string text = found("--config q --site tokens");
  for (const char* name : {"PERSONAL_ACCESS_TOKEN", "github_pat", "WANDB_API_KEY", "Passphrase"})
    EXPECT_NE(text.find(std::string("error[L004]: ") + name), std::string::npos) << name;
}

TEST(Dollar, ThatAShellWouldExpandIsWarnedOf) {
  for (const char* word : {"$HOME", "${HOME}", "$(id)", "a$_b"})
    EXPECT_NE(found("--config q", {"--word", word}).find("[L003]"), std::string::npos) << word;
  for (const char* word : {"$", "a$", "$1", "5 $ 6", "${env:HOME}"})
    EXPECT_EQ(found("--config q", {"--word", word}), kWhere) << word;
}

TEST(Instances, ThatDoNotDivideAreAnErrorWithThoseThatDo) {
  EXPECT_EQ(found("--config q --site hall --acc 1 --instances 6"),
            "command line:1:65: error[P004]: 64 replicas do not divide evenly among 6 instances\n"
            "    ipucnn run --dry-run --config q --site hall --acc 1 --instances 6\n"
            "                                                                    ^\n"
            "  help: instances that fit: 4, 8, 16, 32, 64\n"
            "command line:1:65: error[P005]: 6 instances do not divide evenly among 4 hosts\n"
            "    ipucnn run --dry-run --config q --site hall --acc 1 --instances 6\n"
            "                                                                    ^\n"
            "  help: instances that fit: 4, 8, 16, 32, 64\n");
}

TEST(Hosts, AreTheFirstOfTheSitesThatAreNeeded) {
  const std::string text = TestJob(kFile).run("run --dry-run --config q --site hall --hosts 2").out;
  EXPECT_NE(text.find("--host a,b \\\n"), std::string::npos) << text;
  EXPECT_NE(text.find("--num-instances 16 \\\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace ipucnn
