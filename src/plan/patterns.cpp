#include <utility>

#include "ipucnn/metric.h"

namespace ipucnn {
namespace {

constexpr std::string_view kHole = "{value}";

bool covers_all(Node covers, std::string_view launcher) {
  if (covers.is_map()) {
    const Node own = covers.find(launcher);
    return covers_all(own ? own : covers.find("any"), launcher);
  }
  return covers.text() != "one process";
}

}  // namespace

std::vector<MetricPattern> metrics_of(const AppSchema& schema, std::string_view script,
                                      std::string_view launcher) {
  std::vector<MetricPattern> all;
  schema.node().find("metrics").each_pair([&](Node name, Node body) {
    const Node scripts = body.find("scripts");
    const auto text = body.find_text("text").value_or("");
    const std::size_t hole = text.find(kHole);
    if ((scripts && !scripts.contains(script)) || hole == text.npos) return;
    MetricPattern metric;
    metric.name = name.text();
    metric.line = body.find_text("line").value_or("");
    metric.before = text.substr(0, hole);
    metric.after = text.substr(hole + kHole.size());
    metric.unit = body.find_text("unit").value_or("");
    metric.covers_all = covers_all(body.find("covers"), launcher);
    metric.discard_first = body.find_int("discard_first").value_or(0);
    metric.better = body.find_text("better").value_or("");
    metric.at = body.find_text("at").value_or("");
    all.push_back(std::move(metric));
  });
  return all;
}

ProofPattern proof_of(const AppSchema& schema, const PurposeSpec& purpose, const Facts& facts) {
  const Node script = schema.node().find("scripts").find(purpose.script);
  if (const Node special = script.find("proof_when"); special.is_list())
    for (const Node entry : special)
      if (condition_holds(entry.find("when"), facts))
        return {ProofPattern::Kind::Text, std::string(entry.find_text("text").value_or(""))};
  auto proof = purpose.node.find_text("proof");
  if (!proof) proof = script.find_text("proof");
  if (!proof || *proof == "exit") return {};
  return {ProofPattern::Kind::Metric, std::string(*proof)};
}

void take_patterns(const AppSchema& schema, Step& step) {
  const Facts facts = [&](std::string_view key) -> std::optional<std::string_view> {
    for (const PlanSetting& set : step.settings)
      if (set.key == key && set.items.size() == 1 && set.items[0].type != ScalarType::Null)
        return set.items[0].text;
    return std::nullopt;
  };
  step.metrics = metrics_of(schema, step.script, step.launcher);
  const auto purpose = schema.purpose(step.purpose);
  step.proof = purpose ? proof_of(schema, *purpose, facts) : ProofPattern{};
}

}  // namespace ipucnn
