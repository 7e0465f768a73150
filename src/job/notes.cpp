// What is said of a job beside the rules.
#include <fmt/format.h>

#include <algorithm>

#include "job/parts.h"

namespace ipucnn::job {
namespace {

/// The purpose that a validation of this step's application has; absent when the step is one.
std::optional<PurposeSpec> validation_of(const JobStep& step) {
  const Node names = step.schema().node().find("validation").find("purposes");
  if (!names.is_list() || names.contains(step.purpose.name)) return std::nullopt;
  return step.schema().purpose((*names.begin()).text());
}

}  // namespace

void preview_validation(const JobRequest& request, const Choice& choice, const JobPoint& point,
                        const Catalog& catalog, const Surroundings& around, Occasion occasion,
                        Diagnostics& out) {
  const JobStep& first = point.first();
  if (!request.keep || point.steps.size() > 1 || !first.geometry.retarget) return;
  const auto validation = validation_of(first);
  if (!validation) return;
  Diagnostics there;
  const auto step = make_step(request, choice, *validation, catalog, around, &first, occasion,
                              Extent::Rules, there);
  if (!step || !find_figures(*step, there)) return;
  check(step->check_input(), occasion, there);
  if (there.has_errors()) return;
  const auto& all = there.all();
  const auto left_out = std::find_if(all.begin(), all.end(),
                                     [](const Diagnostic& d) { return d.id == FindingId::V003; });
  if (left_out == all.end()) return;
  Diagnostic& d = out.add(FindingId::V003, left_out->at, "validated there, " + left_out->message);
  d.notes = left_out->notes;
  if (!left_out->help.empty()) d.help = "in validation " + left_out->help;
}

}  // namespace ipucnn::job

namespace ipucnn {

void note_written_out(const JobStep& step, Diagnostics& out) {
  if (!step.preset || step.flat || !step.purpose.takes_preset || step.preset->written_out.empty() ||
      !step.schema().preset_option())
    return;
  const bool in_file = step.config_file && step.schema().preset_file_option();
  Diagnostic& d = out.add(FindingId::K040, step.preset->at,
                          fmt::format("{}, so {}", step.preset->written_out,
                                      in_file ? "a run passes it in a file with --config-path"
                                              : "every value is written out"));
  if (step.config_file && !in_file)
    d.help = fmt::format("{} has no option for a file of presets", step.schema().id());
  if (in_file)
    d.help = fmt::format("`ipucnn show {} --format configs` prints the file", step.preset->name);
}

}  // namespace ipucnn
