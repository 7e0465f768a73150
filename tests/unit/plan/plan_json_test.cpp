// A plan as JSON and back is the same plan; anything else is refused at its place.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <random>

#include "ipucnn/catalog.h"
#include "ipucnn/emit.h"
#include "ipucnn/plan.h"
#include "ipucnn/schema.h"
#include "unit/support/test_job.h"

namespace ipucnn {
namespace {

using Json = nlohmann::ordered_json;

std::string json_of(const std::vector<JobPlan>& plans) { return emit(plans, "json")->front().text; }

/// Plans of every form, from a seed.
class RandomPlans {
 public:
  explicit RandomPlans(unsigned seed) : engine_(seed) {}

  JobPlan plan() {
    JobPlan plan;
    plan.name = "n" + text();
    plan.application = clean();
    plan.release = clean();
    plan.target = text();
    plan.profile = text();
    for (auto* field : {&plan.job, &plan.preset, &plan.site, &plan.label})
      if (coin()) *field = text();
    for (int i = number(0, 2); i > 0; --i) plan.inputs.push_back({"p" + text(), clean() + "0"});
    for (int i = number(0, 2); i > 0; --i)
      plan.blocked.push_back({"D001", text(), text(), number(0, 9), number(0, 9), text()});
    for (int i = number(0, 2); i > 0; --i)
      plan.files.push_back({"f" + std::to_string(i) + ".yml", text()});
    for (int i = number(1, 3); i > 0; --i) plan.steps.push_back(step("s" + std::to_string(i)));
    return plan;
  }

 private:
  Step step(std::string name) {
    Step step;
    step.name = std::move(name);
    step.purpose = "p" + clean();
    step.script = clean();
    step.launcher = clean();
    step.script_dir = path();
    step.output = path();
    step.restore = path();
    for (auto* figure : {&step.geometry.micro_batch, &step.geometry.ipus, &step.resources.hosts,
                         &step.resources.ipus, &step.printing_instances})
      if (coin()) *figure = number(1, 100000);
    if (coin()) step.resources.network = text();
    for (int i = number(1, 8); i > 0; --i) step.command.argv.push_back(word());
    step.command.program_at =
        static_cast<std::size_t>(number(0, static_cast<int>(step.command.argv.size()) - 1));
    for (int i = number(0, 3); i > 0; --i)
      step.command.env.emplace_back("V" + std::to_string(i), path());
    step.command.cwd = path();
    for (int i = number(0, 5); i > 0; --i)
      step.settings.push_back(setting("k" + std::to_string(i)));
    patterns(step);
    return step;
  }

  void patterns(Step& step) {
    for (int i = number(0, 3); i > 0; --i)
      step.metrics.push_back(
          {"m" + std::to_string(i), clean(), clean(), clean(), clean(), coin(), number(0, 5)});
    if (!step.metrics.empty()) step.metrics.back().total = clean();
    for (MetricPattern& metric : step.metrics) {
      metric.combine = static_cast<Combine>(number(0, 2));
      if (coin()) metric.regex = "a(b)?";
    }
    if (!step.metrics.empty() && coin())
      step.proof = {ProofPattern::Kind::Metric, step.metrics.front().name};
    else if (coin())
      step.proof = {ProofPattern::Kind::Text, "t" + clean()};
    for (int i = number(0, 2); i > 0; --i)
      step.phases.push_back({"p" + clean(), coin() ? clean() : ""});
    for (int i = number(0, 2); i > 0; --i)
      step.messages.push_back({"i" + clean(), "l" + clean(), clean(), clean(),
                               static_cast<Severity>(number(0, 2)), coin()});
    if (coin()) step.checkpoints = {clean(), clean(), clean(), clean(), coin(), {clean(), clean()}};
    if (coin())
      step.csv_files = {
          {"f" + clean(), clean(), clean(), clean(), coin(), {{"a", clean()}, {"b", clean()}}}};
    for (int i = number(0, 2); i > 0; --i) step.limits.push_back({"p" + clean(), number(1, 900)});
    if (coin()) step.retry = {number(0, 3), {clean(), clean()}};
    for (int i = number(0, 2); i > 0; --i)
      step.data_needs.push_back({path(), {text(), text()}, clean()});
  }

  PlanSetting setting(std::string key) {
    PlanSetting set{std::move(key), {scalar()}, coin()};
    if (!set.is_list) return set;
    set.items.clear();
    for (int i = number(0, 3); i > 0; --i) set.items.push_back(scalar());
    return set;
  }

  PlanScalar scalar() {
    switch (number(0, 5)) {
      case 0:
        return {ScalarType::Null, {}};
      case 1:
        return {ScalarType::Bool, coin() ? "true" : "false"};
      case 2:
        return {ScalarType::Int, std::to_string(static_cast<std::int64_t>(engine_()))};
      case 3: {
        const std::uint64_t bits = engine_();
        double value = 0;
        std::memcpy(&value, &bits, sizeof value);
        return {ScalarType::Float, value != value ? "nan" : fmt::format("{}", value)};
      }
      case 4:
        return {ScalarType::Float, one_of({"inf", "-inf", "nan", "0.1", "1e-320", "-0", "1000"})};
      default:
        return {ScalarType::String, text()};
    }
  }

  Arg path() {
    Arg arg;
    for (int i = number(0, 3); i > 0; --i) arg.pieces.push_back(piece());
    return arg;
  }

  Arg word() {
    Arg arg = path();
    arg.begins = coin();
    arg.cause = clean();
    return arg;
  }

  Piece piece() {
    Piece piece;
    if (coin()) {
      piece.text = text();
      return piece;
    }
    piece.kind = Piece::Kind::Variable;
    piece.text = "V" + std::to_string(number(0, 9));
    if (coin()) piece.fallback = text();
    return piece;
  }

  /// Whatever a word may hold: no NUL, and not only UTF-8.
  std::string text() {
    if (coin()) return clean();
    std::string out;
    for (int i = number(0, 6); i > 0; --i) out += static_cast<char>(number(1, 255));
    return out;
  }

  std::string clean() {
    return one_of({"", "a", "it's", "say \"hi\"", "$HOME", "${env:A}", "a\nb\t", "Größe", "\u2028",
                   "\U0001F600", "back\\", "--", "{\"bytes\": \"Zg==\"}", "null", "\x01"});
  }

  std::string one_of(const std::vector<std::string>& all) {
    return all[static_cast<std::size_t>(number(0, static_cast<int>(all.size()) - 1))];
  }
  int number(int from, int to) {
    return from + static_cast<int>(engine_() % (static_cast<unsigned>(to - from) + 1U));
  }
  bool coin() { return number(0, 1) == 1; }

  std::mt19937_64 engine_;
};

TEST(PlanAsJson, ReadsBackAsTheSameValue) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    RandomPlans random(seed);
    std::vector<JobPlan> plans(1 + seed % 3);
    for (JobPlan& plan : plans) plan = random.plan();
    const std::string text = json_of(plans);
    std::string error;
    const auto read = read_plans(text, error);
    ASSERT_EQ(error, "") << "seed " << seed;
    ASSERT_TRUE(read == plans) << "seed " << seed << "\n" << text << json_of(read);
  }
}

/// Every preset, purpose and target that can be planned; the text is what a dry run prints.
TEST(PlanAsJson, OfTheWholeTableReadsBack) {
  Sources sources;
  const Catalog catalog(sources);
  Diagnostics findings;
  testing::TestJob job("targets: {}\n");
  int count = 0;
  std::size_t turn = 0;
  const auto targets = catalog.names(Section::Targets);
  for (const PresetRef& preset : catalog.presets({})) {
    const AppId id = parse_app_id(preset.application);
    const auto schema = AppSchema::load(catalog, catalog.find_application(id), findings);
    for (const std::string_view purpose : schema->purposes()) {
      // Each takes some of the targets, the next one others.
      constexpr std::size_t kPart = 25;
      for (std::size_t i = turn++ % kPart; i < targets.size(); i += kPart) {
        const std::string words =
            fmt::format("run --config {}@{}:{} --purpose {} --target {} --dry-run --format json",
                        id.name, schema->release(), preset.name.text(), purpose, targets[i]);
        if (job.run(words).status != 0) continue;
        std::string error;
        const auto plans = read_plans(job.out, error);
        ASSERT_EQ(error, "") << words;
        ASSERT_EQ(json_of(plans), job.out) << words;
        ++count;
      }
    }
  }
  EXPECT_GT(count, 40);
}

TEST(PlanAsJson, HoldsVariablesSweepsAndHostileWords) {
  testing::TestJob job(
      "jobs:\n  j:\n    application: tensorflow1_cnns@2.3\n    preset: mk2_resnet50_gn_16ipus\n"
      "    options: {data_dir: '${env:ROOT}/${env:SUB:-a b}'}\n    sweep: {epochs: [3, 1, 2]}\n"
      "sites: {s: {app_dir: '${env:WORK}/x', env: {A: '${env:B:-}', E: ''}}}\n");
  job.run("run --job j --site s --dry-run --format json",
          {"--name-suffix", "\xff it's\n", "--variable-filter", "", "$x", "\xc3\x28"});
  ASSERT_EQ(job.status, 0) << job.err;
  std::string error;
  const auto plans = read_plans(job.out, error);
  ASSERT_EQ(error, "");
  ASSERT_EQ(plans.size(), 3U);
  EXPECT_EQ(json_of(plans), job.out);
  const auto& argv = plans[0].steps[0].command.argv;
  const auto is = [&](std::string_view text) {
    return std::any_of(argv.begin(), argv.end(),
                       [&](const Arg& arg) { return arg.shown() == text; });
  };
  EXPECT_TRUE(is("\xff it's\n"));
  EXPECT_TRUE(is("\xc3\x28"));
  EXPECT_TRUE(is(""));
  EXPECT_TRUE(is("$ROOT/${SUB:-a b}"));
}

/// What is wrong with a plan of which one field was changed.
class BrokenPlan : public ::testing::Test {
 protected:
  BrokenPlan() {
    testing::TestJob job("defaults: {}\n");
    job.run(
        "run --config tensorflow1_cnns@2.3:mk2_resnet50_gn_16ipus --data-dir ${env:D}/x --dry-run "
        "--format json");
    plan_ = Json::parse(job.out);
  }

  std::string error_with(const std::string& pointer, const Json& value) {
    Json changed = plan_;
    const Json::json_pointer at(pointer);
    if (value.is_discarded())
      changed.at(at.parent_pointer()).erase(at.back());
    else
      changed[at] = value;
    std::string error;
    const bool refused = read_plans(changed.dump(), error).empty();
    EXPECT_EQ(refused, !error.empty());
    return error;
  }

  Json plan_;
  const Json gone_ = Json(Json::value_t::discarded);
};

TEST_F(BrokenPlan, IsRefusedAtTheFieldThatIsWrong) {
  EXPECT_EQ(error_with("/schema", "ipucnn.plan/1"),
            "$.schema: is neither ipucnn.plan/2 nor ipucnn.plans/2");
  EXPECT_EQ(error_with("/steps/0/argv/3", 7), "$.steps[0].argv[3]: is a text, not a number");
  EXPECT_EQ(error_with("/steps/0/program_at", 99), "$.steps[0].program_at: is no word of argv");
  EXPECT_EQ(error_with("/steps/0/program_at", -1), "$.steps[0].program_at: is at least 0");
  EXPECT_EQ(error_with("/steps/0/geometry/ipus", 1.5),
            "$.steps[0].geometry.ipus: is no whole number that fits");
  EXPECT_EQ(error_with("/steps/0/metrics/0/covers", "x"),
            "$.steps[0].metrics[0].covers: is 'all instances' or 'one process'");
  EXPECT_EQ(error_with("/steps/0/metrics/0/combine", "sum"),
            "$.steps[0].metrics[0].combine: is 'mean' or 'longest'");
  EXPECT_EQ(error_with("/steps/0/metrics/0/regex", "(a)(?=b)"),
            "$.steps[0].metrics[0].regex: cannot be used: RE2 has no look-ahead");
  EXPECT_EQ(error_with("/steps/0/proof", Json{{"metric", "no_such"}}),
            "$.steps[0].proof.metric: is none of the metrics");
  EXPECT_EQ(error_with("/steps", Json::array()), "$.steps: holds no step");
  EXPECT_EQ(error_with("/files", Json::array({{{"name", "../x"}, {"text", ""}}})),
            "$.files[0].name: cannot be a file's name in a run folder");
  EXPECT_EQ(error_with("/steps/0/argv/0", std::string("a\0b", 3)),
            "$.steps[0].argv[0]: holds a NUL");
  EXPECT_EQ(error_with("/label", Json{{"bytes", "Zg"}}), "$.label.bytes: is no base64");
}

TEST_F(BrokenPlan, IsRefusedWhereAWordIsEditedAndItsPiecesAreNot) {
  const auto& argv = plan_.at("/steps/0/argv"_json_pointer);
  const auto at = std::find(argv.begin(), argv.end(), "$D/x") - argv.begin();
  const std::string word = fmt::format("/steps/0/argv/{}", at);
  EXPECT_EQ(error_with(word, "/other"),
            fmt::format("$.steps[0].words[{}].pieces: these pieces do not make what "
                        "$.steps[0].argv[{}] shows",
                        at, at));
}

/// Each field is needed, and none takes a value of another kind.
TEST_F(BrokenPlan, IsRefusedWithoutAnyOfItsFields) {
  int tried = 0;
  const auto try_all = [&](const std::string& pointer) {
    const Json fields = plan_.at(Json::json_pointer(pointer));
    for (const auto& [name, value] : fields.items()) {
      const std::string path = pointer + "/" + name;
      // Plans of before there were these are read.
      const bool is_younger =
          path == "/sdk" || path == "/sdk_releases" || path == "/steps/0/csv_files";
      EXPECT_EQ(error_with(path, gone_).empty(), is_younger) << path;
      const Json other = value.is_boolean() ? Json("no") : Json(true);
      EXPECT_NE(error_with(path, other), "") << path;
      ++tried;
    }
  };
  for (const char* pointer : {"", "/steps/0", "/steps/0/geometry", "/steps/0/metrics/0",
                              "/steps/0/words/0", "/steps/0/resources"})
    try_all(pointer);
  EXPECT_GT(tried, 60);
}

TEST_F(BrokenPlan, MayHoldFieldsOfANewerProgram) {
  EXPECT_EQ(error_with("/steps/0/new", 1), "");
  EXPECT_EQ(error_with("/new", Json::object()), "");
}

TEST(PlanAsJson, IsNoCrashWhateverIsGiven) {
  std::string error;
  for (const char* text : {"", "{", "1e999", "[]", "null", "7", "\"x\"", "{\"schema\": 1}", "\xff",
                           "{\"schema\": \"ipucnn.plans/2\", \"plans\": [1]}"}) {
    EXPECT_TRUE(read_plans(text, error).empty()) << text;
    EXPECT_NE(error, "") << text;
  }
  EXPECT_TRUE(read_plans(std::string(200000, '['), error).empty());
}

}  // namespace
}  // namespace ipucnn
