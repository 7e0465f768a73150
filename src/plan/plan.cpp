#include "ipucnn/plan.h"

#include <algorithm>
#include <utility>

#include "ipucnn/yaml_text.h"
#include "plan/parts.h"
#include "plan/words.h"

namespace ipucnn {
namespace {

StepGeometry figures(const Geometry& g) {
  const auto value = [](const std::optional<Quantity>& quantity) {
    return quantity ? std::optional(quantity->value) : std::nullopt;
  };
  return {value(g.micro_batch), value(g.accumulation), value(g.replicas), value(g.ipus_per_replica),
          value(g.instances),   value(g.hosts),        value(g.ilds),     value(g.global_batch),
          value(g.ipus)};
}

void append(std::vector<Arg>& words, std::vector<Arg> more) {
  for (Arg& arg : more) words.push_back(std::move(arg));
}

bool is_text(const Arg& arg) {
  return arg.pieces.size() == 1 && arg.pieces.front().kind == Piece::Kind::Text;
}

/// Writes `--option=value` for the options listed, where one value follows; `*` lists all.
void join_with_equals(const std::vector<Scalar>& options, Command& command) {
  if (options.empty()) return;
  const auto listed = [&](const std::string& word) {
    return word.compare(0, 2, "--") == 0 && word.find('=') == std::string::npos &&
           std::any_of(options.begin(), options.end(), [&](const Scalar& option) {
             return option.text == "*" || option.text == word;
           });
  };
  std::vector<Arg> joined;
  for (std::size_t i = 0; i < command.argv.size(); ++i) {
    const std::vector<Arg>& words = command.argv;
    const bool one_value = i + 1 < words.size() && !words[i + 1].begins &&
                           (i + 2 == words.size() || words[i + 2].begins);
    if (i == command.program_at) command.program_at = joined.size();
    joined.push_back(words[i]);
    if (!one_value || !is_text(words[i]) || !listed(words[i].pieces.front().text)) continue;
    std::vector<Piece>& pieces = joined.back().pieces;
    pieces.front().text += '=';
    for (const Piece& piece : words[++i].pieces)
      if (piece.kind == Piece::Kind::Text && pieces.back().kind == Piece::Kind::Text)
        pieces.back().text += piece.text;
      else
        pieces.push_back(piece);
  }
  command.argv = std::move(joined);
}

Command command(const PlanInput& in) {
  Command command;
  if (in.geometry.processes != ProcessModel::One)
    append(command.argv, planning::launcher_words(in));
  command.program_at = command.argv.size();
  append(command.argv, planning::program_words(in));
  append(command.argv, planning::script_args(in));
  join_with_equals(in.launch.list("spelling.equals"), command);
  for (const Setting& variable : in.launch.env.all())
    if (const Scalar* text = variable.value.scalar())
      command.env.emplace_back(variable.key, planning::to_arg(text->text, {}));
  command.cwd = planning::to_arg(in.launch.text("app_dir"), {});
  return command;
}

std::optional<std::string> text_or_none(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional(std::string(text));
}

/// What its descriptor says, else the release that the application is called by.
std::vector<std::string> sdk_releases(const PlanInput& in) {
  const AppSchema& schema = in.in.schema;
  const Node software = schema.node().find("software");
  bool on_poplar = false;
  if (software.is_list())
    for (const Node one : software) on_poplar = on_poplar || one.text() == "poplar";
  if (!on_poplar) return {};
  const Catalog& catalog = in.in.catalog;
  const Node said = catalog.own_field(catalog.find_application(parse_app_id(schema.id())), "sdk");
  if (said.is_scalar()) return {std::string(said.text())};
  if (!said.is_list()) return {std::string(schema.release())};
  std::vector<std::string> releases;
  for (const Node one : said) releases.emplace_back(one.text());
  return releases;
}

}  // namespace

JobPlan plan(const PlanInput& in) {
  const ResolveInput& resolved = in.in;
  JobPlan job;
  job.application = resolved.schema.name();
  job.release = resolved.schema.release();
  if (resolved.preset != nullptr) job.preset = std::string(resolved.preset->name);
  if (const auto option = resolved.schema.preset_option(); option && !job.preset)
    if (const Setting* unread = in.settings.find(option->key))
      job.preset = value_text(unread->value);
  if (resolved.job != nullptr) job.job = std::string(resolved.job->name);
  job.name = job.job.value_or(job.preset.value_or(job.application));
  job.target = in.target.target.id;
  if (resolved.site) job.site = std::string(resolved.site.name.text());
  job.profile = resolved.profile == nullptr ? "" : std::string(resolved.profile->name);
  job.label = text_or_none(in.launch.text("label"));
  if (resolved.for_slurm) job.slurm = slurm_request(in.in.site.body);
  if (resolved.for_kubernetes) job.kubernetes = planning::kubernetes_request(in);
  const std::string purpose(resolved.purpose.name);
  Step& step = job.steps.emplace_back();
  step.name = step.purpose = purpose;
  step.geometry = figures(in.geometry);
  step.command = command(in);
  if (in.detail == PlanDetail::Words) return job;
  job.sdk_releases = sdk_releases(in);
  planning::add_details(in, step);
  if (in.config_file && resolved.preset != nullptr && !resolved.preset->written_out.empty())
    job.files.push_back({"configs.yml", preset_yaml(*resolved.preset)});
  return job;
}

}  // namespace ipucnn
