#include <gtest/gtest.h>

#include <algorithm>

#include "ipucnn/catalog.h"
#include "ipucnn/measure.h"
#include "ipucnn/metric.h"

namespace ipucnn {
namespace {

class Metrics : public testing::Test {
 protected:
  Sources sources_;
  Catalog catalog_{sources_};
  Diagnostics findings_;
  AppSchema schema_ =
      *AppSchema::load(catalog_, catalog_.find_application({"tensorflow1_cnns", "2.3"}), findings_);

  std::vector<double> values(std::string_view script, std::string_view metric,
                             std::string_view log) {
    Measurement measured(metrics_of(schema_, script, "poprun"), {});
    LineReader reader;
    const LineSink sink = [&](const LogLine& line) { measured.line(line); };
    reader.feed(log, sink);
    reader.finish(sink);
    std::vector<double> all;
    for (const auto& [instance, series] : measured.series(*measured.find(metric)).per_instance)
      all.insert(all.end(), series.begin(), series.end());
    return all;
  }

  ProofPattern proof(std::string_view purpose, bool compile_only = false) {
    const Facts facts = [&](std::string_view key) -> std::optional<std::string_view> {
      if (key == "compile_only") return compile_only ? "true" : "false";
      return std::nullopt;
    };
    return proof_of(schema_, *schema_.purpose(purpose), facts);
  }
};

using Values = std::vector<double>;

TEST_F(Metrics, AreReadFromALogOfTraining) {
  const std::string_view log =
      "[1,1]<stdout>:Compilation time: 412.0530881881714s.\n"
      "[1,1]<stdout>:step:      1, iteration:    133, epoch:   0.20, lr:      0, loss:  7.012, "
      "top-1 accuracy:  0.120%, img/sec: 3984.11, time: 0.481915, total_time:     64.1\n"
      "[1,0]<stdout>:Saved checkpoint to ./logs/x/ckpt-798 in 1.3471567630767822s\n"
      "[1,0]<stdout>:step:      2, iteration:    266, epoch:   0.40, lr: 0.1525, loss:    nan, "
      "top-1 accuracy:    nan%, img/sec: 4350.02, time: 0.441377, total_time:    122.8\n";
  EXPECT_EQ(values("train.py", "throughput", log), (Values{4350.02, 3984.11}));
  EXPECT_EQ(values("train.py", "iteration", log), (Values{266, 133}));
  EXPECT_EQ(values("train.py", "lr", log), (Values{0.1525, 0}));
  EXPECT_EQ(values("train.py", "loss", log), (Values{7.012}));
  EXPECT_EQ(values("train.py", "accuracy", log), (Values{0.12}));
  EXPECT_EQ(values("train.py", "compile_time", log), (Values{412.0530881881714}));
  EXPECT_EQ(values("train.py", "validation_accuracy", log), Values{});
}

TEST_F(Metrics, AreReadFromALogOfValidation) {
  const std::string_view log =
      "./logs/a/ckpt-2793\n"
      "Validation top-1 accuracy [None] (iteration:   2793, epoch:   4.19, img/sec: 2261.94, time: "
      "22.104871, latency (ms):  -1.0000: 31.482%\n";
  EXPECT_EQ(values("validation.py", "validation_accuracy", log), Values{31.482});
  EXPECT_EQ(values("validation.py", "validation_throughput", log), Values{2261.94});
  EXPECT_EQ(values("validation.py", "latency", log), Values{-1});
}

TEST_F(Metrics, KnowWhatTheyCoverUnderEachLauncher) {
  const auto covers = [&](std::string_view launcher) {
    const auto metrics = metrics_of(schema_, "validation.py", launcher);
    const Measurement measured(metrics, {});
    return metrics[*measured.find("validation_throughput")].covers_all;
  };
  EXPECT_FALSE(covers("mpirun"));
  EXPECT_TRUE(covers("poprun"));
}

TEST_F(Metrics, NameTheProofOfEachPurpose) {
  EXPECT_EQ(proof("train").what, "throughput");
  EXPECT_EQ(proof("train", true).kind, ProofPattern::Kind::Text);
  EXPECT_EQ(proof("train", true).what, "Training graph successfully compiled");
  EXPECT_EQ(proof("validation").what, "validation_accuracy");
  EXPECT_EQ(proof("help").kind, ProofPattern::Kind::ExitStatus);
  EXPECT_EQ(proof("weight-avg").kind, ProofPattern::Kind::ExitStatus);
}

/// The phases that lines go through, in the order in which they begin.
std::vector<std::string> phases_in(const std::vector<PhasePattern>& phases,
                                   const std::vector<std::string>& lines) {
  std::vector<std::string> met;
  std::size_t next = 0;
  for (const std::string& line : lines)
    for (std::size_t i = next; i < phases.size(); ++i)
      if (line.find(phases[i].line) != line.npos) {
        next = i + 1;
        met.push_back(phases[i].name);
        break;
      }
  return met;
}

TEST_F(Metrics, PhasesBeginWithTheirLines) {
  using Names = std::vector<std::string>;
  const auto phases = phases_of(schema_, "train.py");
  ASSERT_FALSE(phases.empty());
  EXPECT_EQ(phases.front().line, "");
  EXPECT_EQ(phases_in(phases, {"Namespace(config='x')", "Command line: train.py --config x",
                               " Batch Size: 64", "Compilation time: 412.05s.",
                               "[1,0]<stdout>:step: 1, epoch: 0.20, img/sec: 3984.11, time: 0.4",
                               "step: 2, epoch: 0.40, img/sec: 4350.02, time: 0.4",
                               "Validation top-1 accuracy [ckpt-9] (iteration: 9, img/sec: 2.0"}),
            (Names{"acquire", "compile", "first_step", "steady", "validation"}));
  // Release 2.2 prints no time of the compilation.
  EXPECT_EQ(phases_in(phases, {"", "Command line: train.py", "step: 1, img/sec: 3984.11"}),
            (Names{"acquire", "compile", "steady"}));
  EXPECT_TRUE(phases_of(schema_, "weight_avg.py").empty());
}

TEST_F(Metrics, CheckpointsStandInTheirLine) {
  const auto saved = checkpoints_of(schema_, "train.py");
  ASSERT_TRUE(saved);
  const std::string line = "Saved checkpoint to ./logs/x/ckpt-798 in 1.3471567630767822s";
  ASSERT_EQ(line.find(saved->before), 0U);
  const std::size_t at = saved->before.size();
  EXPECT_EQ(line.substr(at, line.find(saved->after, at) - at), "./logs/x/ckpt-798");
  EXPECT_EQ(saved->complete, "{value}.index");
  EXPECT_EQ(saved->restore_option, "--restore-path");
  EXPECT_TRUE(saved->restore_takes_folder);
  EXPECT_EQ(saved->schedule.front(), "epochs");
  EXPECT_FALSE(checkpoints_of(schema_, "validation.py"));
}

TEST_F(Metrics, MessagesAreThoseOfTheSoftwareThatRuns) {
  const auto ids = [&](std::string_view launcher) {
    std::vector<std::string> all;
    for (const MessagePattern& message : messages_of(catalog_, schema_, "train.py", launcher))
      all.push_back(message.id);
    return all;
  };
  const auto has = [](const std::vector<std::string>& all, std::string_view id) {
    return std::find(all.begin(), all.end(), id) != all.end();
  };
  EXPECT_EQ(ids("none"),
            (std::vector<std::string>{"device", "acquire", "tile-memory", "tile-variables",
                                      "host-sync", "cache-hit", "cache-miss"}));
  EXPECT_TRUE(has(ids("poprun"), "slots"));
  EXPECT_EQ(ids("mpiexec"), ids("mpirun"));
}

TEST_F(Metrics, AMessageOfAFileStandsInPlaceOfOurs) {
  const SourceId mine = sources_.add("m.yml",
                                     "defaults:\n  messages:\n    poplar:\n      acquire:\n"
                                     "        line: no IPU\n        severity: note\n");
  ASSERT_TRUE(catalog_.add(sources_, mine, Layer::Project, {}, findings_));
  const auto messages = messages_of(catalog_, schema_, "train.py", "none");
  ASSERT_EQ(messages.size(), 4U);  // one of the application, two of its framework
  EXPECT_EQ(messages[1].line, "no IPU");
  EXPECT_EQ(messages[1].severity, Severity::Note);
  EXPECT_FALSE(messages[1].may_pass);
}

}  // namespace
}  // namespace ipucnn
