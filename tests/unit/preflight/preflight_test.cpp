// What is looked at before a start, on a host of the test's own.
#include "ipucnn/preflight.h"

#include <gtest/gtest.h>

#include <map>

namespace ipucnn {
namespace {

struct FakeHost final : HostFacts {
  PathKind kind(const std::string& path) override {
    const auto it = paths.find(path);
    return it == paths.end() ? PathKind::Nothing : it->second;
  }
  std::optional<std::vector<std::string>> names(const std::string& folder) override {
    if (kind(folder) != PathKind::Folder) return std::nullopt;
    std::vector<std::string> found;
    for (const auto& [path, what] : paths)
      if (path.substr(0, path.rfind('/')) == folder)
        found.push_back(path.substr(path.rfind('/') + 1));
    return found;
  }
  bool can_write(const std::string&) override { return writable; }
  std::optional<std::uint64_t> free_bytes(const std::string&) override { return free; }
  bool has_program(const Command& command) override {
    return programs.find(literal_text(command.argv.front())) != programs.end();
  }
  std::optional<std::string> variable(const Command&, const std::string& name) override {
    const auto it = variables.find(name);
    return it == variables.end() ? std::nullopt : std::optional(it->second);
  }
  std::optional<std::string> partitions(const Command&, const std::string& server) override {
    asked = server;
    return table;
  }
  std::vector<OtherHost> not_ready(const std::vector<std::string>& hosts,
                                   const std::vector<std::string>& asked_for) override {
    hosts_asked = hosts;
    paths_asked = asked_for;
    return others;
  }
  std::vector<OtherHost> others;
  std::vector<std::string> hosts_asked, paths_asked;
  std::map<std::string, std::string> variables;
  std::optional<std::string> table;
  std::string asked;
  std::map<std::string, PathKind> paths;
  std::map<std::string, bool> programs{{"poprun", true}};
  bool writable = true;
  std::optional<std::uint64_t> free;
};

Arg word(std::string text) {
  Arg arg;
  arg.pieces = {{Piece::Kind::Text, std::move(text), std::nullopt}};
  return arg;
}

class Preflight : public ::testing::Test {
 protected:
  Preflight() {
    Step step;
    step.name = "train";
    step.script = "train.py";
    step.command.argv = {word("poprun"), word("python3"), word("train.py")};
    step.command.program_at = 1;
    step.command.cwd = word("/app");
    step.data_needs = {{word("/data"), {"train-*"}}};
    plan_.steps = {step};
    host_.paths = {{"/app", PathKind::Folder},
                   {"/app/train.py", PathKind::File},
                   {"/data", PathKind::Folder},
                   {"/data/train-00000-of-01024", PathKind::File}};
  }

  /// What was found, as ID and message, one a line.
  std::string found() {
    std::vector<std::string> missing;
    const auto filled = FilledPlan::make(
        plan_,
        [](std::string_view name) {
          return name == "DATA" ? std::optional<std::string>("/data") : std::nullopt;
        },
        {}, missing);
    EXPECT_TRUE(filled);
    PreflightInput in{*filled, ".", "runs"};
    in.place = [](std::size_t step, PreflightSubject subject) {
      return Span{kCommandLine, 1, static_cast<std::uint32_t>(step) + 1,
                  static_cast<std::uint32_t>(subject) + 1};
    };
    std::string text;
    all_ = preflight(in, host_);
    for (const Diagnostic& d : all_.all())
      text += std::string(finding_info(d.id).id) + " " + d.message + "\n";
    return text;
  }

  JobPlan plan_;
  FakeHost host_;
  Diagnostics all_;
};

TEST_F(Preflight, FindsNothingWhereAllIsThere) { EXPECT_EQ(found(), ""); }

/// A training whose validation starts from what it has saved.
JobPlan handing_on(const std::string& folder) {
  Step first;
  first.name = "train";
  first.command.argv = {word("train"), word("--checkpoint-dir"), word(folder)};
  first.output = word(folder);
  Step second = first;
  second.name = "validation";
  second.output = {};
  second.restore = word(folder);
  JobPlan plan;
  plan.steps = {first, second};
  return plan;
}

TEST(PrepareRuns, DemandsThatWhatIsHandedOnIsNew) {
  FakeHost host;
  host.paths = {{"/here/out", PathKind::Folder}, {"/out", PathKind::Folder}};
  const auto findings_of = [&](const std::string& folder, std::size_t first_step) {
    PlannedRun run{handing_on(folder), "runs"};
    run.output_at = {kCommandLine, 1, 7, 3};
    run.first_step = first_step;
    Diagnostics found;
    EXPECT_EQ(prepare_runs(
                  {run}, "/here", host, [](auto) { return std::nullopt; }, found)
                  .size(),
              1U);
    std::string text;
    for (const Diagnostic& d : found.all()) {
      EXPECT_EQ(finding_info(d.id).id, "L030");
      EXPECT_EQ(d.at.column, 7U);
      text += d.message.substr(0, d.message.find(' '));
    }
    return text;
  };
  EXPECT_EQ(findings_of("out", 0), "/here/out");
  EXPECT_EQ(findings_of("/out", 0), "/out");
  EXPECT_EQ(findings_of("new", 0), "");
  // Of a run that begins behind it, the folder is what it goes on from.
  EXPECT_EQ(findings_of("out", 1), "");
}

TEST(PrepareRuns, StartsNothingWhereAVariableOfOnePlanIsNotSet) {
  FakeHost host;
  PlannedRun good{handing_on("new"), "runs"};
  PlannedRun bad = good;
  Arg variable;
  variable.pieces = {{Piece::Kind::Variable, "NOT_SET", std::nullopt}};
  bad.plan.steps[0].command.argv.push_back(variable);
  Diagnostics found;
  EXPECT_TRUE(prepare_runs(
                  {good, bad}, ".", host, [](auto) { return std::nullopt; }, found)
                  .empty());
  ASSERT_EQ(found.all().size(), 1U);
  EXPECT_EQ(finding_info(found.all().front().id).id, "L005");
}

TEST_F(Preflight, TellsEverythingInOnePass) {
  host_.programs.clear();
  host_.paths.erase("/app/train.py");
  host_.paths.erase("/data");
  plan_.steps[0].restore = word("ckpt");
  host_.writable = false;
  EXPECT_EQ(found(),
            "L031 there is no program poprun on PATH\n"
            "L033 there is no /app/train.py\n"
            "D010 the data folder /data is not there\n"
            "D012 there is no checkpoint /app/ckpt\n"
            "L034 no run folder can be made in runs\n");
  for (const Diagnostic& d : all_.all()) {
    EXPECT_EQ(d.at.line, 1U);
    EXPECT_NE(d.help, "");
  }
  EXPECT_EQ(all_.all()[2].at.length, static_cast<std::uint32_t>(PreflightSubject::Data) + 1);
}

TEST_F(Preflight, LooksNoFurtherWhereTheFolderIsMissing) {
  host_.paths.clear();
  host_.programs.clear();
  EXPECT_EQ(found(), "L032 the application's folder /app is not there\n");
}

TEST_F(Preflight, DemandsTheFilesOfTheDataSet) {
  plan_.steps[0].data_needs[0].files.emplace_back("validation-*");
  EXPECT_EQ(found(), "D011 the data folder /data holds no validation-*\n");
}

TEST_F(Preflight, DemandsAsManyFilesAsTheScriptTakes) {
  plan_.steps[0].data_needs[0].counts = {{"train-*", 1024}, {"validation-*", 128}};
  EXPECT_EQ(found(),
            "D011 the data folder /data holds 1 train-*, and the script takes exactly 1024\n"
            "D011 the data folder /data holds 0 validation-*, and the script takes exactly 128\n");
}

TEST_F(Preflight, KnowsFoldersThatVariablesName) {
  plan_.steps[0].data_needs[0].path.pieces = {{Piece::Kind::Variable, "DATA", std::nullopt},
                                              {Piece::Kind::Text, "/sub", std::nullopt}};
  plan_.steps[0].command.argv.push_back(plan_.steps[0].data_needs[0].path);
  EXPECT_EQ(found(), "D010 the data folder /data/sub is not there\n");
  plan_.steps[0].data_needs[0].path.pieces[1].text = "";
  plan_.steps[0].command.argv.back() = plan_.steps[0].data_needs[0].path;
  EXPECT_EQ(found(), "");
}

TEST_F(Preflight, LeavesAWrapperToFindTheScript) {
  host_.paths.erase("/app/train.py");
  plan_.steps[0].command.argv = {word("poprun"), word("run.sh"), word("python3"), word("train.py")};
  EXPECT_EQ(found(), "");
  plan_.steps[0].command.argv = {word("poprun"), word("python3"), word("/other/train.py")};
  plan_.steps[0].script_dir = word("/other");
  EXPECT_EQ(found(), "L033 there is no /other/train.py\n");
}

TEST_F(Preflight, TakesABeginningOfNamesForACheckpoint) {
  plan_.steps[0].restore = word("logs/ckpt-10");
  host_.paths["/app/logs"] = PathKind::Folder;
  host_.paths["/app/logs/ckpt-100.index"] = PathKind::File;
  EXPECT_EQ(found(), "D012 there is no checkpoint /app/logs/ckpt-10\n");
  host_.paths["/app/logs/ckpt-10.index"] = PathKind::File;
  EXPECT_EQ(found(), "");
}

TEST_F(Preflight, DoesNotAskForWhatTheStepBeforeWrites) {
  plan_.steps[0].output = word("logs");
  plan_.steps.push_back(plan_.steps[0]);
  plan_.steps[1].restore = word("logs");
  EXPECT_EQ(found(), "");
  plan_.steps[1].restore = word("elsewhere");
  EXPECT_EQ(found(), "D012 there is no checkpoint /app/elsewhere\n");
}

TEST_F(Preflight, HoldsTheEnabledSdkToTheReleases) {
  plan_.application = "app";
  plan_.release = "2.3";
  plan_.sdk_releases = {"2.3"};
  host_.variables["POPLAR_SDK_ENABLED"] = "/opt/poplar-ubuntu_18_04-2.3.0+774-b47c577c2a";
  EXPECT_EQ(found(), "");
  host_.variables["POPLAR_SDK_ENABLED"] =
      "/opt/poplar_sdk-ubuntu_20_04-3.2.0+1277-7cd8ade3cd/poplar-ubuntu_20_04-3.2.0+7-a1b2c3";
  EXPECT_EQ(found(), "L028 the SDK that is enabled is 3.2, and app@2.3 is made for 2.3\n");
  host_.paths.erase("/app");  // all in one pass
  EXPECT_EQ(found(),
            "L032 the application's folder /app is not there\n"
            "L028 the SDK that is enabled is 3.2, and app@2.3 is made for 2.3\n");
  plan_.sdk_releases = {"3.2", "3.3"};
  host_.paths["/app"] = PathKind::Folder;
  EXPECT_EQ(found(), "");
  plan_.label = "REHEARSAL";
  plan_.sdk_releases = {"2.3"};
  EXPECT_EQ(found(), "");
}

TEST(SdkRelease, IsFoundInAPath) {
  EXPECT_EQ(sdk_release_in("/opt/poplar-ubuntu_18_04-2.3.0+774-b47c577c2a"), "2.3");
  EXPECT_EQ(sdk_release_in("/a-1.2.3/poplar-rhel_8-3.10.1+1-x/"), "3.10");
  for (const char* none : {"", "-", "/opt/poplar", "/opt/poplar-3", "/opt/poplar-3.", "/opt/a-3.2",
                           "/opt/a-3.x.1", "/opt/3.2.1"})
    EXPECT_EQ(sdk_release_in(none), "") << none;
}

constexpr const char* kTable =
    " Partition   | Cluster  | ILDs | Size | State\n"
    "---------------------------------------------\n"
    " p64         | c64_1-16 | 1    | 64   | ACTIVE\n"
    " p16         | c64_1-16 | 1    | 16   | ERROR\n"
    "---------------------------------------------\n";

TEST(PartitionState, IsReadFromTheTable) {
  EXPECT_EQ(partition_state(kTable, "p64"), "ACTIVE");
  EXPECT_EQ(partition_state(kTable, "p16"), "ERROR");
  EXPECT_EQ(partition_state(kTable, "p6"), "");
  EXPECT_EQ(partition_state("", "p64"), std::nullopt);
  EXPECT_EQ(partition_state("list partitions: failed: p64 | x\n", "p64"), std::nullopt);
  EXPECT_EQ(partition_state(" Partition | State\n p64\n p64 |", "p64"), "");
}

TEST_F(Preflight, HoldsAPartitionToItsState) {
  Step& step = plan_.steps[0];
  step.launcher = "poprun";
  const auto option = [](std::string text, std::string cause, bool begins) {
    Arg arg = word(std::move(text));
    arg.cause = std::move(cause);
    arg.begins = begins;
    return arg;
  };
  step.command.argv = {word("poprun"),
                       option("--vipu-server-host", "vipu_server_host", true),
                       option("10.0.0.1", "vipu_server_host", false),
                       option("--vipu-partition=p16", "vipu_partition", true),
                       word("python3"),
                       word("train.py")};
  step.command.program_at = 4;
  EXPECT_EQ(found(), "");  // nobody is there to be asked
  host_.table = kTable;
  plan_.steps.push_back(step);  // said once
  EXPECT_EQ(found(), "L029 the partition p16 is ERROR, not ACTIVE\n");
  EXPECT_EQ(host_.asked, "10.0.0.1");
  plan_.steps.pop_back();
  plan_.steps[0].command.argv[3].pieces[0].text = "--vipu-partition=p64";
  EXPECT_EQ(found(), "");
  plan_.steps[0].command.argv[3].pieces[0].text = "--vipu-partition=p8";
  EXPECT_EQ(found(), "L029 vipu lists no partition p8\n");
  EXPECT_FALSE(all_.has_errors());
  plan_.steps[0].command.argv.insert(plan_.steps[0].command.argv.begin() + 1,
                                     option("--offline-mode", "offline_mode", true));
  plan_.steps[0].command.program_at = 5;
  EXPECT_EQ(found(), "");
}

TEST_F(Preflight, TakesAPartitionOfAVariable) {
  host_.table = kTable;
  host_.variables["IPUOF_VIPU_API_PARTITION_ID"] = "p8";
  EXPECT_EQ(found(), "L029 vipu lists no partition p8\n");
  EXPECT_TRUE(all_.has_errors());  // nobody would make it
}

TEST_F(Preflight, WarnsWhereLittleSpaceIsLeft) {
  plan_.steps[0].output = word("logs");
  host_.free = std::uint64_t{5} << 20U;
  EXPECT_EQ(found(),
            "L035 only 5 MiB are free for what is written to /app/logs\n"
            "L035 only 5 MiB are free for the logs in runs\n");
  host_.free = std::uint64_t{5} << 30U;
  EXPECT_EQ(found(), "");
}

TEST_F(Preflight, AsksTheHostsThatTheLauncherStartsProcessesOn) {
  Command& command = plan_.steps[0].command;
  Arg option = word("--host");
  option.cause = "hosts";
  option.begins = true;
  Arg names = word("h1:8,h2:8");
  names.cause = "hosts";
  command.argv.insert(command.argv.begin() + 1, {option, names});
  command.program_at = 3;
  host_.others = {{"h1", "Permission denied", {}}, {"h2", "", {"/data"}}};
  EXPECT_EQ(found(), "L039 h1 is not reached by ssh: Permission denied\nL039 h2 has no /data\n");
  EXPECT_EQ(host_.hosts_asked, (std::vector<std::string>{"h1", "h2"}));
  EXPECT_EQ(host_.paths_asked, (std::vector<std::string>{"/app", "/data"}));
  host_.variables["OMPI_MCA_plm_rsh_agent"] = "qrsh";
  EXPECT_EQ(found(), "");
}

}  // namespace
}  // namespace ipucnn
