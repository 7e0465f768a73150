// A preset or the commands of a text for another release: rewritten, read again and compared.
#include "ipucnn/migration.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/edits.h"
#include "ipucnn/benchmark_spec.h"
#include "ipucnn/named_entry.h"
#include "job/parts.h"

namespace ipucnn {
namespace {

class Migration {
 public:
  Migration(JobInputs& files, const Word& to) : files_(files), to_(to) {}

  Migrated preset(const JobRequest& request) {
    const Job job = resolve_job(request, files_.descriptors, files_.around, Occasion::Files);
    const JobPoint* before = job.first();
    if (before == nullptr || !before->shown) return finish(job.all_findings());
    const JobStep& step = before->first();
    const AppSchema* to = release(step.schema().name());
    if (to == nullptr) return finish({});
    if (!has_script(*to, step, step.preset->at)) return finish({});
    const auto options = migrate_options(step, *to, found_);
    const auto purpose = to->purpose(step.purpose.name);
    const std::string group(purpose ? purpose->preset_group : std::string_view{});
    std::string text = migrated_preset(options, *to, group, step.preset->name);
    // Judged as the file that it is to become.
    const std::size_t known = files_.findings.all().size();
    if (!files_.add_text({{"migrated.yml", {}}, Layer::Named, {}, {}}, text)) {
      for (std::size_t i = known; i < files_.findings.all().size(); ++i)
        found_.add(files_.findings.all()[i]);
      return finish({});
    }
    JobRequest after = request;
    after.preset = Word{
        fmt::format("{}{}{}:{}", to->id(), group.empty() ? "" : "/", group, step.preset->name), {}};
    after.application.reset();
    after.overrides.clear();
    after.sets.clear();
    after.unsets.clear();
    const Job judged = resolve_job(after, files_.descriptors, files_.around, Occasion::Files);
    if (const JobPoint* point = judged.first(); point != nullptr && point->shown)
      compare_jobs(step, point->first(), step.preset->at, found_);
    migrated_.text = std::move(text);
    return finish(judged.all_findings());
  }

  Migrated commands(SourceId source, const ImportRequest& how, const JobRequest& words) {
    const std::vector<ImportedJob> commands = commands_of(files_, source, how);
    ResolvedCommands before = resolve_commands(files_, commands, words);
    const AppSchema* to = nullptr;
    std::vector<std::pair<const ImportedJob*, MigratedWords>> rewritten;
    Diagnostics ignored;  // what is wrong with the text was reported
    const CommandSource kind = kind_of(source);
    const auto yaml =
        kind == CommandSource::Yaml ? load_yaml(files_.sources, source, ignored) : nullptr;
    const Node top = yaml ? root(yaml->tree) : Node{};
    const CommandText from{files_.sources, kind, top && is_benchmark_spec(top)};
    for (const auto& [command, job] : before.legal) {
      const JobStep& step = job.first()->first();
      to = release(step.schema().name());
      if (to == nullptr) return finish(before.findings);
      if (!has_script(*to, step, command->at)) continue;
      rewritten.emplace_back(
          command, migrated_words(*command, step, *to, has_preset(*to, step), from, found_));
    }
    if (to == nullptr && before.left_out.empty()) {
      migrated_.text = files_.sources.text(source);
      migrated_.no_command = true;
      return finish(before.findings);
    }
    std::vector<Edit> edits = edits_of(rewritten, top, before.left_out);
    std::string text = with_edits(files_.sources.text(source), std::move(edits));
    if (to != nullptr) judge(text, source, *to, words, before);
    migrated_.text = std::move(text);
    migrated_.left_out = std::move(before.left_out);
    return finish(before.findings);
  }

 private:
  /// Of all commands but those that stay, with which every other one stays that stands in the same
  /// words, as the calls of a function do.
  std::vector<Edit> edits_of(std::vector<std::pair<const ImportedJob*, MigratedWords>>& rewritten,
                             Node top, std::vector<std::string>& left_out) {
    std::vector<Edit> edits;
    for (auto& [command, words] : rewritten) {
      const bool stays =
          std::any_of(rewritten.begin(), rewritten.end(), [&, at = command->at](const auto& other) {
            return other.second.in_the_way && other.first->at == at;
          });
      if (stays) {
        left_out.push_back(job::place_of(*command, files_.sources));
        continue;
      }
      std::move(words.edits.begin(), words.edits.end(), std::back_inserter(edits));
      for (Edit& edit : migrated_parameters(*command, words.elsewhere, top, files_.sources, found_))
        edits.push_back(std::move(edit));
    }
    left_out.erase(std::unique(left_out.begin(), left_out.end()), left_out.end());
    return edits;
  }

  /// Whether the other release has the job's preset under its name.
  bool has_preset(const AppSchema& to, const JobStep& step) const {
    if (!step.preset) return true;
    AppId of = parse_app_id(to.id());
    const auto purpose = to.purpose(step.purpose.name);
    if (purpose) of.group = purpose->preset_group;
    return !files_.catalog.find_presets(step.preset->name, of).empty();
  }

  /// Reports a command whose script the other release does not have.
  bool has_script(const AppSchema& to, const JobStep& step, Span at) {
    if (to.purpose(step.purpose.name)) return true;
    found_
        .add(FindingId::K047, at,
             fmt::format("{} has no counterpart of {}", to.id(), step.purpose.program))
        .help = "the command is left as it is";
    return false;
  }

  CommandSource kind_of(SourceId source) const {
    return command_source(files_.sources.name(source), files_.sources.text(source))
        .value_or(CommandSource::Shell);
  }

  const AppSchema* release(std::string_view application) {
    AppId id = parse_app_id(to_.text);
    if (to_.text.find('@') == std::string::npos) id = {application, to_.text, {}};
    const Entry entry = files_.catalog.find_application(id);
    if (entry) {
      const AppSchema* schema = files_.descriptors.find(entry, found_);
      if (schema != nullptr && !said_alias_) report_alias(id, schema->id(), to_.at, found_);
      said_alias_ = true;
      return schema;
    }
    report_unknown(files_.catalog, Section::Applications, fmt::format("{}@{}", id.name, id.release),
                   to_.at, found_);
    return nullptr;
  }

  /// The new text is read and judged as any other.
  void judge(const std::string& text, SourceId old, const AppSchema& to, const JobRequest& words,
             const ResolvedCommands& before) {
    const std::string name = fmt::format("{} (migrated)", files_.sources.name(old));
    const SourceId source = files_.sources.add(name, text);
    ImportRequest request;
    request.kind = command_source(files_.sources.name(old), text).value_or(CommandSource::Shell);
    request.application = parse_app_id(to.id());
    Diagnostics read;
    const auto commands = import_commands(files_.catalog, files_.sources, source, request, read);
    found_.add(read);
    JobRequest there = words;
    there.application = Word{std::string(to.id()), {}};
    const ResolvedCommands after = resolve_commands(files_, commands, there);
    found_.add(after.findings);
    if (after.legal.size() != before.legal.size()) return;
    for (std::size_t i = 0; i < after.legal.size(); ++i)
      compare_jobs(before.legal[i].job.first()->first(), after.legal[i].job.first()->first(),
                   after.legal[i].command->at, found_);
  }

  Migrated finish(const Diagnostics& more) {
    found_.add(more);
    migrated_.findings = std::move(found_);
    return std::move(migrated_);
  }

  JobInputs& files_;
  const Word& to_;
  Migrated migrated_;
  Diagnostics found_;
  bool said_alias_ = false;
};

}  // namespace

Migrated migrate_preset(JobInputs& inputs, const JobRequest& request, const Word& to) {
  return Migration(inputs, to).preset(request);
}

Migrated migrate_commands(JobInputs& inputs, SourceId source, const ImportRequest& how,
                          const JobRequest& words, const Word& to) {
  return Migration(inputs, to).commands(source, how, words);
}

}  // namespace ipucnn
