// What `solve` prints.
#include <fmt/format.h>

#include <tuple>

#include "base/text.h"
#include "ipucnn/view.h"
#include "view/table.h"
#include "view/typed_json.h"

namespace ipucnn {
namespace {

using view::Json;
using view::Table;

Json optional_json(const std::optional<std::int64_t>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json answer_json(const Answer& a, std::int64_t ipus_per_replica) {
  return {{"micro_batch", a.micro_batch},
          {"accumulation", a.accumulation},
          {"replicas", a.replicas},
          {"ipus_per_replica", ipus_per_replica},
          {"instances", a.instances},
          {"hosts", a.hosts},
          {"ilds", a.ilds},
          {"global_batch", a.global_batch},
          {"ipus", a.ipus}};
}

/// Answers that differ only in their instances are one row, with the best of them.
std::vector<Answer> rows_of(const std::vector<Answer>& answers) {
  std::vector<Answer> rows;
  const auto figures = [](const Answer& a) {
    return std::tuple(a.micro_batch, a.accumulation, a.replicas);
  };
  for (const Answer& answer : answers)
    if (rows.empty() || figures(rows.back()) != figures(answer)) rows.push_back(answer);
  return rows;
}

std::string relation_name(Relation relation) {
  switch (relation) {
    case Relation::Room:
      return "room";
    case Relation::PowerOfTwo:
      return "power_of_two";
    case Relation::Batch:
      return "batch";
    case Relation::Accumulation:
      return "accumulation";
    case Relation::Instances:
      break;
  }
  return "instances";
}

}  // namespace

std::string show_solution(const Solution& solution, const SolveSpace& space, ViewFormat format) {
  if (format == ViewFormat::Json) {
    Json answers = Json::array();
    for (const Answer& answer : solution.answers)
      answers.push_back(answer_json(answer, space.ipus_per_replica));
    Json nearest = Json::array();
    for (const NearestValues& near : solution.nearest)
      nearest.push_back({{"figure", near.figure},
                         {"asked", near.asked},
                         {"below", optional_json(near.below)},
                         {"above", optional_json(near.above)}});
    return view::dump(
        {{"schema", "ipucnn.solution/1"},
         {"answers", std::move(answers)},
         {"violated", solution.violated ? Json(relation_name(*solution.violated)) : Json(nullptr)},
         {"nearest", std::move(nearest)}});
  }
  Table table(
      {"MICRO BATCH", "ACCUMULATION", "REPLICAS", "GLOBAL BATCH", "IPUS", "INSTANCES", "HOSTS"});
  for (const Answer& a : rows_of(solution.answers))
    table.add({std::to_string(a.micro_batch), std::to_string(a.accumulation),
               std::to_string(a.replicas), std::to_string(a.global_batch), std::to_string(a.ipus),
               std::to_string(a.instances), std::to_string(a.hosts)});
  return table.first_rows_text();
}

}  // namespace ipucnn
