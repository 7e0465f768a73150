// What a step that nobody asked for would find: the validation of a run that is moved to another
// machine.
#include "cli/pipeline.h"

namespace ipucnn::cli {

void Pipeline::preview_validation(const SplitArgv& split) {
  const Node names = schema_->node().find("validation").find("purposes");
  if (!split.has(Option::Keep) || has_next_step() || !names.is_list() ||
      names.contains(purpose().name))
    return;
  const auto validation = schema_->purpose((*names.begin()).text());
  if (!validation || !first().geometry.retarget) return;
  const std::size_t before = findings_.all().size();
  const auto step = make_step(split, *validation, first().input->sweep_point, &first());
  if (step) finish_step(*step);

  auto& all = findings_.all();
  std::optional<Diagnostic> left_out;
  bool would_run = true;
  for (auto d = all.begin() + static_cast<std::ptrdiff_t>(before); d != all.end(); ++d) {
    if (d->severity == Severity::Error) would_run = false;
    if (d->id == FindingId::V003) left_out = *d;
  }
  all.erase(all.begin() + static_cast<std::ptrdiff_t>(before), all.end());
  if (!would_run || !left_out) return;
  left_out->severity = Severity::Note;
  left_out->message = "validated there, " + left_out->message;
  if (!left_out->help.empty()) left_out->help = "in validation " + left_out->help;
  all.push_back(*left_out);
}

}  // namespace ipucnn::cli
