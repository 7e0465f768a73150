// The step in front of a training that only compiles, so that the machine is taken when the
// executable is there.
#include <fmt/format.h>

#include "job/parts.h"

namespace ipucnn::job {
namespace {

constexpr std::string_view kName = "compile";

/// What speaks of the partition, which a launcher without IPUs has nothing to do with.
constexpr std::string_view kOfPartition[] = {
    "vipu_server_host", "vipu_server_port",        "vipu_partition",   "vipu_cluster",
    "vipu_allocation",  "vipu_server_timeout",     "update_partition", "reset_partition",
    "remove_partition", "vipu_partition_attempts", "sync_type"};

/// Releases of the application whose scripts have the mode.
std::string releases_with_it(const Catalog& catalog, std::string_view application) {
  std::string found;
  for (const Entry& entry : catalog.entries(Section::Applications)) {
    const AppId id = parse_app_id(entry.name.text());
    Diagnostics unsaid;
    if (id.name != application) continue;
    const auto schema = AppSchema::load(catalog, entry, unsaid);
    if (schema && schema->node().find_text("compile_only"))
      found += fmt::format("{}{}", found.empty() ? "" : ", ", id.release);
  }
  return found;
}

void refuse(const AppSchema& schema, const PurposeSpec& purpose, const Catalog& catalog, Span at,
            Diagnostics& out) {
  const bool of_others = schema.node().find_text("compile_only").has_value();
  Diagnostic& d =
      out.add(FindingId::L026, at,
              fmt::format("{} has no mode that ends when the graph is compiled",
                          of_others ? fmt::format("{} of {}", purpose.program, schema.id())
                                    : std::string(schema.id())));
  const std::string releases = of_others ? "" : releases_with_it(catalog, schema.name());
  d.help = "leave it out; the first start compiles, and fills the cache if there is one";
  if (!releases.empty()) d.notes.push_back({"releases that have one: " + releases, {}});
}

/// Starts the processes without asking for IPUs.
void leave_machine_alone(const Word& why, LaunchSettings& launch) {
  for (const std::string_view key : kOfPartition) launch.values.remove(key);
  if (launch.values.find("offline_mode") == nullptr)
    launch.values.assign("offline_mode", single("true", why.at, ScalarType::Bool),
                         {OriginKind::Derived, why.at, "--compile-first"});
}

/// The folder is for what is trained.
void leave_output_out(JobStep& step) {
  const auto key = step.schema().key_of(QuantityName::OutputDir, step.purpose.script);
  const Setting* set = key ? step.settings.find(*key) : nullptr;
  if (set != nullptr && set->origin.kind > OriginKind::InheritedPreset) step.settings.remove(*key);
}

}  // namespace

std::unique_ptr<JobStep> make_compilation(const JobRequest& request, const Choice& choice,
                                          const JobStep& train, const Catalog& catalog,
                                          const Surroundings& around, Occasion occasion,
                                          Diagnostics& out) {
  const Word& why = *request.compile_first;
  const AppSchema& schema = *choice.schema;
  const auto key = schema.node().find_text("compile_only");
  if (!key || !Effective(schema, train.purpose.script, train.settings).option(*key)) {
    refuse(schema, train.purpose, catalog, why.at, out);
    return nullptr;
  }
  if (request.for_kubernetes) {
    out.add(FindingId::L026, why.at, "an IPUJob has its IPUs from its beginning").help =
        "leave it out, or name a folder that outlives the job as executable_cache";
    return nullptr;
  }
  JobRequest own = request;
  own.sets.push_back({fmt::format("{}=true", *key), why.at});
  Diagnostics told;  // of the training already, but for what keeps this from being made
  auto step = make_step(own, choice, train.purpose, catalog, around, nullptr, occasion,
                        Extent::Rules, told);
  if (step) {
    leave_output_out(*step);
    if (choice.next)  // the graph is that of what hands on
      apply_values(train.purpose.node.find("handing_on"), "the next step starts from it",
                   step->settings);
  }
  if (!step || !find_figures(*step, told)) {
    out.add(told);
    return nullptr;
  }
  leave_machine_alone(why, step->launch);
  const Effective effective(schema, step->purpose.script, step->settings);
  if (executable_cache(effective, step->geometry.launcher, step->settings, step->launch,
                       around.variable)
          .empty())
    out.add(FindingId::L027, why.at,
            "no folder keeps what it compiles, so the training does it again")
        .help = "add `executable_cache: DIR` to the site, or --launch executable_cache=DIR";
  return step;
}

Step compilation_step(const JobStep& compilation, PlanDetail detail) {
  JobPlan alone = plan(compilation.plan_input(detail));
  Step step = std::move(alone.steps.front());
  step.name = kName;
  step.metrics.clear();  // it trains nothing
  step.checkpoints.reset();
  step.resources.ipus.reset();
  return step;
}

}  // namespace ipucnn::job
