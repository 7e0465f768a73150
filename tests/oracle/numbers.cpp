// What tests/oracle/numbers_test.py and bench/false_alarms.py ask of the statistics: one JSON value
// a line in, one a line out.
//   {"values"}              -> figures of a series
//   {"base", "next"}        -> comparison of two series
//   {"probability", "t", "degrees"} -> of Student's t
//   {"history"}             -> changes of level
//   {"regex", "text"}       -> value of the first match, and a text that every match holds
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "base/regex.h"
#include "ipucnn/statistics.h"

namespace {

using Json = nlohmann::ordered_json;
using Values = std::vector<double>;

template <typename T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json interval_json(const std::optional<ipucnn::Interval>& interval) {
  return interval ? Json{interval->low, interval->high} : Json(nullptr);
}

Json series_json(const Values& values) {
  const ipucnn::MeanEstimate estimate = ipucnn::estimate_mean(values);
  Json json = {{"mean", estimate.mean},
               {"error", or_null(estimate.error)},
               {"degrees", estimate.degrees},
               {"interval", interval_json(interval_of(estimate))},
               {"independent_interval",
                interval_json(interval_of(ipucnn::estimate_mean_of_independent(values)))},
               {"median", ipucnn::median_of(values)},
               {"robust_deviation", ipucnn::robust_deviation_of(values)},
               {"harmonic_mean", or_null(ipucnn::harmonic_mean_of(values))}};
  if (values.size() > 1) json["deviation"] = ipucnn::deviation_of(values);
  if (const auto found = ipucnn::dependence_of(values))
    json["dependence"] = {found->correlation, found->effective_n, found->block};
  if (const auto found = ipucnn::trend_of(values)) json["trend"] = {found->change, found->p};
  if (const auto found = ipucnn::levels_of(values))
    json["levels"] = {found->low, found->high, found->low_count, found->high_count};
  return json;
}

std::size_t block_of(const Values& values) {
  const auto found = ipucnn::dependence_of(values);
  return found ? found->block : 1;
}

Json comparison_json(const Values& base, const Values& next) {
  const ipucnn::RankTest test = ipucnn::mann_whitney(base, next);
  const std::size_t blocks[] = {block_of(base), block_of(next)};
  ipucnn::Resampler resampler(ipucnn::kResamplingSeed);
  Json indices = Json::array();
  for (int i = 0; i < 3; ++i)
    indices.push_back(
        Json{resampler.indices(base.size(), blocks[0]), resampler.indices(next.size(), blocks[1])});
  return {{"u", test.u},
          {"p", test.p},
          {"exact", test.exact},
          {"blocks", blocks},
          {"first_indices", std::move(indices)},
          {"bootstrap", interval_json(ipucnn::bootstrap_ratio(base, blocks[0], next, blocks[1]))},
          {"ratio", interval_json(interval_of_ratio(ipucnn::estimate_mean(base),
                                                    ipucnn::estimate_mean(next)))},
          {"ratio_of_independent",
           interval_json(interval_of_ratio(ipucnn::estimate_mean_of_independent(base),
                                           ipucnn::estimate_mean_of_independent(next)))}};
}

/// Only the interval on the ratio, for simulations.
Json ratio_json(const Values& base, const Values& next) {
  return interval_json(interval_of_ratio(ipucnn::estimate_mean(base), ipucnn::estimate_mean(next)));
}

Json history_json(const Values& values) {
  Json changes = Json::array();
  for (const ipucnn::LevelChange& change : ipucnn::level_changes_of(values))
    changes.push_back({change.at, change.before, change.after, change.p});
  return changes;
}

Json regex_json(const std::string& pattern, const std::string& text) {
  ipucnn::RegexFault fault;
  const auto regex = ipucnn::Regex::compile(pattern, fault);
  if (!regex) return {{"fault", fault.says}};
  const auto value = regex->find(text);
  return {{"literal", regex->literal()}, {"value", value ? Json(*value) : Json(nullptr)}};
}

Json answer_to(const Json& question) {
  if (question.contains("history")) return history_json(question["history"].get<Values>());
  if (question.contains("regex"))
    return regex_json(question["regex"].get<std::string>(), question["text"].get<std::string>());
  if (question.contains("values")) return series_json(question["values"].get<Values>());
  if (question.contains("base"))
    return comparison_json(question["base"].get<Values>(), question["next"].get<Values>());
  if (question.contains("pair"))
    return ratio_json(question["pair"][0].get<Values>(), question["pair"][1].get<Values>());
  return {ipucnn::student_quantile(question["probability"], question["degrees"]),
          ipucnn::student_p(question["t"], question["degrees"])};
}

}  // namespace

int main() {
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);)
    std::cout << answer_to(Json::parse(line)).dump() << '\n';
  return 0;
}
