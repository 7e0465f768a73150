#include <gtest/gtest.h>

#include "ipucnn/measure.h"

namespace ipucnn {
namespace {

constexpr std::string_view kProgress =
    "step:      1, iteration:    208, epoch:   0.12, lr:      0, loss:    nan, top-1 accuracy:  "
    "0.120%, img/sec: 1698.62, time: 0.452133, total_time:     94.0";
constexpr std::string_view kValidation =
    "Validation top-1 accuracy [None] (iteration:   2793, epoch:   4.19, img/sec: 2261.94, time: "
    "22.104871, latency (ms):  -1.0000: 31.482%";

/// The value as text, "?" where it is no number, "" where the line does not hold the metric.
std::string value(std::string_view line, std::string_view before, std::string_view after = "",
                  std::string_view only = "") {
  MetricPattern metric;
  metric.line = only;
  metric.before = before;
  metric.after = after;
  metric.name = "figure";
  Measurement measured({metric}, {});
  measured.line({Stream::Out, 0, 0, false, line});
  const Series found = measured.series(0);
  if (found.unreadable > 0) return "?";
  if (found.per_instance.empty()) return "";
  std::string text = std::to_string(found.per_instance.at(0).front());
  return text.substr(0, text.find_last_not_of('0') + 1);
}

TEST(Extract, ReadsTheFieldsOfAProgressLine) {
  EXPECT_EQ(value(kProgress, "img/sec: ", "", "step:"), "1698.62");
  EXPECT_EQ(value(kProgress, "iteration: ", "", "step:"), "208.");
  EXPECT_EQ(value(kProgress, "lr: "), "0.");
  EXPECT_EQ(value(kProgress, "top-1 accuracy: ", "%"), "0.12");
}

TEST(Extract, SeesAValueThatIsMissingAtTheEndOfALine) {
  EXPECT_EQ(value("step: 1, img/sec:", "img/sec: "), "?");
  EXPECT_EQ(value("step: 1, img/sec:   ", "img/sec: "), "?");
  EXPECT_EQ(value("step: 1, lr:", "lr: ", "", "step:"), "?");
  EXPECT_EQ(value("img/sec:5, img/sec: 6", "img/sec: "), "6.");
  EXPECT_EQ(value("img/sec:5", "img/sec: "), "");
  EXPECT_EQ(value("a:5", "a:"), "5.");
}

TEST(Extract, TakesTheFirstPlaceWhereAllOfThePatternFits) {
  EXPECT_EQ(value(kValidation, ": ", "%"), "31.482");
  EXPECT_EQ(value(kValidation, "latency (ms): "), "-1.");
}

TEST(Extract, LooksOnlyAtLinesThatHoldTheText) {
  EXPECT_EQ(value(kValidation, "img/sec: ", "", "step:"), "");
  EXPECT_EQ(value("img/sec is fine", "img/sec: "), "");
}

TEST(Extract, NeverTakesAPartOfANumber) {
  EXPECT_EQ(value(kProgress, "loss: "), "?");
  EXPECT_EQ(value("img/sec: 1,024.5", "img/sec: "), "?");
  for (const std::string parting : {"\u202F", "\u00A0", "\u2009", "\u2019", "'"}) {
    EXPECT_EQ(value("img/sec: 1" + parting + "024,5", "img/sec: "), "?") << parting;
    EXPECT_EQ(value("img/sec: 1" + parting + "024 img", "img/sec: ", " img"), "?") << parting;
    EXPECT_EQ(value("img/sec: 1" + parting + " x", "img/sec: "), "1.") << parting;
  }
  EXPECT_EQ(value("img/sec: 5\u00B5s", "img/sec: "), "5.");
  EXPECT_EQ(value("img/sec: 12abc", "img/sec: "), "?");
  EXPECT_EQ(value("img/sec: 1.2.3", "img/sec: "), "?");
  EXPECT_EQ(value("img/sec: inf", "img/sec: "), "?");
  EXPECT_EQ(value("img/sec: 1e999", "img/sec: "), "?");
  EXPECT_EQ(value("img/sec:", "img/sec:"), "?");
}

TEST(Extract, ReadsEverySpellingOfADecimalNumber) {
  EXPECT_EQ(value("x=.5", "x="), "0.5");
  EXPECT_EQ(value("x=+5.", "x="), "5.");
  EXPECT_EQ(value("x=-2.5e+2, y", "x="), "-250.");
  EXPECT_EQ(value("x=3s", "x=", "s"), "3.");
}

}  // namespace
}  // namespace ipucnn
