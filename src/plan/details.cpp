#include <fmt/format.h>

#include "ipucnn/metric.h"
#include "plan/parts.h"
#include "plan/words.h"

namespace ipucnn::planning {
namespace {

PlanScalar plan_scalar(const TypedScalar& typed) {
  switch (typed.type) {
    case ScalarType::Null:
      return {ScalarType::Null, {}};
    case ScalarType::Bool:
      return {ScalarType::Bool, typed.boolean ? "true" : "false"};
    case ScalarType::Int:
      return {ScalarType::Int, std::to_string(typed.integer)};
    case ScalarType::Float:
      // The sign of what is no number says nothing.
      return {ScalarType::Float, typed.real != typed.real ? "nan" : fmt::format("{}", typed.real)};
    case ScalarType::String:
      break;
  }
  return {ScalarType::String, typed.text};
}

PlanSetting plan_setting(const Setting& set, const OptionSpec& option) {
  PlanSetting out{set.key, {}, set.value.is_list};
  for (const Scalar& item : set.value.items) {
    // What the option's type refuses is there only when somebody let it pass, as it was typed.
    const auto typed = script_value(item, option, set.origin);
    out.items.push_back(typed ? plan_scalar(*typed) : PlanScalar{ScalarType::String, item.text});
  }
  return out;
}

/// The value that the script is told for an option, as a word without a cause.
Arg path_of(const PlanInput& in, const Effective& effective, std::string_view key) {
  const Setting* set = in.settings.find(key);
  if (set == nullptr || set->value.scalar() == nullptr || !effective.option(key)) return {};
  return to_arg(set->value.scalar()->text, {});
}

/// The same for one of our quantities.
Arg path_of(const PlanInput& in, const Effective& effective, QuantityName quantity) {
  const auto key = in.in.schema.key_of(quantity, in.in.purpose.script);
  return key ? path_of(in, effective, *key) : Arg{};
}

/// What the script reads: what its descriptor says under the options in force, else its data
/// folder.
std::vector<DataNeed> data_needs(const PlanInput& in, const Effective& effective) {
  const Node list =
      in.in.schema.node().find("scripts").find(in.in.purpose.script).find("data_needs");
  std::vector<DataNeed> needs;
  if (in.in.purpose.lacks(QuantityName::DataDir) || effective.needs_no_data()) return needs;
  if (!list.is_list()) {
    Arg folder = path_of(in, effective, QuantityName::DataDir);
    if (!folder.pieces.empty()) needs.push_back({std::move(folder), {}});
    return needs;
  }
  for (const Node entry : list) {
    const Node when = entry.find("when");
    if (when && !condition_holds(when, effective.facts())) continue;
    Arg folder = path_of(in, effective, entry.find_text("folder").value_or(""));
    if (folder.pieces.empty()) continue;
    DataNeed need{std::move(folder), {}, std::string(entry.find_text("help").value_or(""))};
    if (const Node files = entry.find("files"); files.is_list())
      for (const Node file : files) need.files.emplace_back(file.text());
    entry.find("counts").each_pair([&](Node pattern, Node count) {
      need.counts.push_back({std::string(pattern.text()), yaml_int(count.text()).value_or(0)});
    });
    needs.push_back(std::move(need));
  }
  return needs;
}

std::optional<std::int64_t> printing_instances(const PlanInput& in) {
  if (!in.launch.text("only_output_from_instance").empty()) return 1;
  if (in.geometry.instances && in.in.schema.node().find_bool("only_first_prints", false)) return 1;
  return in.geometry.instances ? std::optional(in.geometry.instances->value) : std::nullopt;
}

/// How far each figure will come, where an option says so.
void set_totals(const AppSchema& schema, const Effective& effective,
                std::vector<MetricPattern>& metrics) {
  for (MetricPattern& metric : metrics) {
    const auto option = schema.node().find("metrics").find(metric.name).find_text("of");
    const auto value = option ? effective.facts()(*option) : std::nullopt;
    if (value && (value->type == ScalarType::Int || value->type == ScalarType::Float))
      metric.total = value->text;
  }
}

}  // namespace

void add_details(const PlanInput& in, Step& step) {
  const AppSchema& schema = in.in.schema;
  const PurposeSpec& purpose = in.in.purpose;
  const Effective effective(schema, purpose.script, in.settings);
  step.script = std::string(purpose.script);
  step.launcher = std::string(in.geometry.launcher);
  step.script_dir = to_arg(in.launch.text("script_dir"), {});
  for (const Setting& set : in.settings.all())
    if (const auto option = effective.option(set.key))
      step.settings.push_back(plan_setting(set, *option));
  step.output = path_of(in, effective, QuantityName::OutputDir);
  step.restore = path_of(in, effective, QuantityName::RestorePath);
  step.data_needs = data_needs(in, effective);
  step.metrics = metrics_of(schema, purpose.script, in.geometry.launcher);
  set_totals(schema, effective, step.metrics);
  step.proof = proof_of(schema, purpose, effective.facts());
  step.phases = phases_of(schema, purpose.script);
  step.messages = messages_of(in.in.catalog, schema, purpose.script, in.geometry.launcher);
  step.checkpoints = checkpoints_of(schema, purpose.script);
  // They are the first instance's, which has to be among those that print.
  const std::string_view only = in.launch.text("only_output_from_instance");
  if (only.empty() || only == "0")
    step.csv_files = csv_files_of(schema, purpose.script, in.geometry.launcher, effective.facts());
  step.limits = limits_of(in);
  step.retry = retry_of(in);
  step.resources.hosts = step.geometry.hosts;
  step.resources.ipus = step.geometry.ipus;
  if (const auto network = in.launch.text("network"); !network.empty())
    step.resources.network = std::string(network);
  step.printing_instances = printing_instances(in);
}

}  // namespace ipucnn::planning
