#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "ipucnn/measure.h"
#include "ipucnn/report.h"

namespace ipucnn {
namespace {

MetricPattern throughput() {
  MetricPattern spec;
  spec.name = "throughput";
  spec.line = "step:";
  spec.before = "img/sec: ";
  spec.unit = "samples/s";
  spec.discard_first = 1;
  return spec;
}

/// Of values behind its name and a colon.
MetricPattern named(const std::string& name, const std::string& unit) {
  MetricPattern spec;
  spec.name = name;
  spec.before = name + ": ";
  spec.unit = unit;
  return spec;
}

Measurement measured(std::string_view log,
                     const ProofPattern& proof = {ProofPattern::Kind::Metric, "throughput"}) {
  Measurement m({throughput()}, proof);
  LineReader reader;
  const LineSink sink = [&](const LogLine& line) { m.line(line); };
  reader.feed(log, sink);
  reader.finish(sink);
  return m;
}

constexpr std::string_view kTwoInstances =
    "12:00:00.000 77 POPRUN [I] Waiting for mpirun (PID 77)\n"
    "[1,0]<stdout>:step: 1, img/sec: 3984.21\n[1,1]<stdout>:step: 1, img/sec: 3984.11\n"
    "[1,1]<stdout>:step: 2, img/sec: 4349.89\n[1,0]<stdout>:step: 2, img/sec: 4350.02\n"
    "[1,0]<stdout>:step: 3, img/sec: 4362.37\n[1,1]<stdout>:step: 3, img/sec: 4362.24\n";

TEST(Measurement, CountsTheInstancesThatWrite) {
  EXPECT_EQ(measured(kTwoInstances).instances(), 2U);
  EXPECT_EQ(measured("step: 1, img/sec: 1\n").instances(), 1U);
  EXPECT_EQ(measured("").instances(), 0U);
}

TEST(Measurement, IsProvenByAFigureThatIsPlausible) {
  EXPECT_TRUE(measured(kTwoInstances).proven());
  EXPECT_FALSE(measured("step: 1, img/sec: 0.0\n").proven());
  EXPECT_FALSE(measured("step: 1, img/sec: nan\n").proven());
  EXPECT_FALSE(measured("hello\n").proven());
}

TEST(Measurement, PutsStandardOutputBeforeStandardErrorWhicheverCameFirst) {
  Measurement m({throughput()}, {});
  m.line({Stream::Err, 0, 0, false, "step: 1, img/sec: 3"});
  m.line({Stream::Out, 0, 0, false, "step: 1, img/sec: 1"});
  m.line({Stream::Out, 0, 0, false, "step: 1, img/sec: 2"});
  EXPECT_EQ(m.series(0).per_instance.at(0), (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(m.latest("throughput"), 2);
}

TEST(Measurement, IsProvenByATextOrByTheStatusWhereThatIsTheProof) {
  const ProofPattern text{ProofPattern::Kind::Text, "successfully compiled"};
  EXPECT_TRUE(measured("Training graph successfully compiled\n", text).proven());
  EXPECT_FALSE(measured(kTwoInstances, text).proven());
  EXPECT_TRUE(measured("", {}).proven());
}

TEST(Measurement, TakesTheGroupOfAnExpression) {
  MetricPattern spec = throughput();
  spec.line = "";
  spec.before = "";
  spec.regex = R"(took (?P<value>[\w.,]+) s)";
  Measurement m({spec}, {});
  for (const std::string_view line : {"took 1.5 s", "took 2e1 s", "took 1,024 s", "tock 3 s"})
    m.line({Stream::Out, 0, 0, false, line});
  EXPECT_EQ(m.series(0).per_instance.at(0), (std::vector<double>{1.5, 20}));
  EXPECT_EQ(m.series(0).unreadable, 1);
}

TEST(Measurement, FindsTheFirstPlaceOfEveryTextWhateverTheOthers) {
  std::vector<MetricPattern> metrics;
  for (const std::string_view before : {"a: ", "aa: ", "ba: ", "b", ": ", "x=", "=", "e"}) {
    metrics.push_back(throughput());
    metrics.back().name = before;
    metrics.back().line = "";
    metrics.back().before = before;
  }
  constexpr std::string_view kLine = "b1 aa: 2, ba: 3, a: 4; x=5 e6 =7";
  Measurement all(metrics, {});
  all.line({Stream::Out, 0, 0, false, kLine});
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    Measurement one({metrics[i]}, {});
    one.line({Stream::Out, 0, 0, false, kLine});
    EXPECT_EQ(all.series(i).per_instance, one.series(0).per_instance) << metrics[i].name;
  }
  EXPECT_EQ(all.series(0).per_instance.at(0), std::vector<double>{2});
  EXPECT_EQ(all.series(3).per_instance.at(0), std::vector<double>{1});
  EXPECT_EQ(all.series(6).per_instance.at(0), std::vector<double>{5});
}

constexpr std::string_view kMlperf =
    R"(:::MLLOG {"time_ms": 1000, "key": "seed", "value": 42, "metadata": {}})"
    "\n"
    R"(:::MLLOG {"time_ms": 2000, "key": "run_start", "value": null, "metadata": {}})"
    "\n"
    R"(x :::MLLOG {"key": "eval_accuracy", "value": 0.71, "metadata": {"epoch_num": 4}})"
    "\n"
    R"(:::MLLOG {"key": "eval_accuracy", "value": NaN, "metadata": {"epoch_num": 8}})"
    "\n"
    R"(:::MLLOG {"time_ms": 63500, "key": "run_stop", "metadata": {"status": "success"}})"
    "\n";

TEST(Measurement, ReadsTheTimeToTrainOfMlperfsLog) {
  const Measurement m = measured(kMlperf);
  const auto values = [&](std::string_view name) {
    return m.series(m.find(name).value()).per_instance.at(0);
  };
  EXPECT_EQ(values(kTimeToTrain), std::vector<double>{61.5});
  EXPECT_EQ(values(kSeed), std::vector<double>{42});
  EXPECT_EQ(values(kEvalAccuracy), std::vector<double>{0.71});
  EXPECT_EQ(m.series(*m.find(kEvalAccuracy)).unreadable, 1);
  EXPECT_FALSE(m.find(kTimeToAbort));
  EXPECT_FALSE(measured(kTwoInstances).find(kTimeToTrain));
}

TEST(Measurement, TellsARunThatWasAbortedFromOneThatTrained) {
  const Measurement m = measured(
      ":::MLLOG {\"time_ms\": 0, \"key\": \"run_start\"}\n"
      ":::MLLOG {\"time_ms\": 500, \"key\": \"run_stop\", \"metadata\": "
      "{\"status\": \"aborted\"}}\n:::MLLOG {\"key\": \"run_sto");
  EXPECT_FALSE(m.find(kTimeToTrain));
  EXPECT_EQ(m.series(m.find(kTimeToAbort).value()).per_instance.at(0), std::vector<double>{0.5});
}

TEST(ReportText, SaysWhatWasLeftOutAndWhoseRoomItWas) {
  EXPECT_EQ(report_text(measured(kTwoInstances), "REHEARSAL"),
            "  throughput  4356.1 samples/s, the mean of 2\n"
            "              median 4356.1, lowest 4350.0, highest 4362.3\n"
            "              samples/time 4356.1, if each value is of as many samples\n"
            "              left out: the first value of each of 2 instances\n"
            "              doubt: 2 values cannot show how sure the mean is (too_few): run longer, "
            "so that at least 5 values count\n"
            "  REHEARSAL: none of these figures was measured on a machine\n");
}

TEST(ReportText, GivesNoSpreadOfOneValue) {
  EXPECT_EQ(
      report_text(measured("step: 1, img/sec: 9\nstep: 2, img/sec: 12\nstep: 3, img/sec: -\n"),
                  std::nullopt),
      "  throughput  12.000 samples/s (1 value: no spread)\n"
      "              left out: the first value, and 1 value that is no number\n"
      "              doubt: 1 text in its place is no number (unreadable): see what was printed "
      "there: nan and inf mean that the training went wrong\n"
      "              doubt: 1 value cannot show how sure the mean is (too_few): run longer, so "
      "that at least 5 values count\n");
}

TEST(ReportText, HasEveryMetric) {
  Measurement m({throughput(), named("loss", "1"), named("epoch", "epochs"), named("other", "1")},
                {ProofPattern::Kind::Metric, "throughput"});
  m.line({Stream::Out, 0, 0, true, "loss: 7.5, epoch: 1"});
  m.line({Stream::Out, 0, 1, true, "loss: 8"});
  m.line({Stream::Out, 0, 0, true, "loss: 6"});
  EXPECT_EQ(report_text(m, std::nullopt),
            "  loss  6.000, the last of 3 values of 2 instances, from 6.000 to 8.000\n"
            "  epoch  1.000 epochs\n"
            "  not printed: throughput, other\n");
}

/// What validation.py prints for three checkpoints.
Measurement validated(std::string_view last) {
  MetricPattern accuracy;
  accuracy.name = "validation_accuracy";
  accuracy.line = "Validation top-1 accuracy";
  accuracy.before = ": ";
  accuracy.after = "%";
  accuracy.unit = "%";
  accuracy.better = "higher";
  accuracy.at = "validation_iteration";
  MetricPattern iteration = accuracy;
  iteration.name = iteration.better = iteration.at = "";
  iteration.name = "validation_iteration";
  iteration.before = "iteration: ";
  iteration.after = "";
  Measurement m({accuracy, iteration}, {ProofPattern::Kind::Metric, "validation_accuracy"});
  const auto line = [&](std::string_view text) { m.line({Stream::Out, 0, 0, false, text}); };
  line("Validation top-1 accuracy [None] (iteration:      0, epoch:   0.00, img/sec: 9.2:  0.097%");
  line("Validation top-1 accuracy [None] (iteration:   2793, epoch:   4.19, img/sec: 9.1: 45.907%");
  line(last);
  return m;
}

TEST(Measurement, PlacesValuesByWhatTheirLinesSayBesides) {
  const Measurement known =
      validated("Validation top-1 accuracy [None] (iteration: 5453, img/sec: 9: 45.5%");
  EXPECT_EQ(known.places(0), (std::vector<double>{0, 2793, 5453}));
  EXPECT_EQ(known.at(0, 1), 2793);
  EXPECT_EQ(known.at(0, 3), std::nullopt);
  // The iterations have nothing beside them.
  EXPECT_TRUE(known.places(1).empty());
  const Measurement shifted =
      validated("Validation top-1 accuracy [None] (iteration: 5453, img/sec: 9: nan%");
  EXPECT_TRUE(shifted.places(0).empty());
  EXPECT_EQ(shifted.at(0, 0), std::nullopt);
}

TEST(ReportText, TellsTheLastAndTheBestCheckpoint) {
  const auto text = [](const Measurement& m) {
    const std::string all = report_text(m, std::nullopt);
    return all.substr(0, all.find("  validation_iteration  "));
  };
  EXPECT_EQ(
      text(validated("Validation top-1 accuracy [None] (iteration: 5453, img/sec: 9: 45.5%")),
      "  validation_accuracy  45.500 % at validation_iteration 5453, the last of 3 checkpoints\n"
      "                       the best 45.907 % at validation_iteration 2793\n");
  // A checkpoint that cannot be read would shift the others' places.
  EXPECT_EQ(text(validated("Validation top-1 accuracy [None] (iteration: 5453, img/sec: 9: nan%")),
            "  validation_accuracy  45.907 %, the last of 2 checkpoints\n"
            "                       the best 45.907 %\n"
            "                       left out: 1 value that is no number\n"
            "                       doubt: 1 text in its place is no number (unreadable): see what "
            "was printed there: nan and inf mean that the training went wrong\n");
}

TEST(Measurement, GivesLinesWithoutATagToNobodyWhereOthersHaveOne) {
  const Measurement m = measured("step: 0, img/sec: 5\n[1,0]<stdout>:step: 1, img/sec: 7\n");
  EXPECT_EQ(m.series(0).per_instance, (std::map<std::int64_t, std::vector<double>>{{0, {7}}}));
  EXPECT_EQ(m.series(0).nobodys, 1);
}

TEST(Measurement, ReadsTheColumnsOfATable) {
  MetricPattern rate = throughput();
  rate.line = "";
  rate.discard_first = 0;
  rate.under = "Step Epoch Img/sec Loss LR";
  rate.before = "Step Epoch ";
  rate.after = " Loss LR";
  rate.discard_through = 20;
  Measurement m({rate}, {});
  for (const char* line :
       {"     9     1   100.0   7.000 1.00000", "  Step Epoch Img/sec   Loss   LR",
        "     1     1   312.4   7.999 1.00000", "Writing summaries to  /tmp/x",
        "    20     1  4607.5   7.900 1.00000", "    30     1  5366.1   7.800 0.90000",
        "    40     1     nan   7.800 0.90000", "    50     1 -2048.0   0.000 -1.00000",
        "    60     1  5300.0   7.800 0.90000", "  Step  Top-1  Top-5", "     9   50.0%   70.0%"})
    m.line({Stream::Out, 0, 0, false, line});
  const Series series = m.series(0);
  EXPECT_EQ(series.per_instance.at(0), (std::vector<double>{312.4, 4607.5, 5366.1, -2048, 5300}));
  EXPECT_EQ(series.unreadable, 1);
  const Summary s = summarize(rate, series);
  EXPECT_EQ(s.samples, (std::vector<double>{5366.1, 5300}));
  EXPECT_EQ(s.discarded[0].why, kEarlyRow);
  EXPECT_EQ(s.discarded[2].why, kNotMeasured);
}

TEST(ReportText, SaysWhenNoValueCounts) {
  EXPECT_EQ(report_text(measured("step: 1, img/sec: 9\n"), std::nullopt),
            "  throughput  no value that counts\n"
            "              left out: the first value\n");
  EXPECT_EQ(report_text(measured("nothing\n"), "REHEARSAL"), "");
}

TEST(Measurement, KeepsOfStatesTheOutlineWhereThatIsAskedFor) {
  const MetricPattern loss = named("loss", "1");
  const MetricPattern place = named("place", "1");
  const MetricPattern rate = named("rate", "samples/s");
  MetricPattern best = named("best", "1");
  best.better = "higher";
  best.at = place.name;
  std::mt19937 random(3);
  for (int round = 0; round < 40; ++round) {
    Measurement whole({loss, place, best, rate}, {});
    Measurement outlined({loss, place, best, rate}, {});
    outlined.keep_outlines_of_states();
    const auto say = [&](const std::string& text) {
      const LogLine line{random() % 9 == 0 ? Stream::Err : Stream::Out, 0,
                         static_cast<std::int64_t>(random() % 3), random() % 50 != 0, text};
      whole.line(line);
      outlined.line(line);
    };
    for (std::size_t i = random() % 5000; i > 0; --i) {
      static const char* const kZero[] = {"0", "-0.0", "0.5", "x"};
      say("loss: " + (round % 2 == 0 ? kZero[random() % 4] : std::to_string(random() % 900)));
      say("place: 3, best: 4, rate: 5");
    }
    for (std::size_t i = 1; i < 4; ++i)
      EXPECT_EQ(whole.series(i).per_instance, outlined.series(i).per_instance);
    const Series values = whole.series(0);
    const Series kept = outlined.series(0);
    EXPECT_TRUE(kept.per_instance.empty());
    EXPECT_EQ(values.unreadable, kept.unreadable);
    EXPECT_EQ(values.nobodys, kept.nobodys);
    EXPECT_EQ(values.printed(), kept.printed());
    EXPECT_EQ(whole.latest("loss"), outlined.latest("loss"));
    ASSERT_EQ(values.per_instance.size(), kept.outlines.size());
    for (const auto& [instance, all] : values.per_instance) {
      const Outline& one = kept.outlines.at(instance);
      EXPECT_EQ(one.count, all.size());
      EXPECT_EQ(one.last, all.back());
      const double lowest = *std::min_element(all.begin(), all.end());
      const double highest = *std::max_element(all.begin(), all.end());
      EXPECT_EQ(one.lowest, lowest);
      EXPECT_EQ(one.highest, highest);
      EXPECT_EQ(std::signbit(one.lowest), std::signbit(lowest));
      EXPECT_EQ(std::signbit(one.highest), std::signbit(highest));
    }
  }
}

}  // namespace
}  // namespace ipucnn
