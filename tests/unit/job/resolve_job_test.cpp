// Requests and jobs as values: no file, clock or command line is needed.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "ipucnn/emit.h"
#include "ipucnn/job.h"

namespace ipucnn {
namespace {

constexpr std::string_view kFile = R"(applications:
  app@1:
    purposes:
      train: {script: t.py, launchers: [poprun, none]}
      test: {script: v.py, launchers: [poprun, none], without: [accumulation]}
    quantities: {micro_batch: micro, accumulation: acc, replicas: repl, ipus_per_replica: {value: each}}
    options:
      micro: {flag: --micro, type: int, default: 4}
      acc: {flag: --acc, type: int, default: 1}
      repl: {flag: --repl, type: int, default: 1}
      each: {flag: --each, type: int, default: 1}
      model: {flag: --model, type: str, default: m, choices: [m, n]}
targets:
  four: {ipus: 4, generation: mk9, instances_per_host: 2, launcher: poprun}
presets:
  app@1: {p: {acc: 4, repl: 2, each: 2}, wrong: {micro: eight}}
jobs:
  base: {application: app, preset: p, target: four, options: {model: m}}
  swept: {extends: base, sweep: {repl: [1, 3, 2]}}
  open: {extends: base, alternatives: {model: [m, n]}}
  allowing: {application: app, preset: wrong, allow: [K012]}
)";

/// The built-in data with one file of a project.
struct Project {
  Project() {
    const SourceId source = sources.add("ipucnn.yml", std::string(kFile));
    EXPECT_TRUE(catalog.add(sources, source, Layer::Project, {}, findings));
  }
  Job resolve(const JobRequest& request, Occasion occasion = Occasion::DryRun) const {
    return resolve_job(request, descriptors, {}, occasion);
  }
  static JobRequest job(std::string name) {
    JobRequest request;
    request.job = Word{std::move(name), {}};
    return request;
  }
  static JobRequest preset(std::string name) {
    JobRequest request;
    request.preset = Word{std::move(name), {}};
    return request;
  }

  Sources sources;
  Catalog catalog{sources};
  Descriptors descriptors{catalog};
  Diagnostics findings;
};

std::string ids(const Diagnostics& found) {
  std::string out;
  for (const Diagnostic& d : found.all())
    out += std::string(finding_info(d.id).id) + ":" + std::string(severity_name(d.severity)) + " ";
  return out;
}

std::string line_of(const JobPoint& point) {
  return emit(plan_of(point, PlanDetail::Words), "argv")->front().text;
}

TEST(Request, TakesFromItsJobWhatItLeavesOpen) {
  const Project project;
  JobRequest request = Project::job("base");
  request.target = Word{"none", {}};
  Diagnostics out;
  const auto all = expand(request, project.catalog, out);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all.front().preset->text, "p");
  EXPECT_EQ(all.front().target->text, "none");
}

TEST(Request, WithoutSuchAJobIsAFinding) {
  const Project project;
  Diagnostics out;
  EXPECT_TRUE(expand(Project::job("bases"), project.catalog, out).empty());
  EXPECT_EQ(ids(out), "K050:error ");
  EXPECT_EQ(ids(project.resolve(Project::job("bases")).all_findings()), "K050:error ");
}

TEST(Request, HasAnIdentityThatFollowsFromWhatItSays) {
  const Project project;
  Diagnostics out;
  const auto swept = expand(Project::job("swept"), project.catalog, out);
  const auto again = expand(Project::job("swept"), project.catalog, out);
  ASSERT_EQ(swept.size(), 3U);
  EXPECT_EQ(identity(swept[0]), identity(again[0]));
  EXPECT_NE(identity(swept[0]), identity(swept[1]));
  JobRequest moved = swept[0];
  moved.preset->at = {7, 7, 7, 7};
  EXPECT_EQ(identity(moved), identity(swept[0]));
  moved.target = Word{"none", {}};
  EXPECT_NE(identity(moved), identity(swept[0]));
}

TEST(Job, IsTheSameForTheSameRequest) {
  const Project project;
  const Job one = project.resolve(Project::preset("app:p"));
  const Job two = project.resolve(Project::preset("app:p"));
  ASSERT_TRUE(one.is_legal()) << ids(one.all_findings());
  EXPECT_EQ(line_of(one.points.front()), line_of(two.points.front()));
}

TEST(Job, GoesOnPastAnIllegalPoint) {
  const Project project;
  const Job job = project.resolve(Project::job("swept"));
  ASSERT_EQ(job.points.size(), 3U);
  EXPECT_FALSE(job.is_legal());
  EXPECT_EQ(job.points[1].label, "repl=3");
  EXPECT_FALSE(job.points[1].is_legal());
  EXPECT_TRUE(job.points[0].is_legal()) << ids(job.points[0].findings);
  EXPECT_TRUE(job.points[2].is_legal()) << ids(job.points[2].findings);
  bool told = false;
  const Diagnostics findings = job.all_findings();
  for (const Diagnostic& d : findings.all())
    for (const Note& note : d.notes) told = told || note.text == "in the run with repl=3";
  EXPECT_TRUE(told);
}

TEST(Job, LeavesNoChoiceToAStart) {
  const Project project;
  EXPECT_TRUE(project.resolve(Project::job("open")).is_legal());
  EXPECT_EQ(ids(project.resolve(Project::job("open"), Occasion::Start).findings), "K052:error ");
}

TEST(Job, ShowsTheValuesOfABrokenPreset) {
  const Project project;
  const Job job = project.resolve(Project::preset("app:wrong"));
  ASSERT_EQ(job.points.size(), 1U);
  const JobPoint& point = job.points.front();
  EXPECT_FALSE(point.complete);
  ASSERT_TRUE(point.shown);
  EXPECT_EQ(value_text(point.first().settings.find("micro")->value), "eight");
  EXPECT_EQ(ids(point.findings), "K012:error ");
}

TEST(Job, PassesAnAllowedValueOnAndSaysWhichFigureIsNotKnown) {
  const Project project;
  const Job job = project.resolve(Project::job("allowing"));
  ASSERT_TRUE(job.is_legal()) << ids(job.all_findings());
  const JobPoint& point = job.points.front();
  EXPECT_FALSE(point.first().geometry.micro_batch);
  EXPECT_FALSE(point.first().geometry.global_batch);
  EXPECT_NE(ids(point.findings).find("K012:note K015:note"), std::string::npos)
      << ids(point.findings);
}

TEST(Job, MayBeDeclinedByAPresetOnlyWhenNobodyAskedForThePurpose) {
  const Project project;
  JobRequest request = Project::preset("tensorflow1_cnns@2.3:mk2_resnet8_test");
  request.purpose = Word{"validation", {}};
  request.purpose_assumed = true;
  const bool declined = project.resolve(request, Occasion::Files).points.front().declined;
  request.purpose_assumed = false;
  EXPECT_FALSE(project.resolve(request, Occasion::Files).points.front().declined);
  EXPECT_TRUE(declined);
}

TEST(Files, AreAskedForUntilNoneIsNeeded) {
  Project project;
  JobRequest request = Project::preset("p");
  request.presets = {Word{"more.yml", {}}};
  request.site = Word{"./room.yml", {}};
  request.app_dir = Word{"/cnns", {}};
  Surroundings around;
  NeededFiles needed = files_needed({request}, project.catalog, around);
  ASSERT_EQ(needed.files.size(), 2U);
  EXPECT_EQ(needed.files[0].path.text, "more.yml");
  EXPECT_EQ(needed.files[0].only, "p");
  EXPECT_EQ(needed.files[1].path.text, "./room.yml");
  EXPECT_TRUE(needed.folders.empty());

  for (const auto& file : needed.files)
    around.files.push_back({file.path.text, project.sources.add(file.path.text, "")});
  needed = files_needed({request}, project.catalog, around);
  ASSERT_EQ(needed.folders.size(), 1U);
  EXPECT_TRUE(needed.folders.front().named);

  Diagnostics out;
  const auto text = [](const std::string& name) -> std::optional<std::string> {
    if (name == "train.py") return "--identical-replica-seeding";
    if (name == "validation.py" || name == "configs.yml") return "";
    return std::nullopt;
  };
  around.checkouts.push_back(
      recognise_checkout(project.catalog, needed.folders.front(), text, out));
  EXPECT_EQ(around.checkouts.front().application, "tensorflow1_cnns@2.3");
  needed = files_needed({request}, project.catalog, around);
  ASSERT_EQ(needed.files.size(), 1U);
  EXPECT_EQ(needed.files.front().path.text, "/cnns/configs.yml");
  EXPECT_EQ(needed.files.front().layer, Layer::Checkout);

  around.files.push_back({"/cnns/configs.yml", project.sources.add("c", "")});
  EXPECT_TRUE(files_needed({request}, project.catalog, around).empty());
}

TEST(Checkout, ThatWasNamedAndBearsNoMarkIsAFinding) {
  const Project project;
  Diagnostics out;
  const auto none = [](const std::string&) { return std::optional<std::string>(); };
  EXPECT_TRUE(recognise_checkout(project.catalog, {Word{"/x", {}}, {}, {}, false}, none, out)
                  .application.empty());
  EXPECT_EQ(ids(out), "");
  EXPECT_TRUE(recognise_checkout(project.catalog, {Word{"/x", {}}, {}, {}, true}, none, out)
                  .application.empty());
  EXPECT_EQ(ids(out), "K042:error ");
}

}  // namespace
}  // namespace ipucnn
