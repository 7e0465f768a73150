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

/// The value that the script is told for one of our quantities, as a word without a cause.
Arg path_of(const PlanInput& in, const Effective& effective, QuantityName quantity) {
  const auto key = in.in.schema.key_of(quantity, in.in.purpose.script);
  const Setting* set = key ? in.settings.find(*key) : nullptr;
  if (set == nullptr || set->value.scalar() == nullptr || !effective.option(*key)) return {};
  return to_arg(set->value.scalar()->text, {});
}

std::optional<std::int64_t> printing_instances(const PlanInput& in) {
  if (!in.launch.text("only_output_from_instance").empty()) return 1;
  return in.geometry.instances ? std::optional(in.geometry.instances->value) : std::nullopt;
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
  if (Arg data = path_of(in, effective, QuantityName::DataDir); !data.pieces.empty())
    step.data_needs.push_back({std::move(data), {}});
  step.metrics = metrics_of(schema, purpose.script, in.geometry.launcher);
  step.proof = proof_of(schema, purpose, effective.facts());
  step.resources.hosts = step.geometry.hosts;
  step.resources.ipus = step.geometry.ipus;
  if (const auto network = in.launch.text("network"); !network.empty())
    step.resources.network = std::string(network);
  step.printing_instances = printing_instances(in);
}

}  // namespace ipucnn::planning
