// This program in the place of a launcher or of an application's script.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "ipucnn/job.h"
#include "ipucnn/overrides.h"
#include "ipucnn/rehearsal.h"
#include "ipucnn/script_values.h"

namespace ipucnn {
namespace {

constexpr int kMisused = 2;

/// A script of an application, with the words it was started with: its options are resolved by the
/// code that checked them for the plan.
class RehearsedScript {
 public:
  RehearsedScript(const std::vector<std::string>& args, const RehearsalHost& host)
      : host_(host), path_(args[2]) {
    name_ = path_.substr(path_.rfind('/') + 1);  // the whole path when there is no slash
    for (std::size_t i = 3; i < args.size(); ++i) words_.push_back({args[i], {}});
  }

  /// APP@RELEASE, then the files that describe it unless it is built in: `:FILE:FILE`.
  int run(std::string_view application) {
    std::string_view files = application;
    application = files.substr(0, files.find(':'));
    files.remove_prefix(application.size());
    if (const int status = add_descriptors(files); status != 0) return status;
    const Entry entry = catalog_.find_application(parse_app_id(application));
    if (entry) schema_ = descriptors_.find(entry, findings_);
    if (schema_ == nullptr)
      return fail(1, fmt::format("there is no application '{}'", application));
    program_ = name_;
    if (const auto scripts = scripts_of_program(); !scripts.empty()) name_ = scripts.front().first;
    parts_ = schema_->node().find("rehearsal").find(name_);
    if (const auto other = parts_.find_text("like"))
      parts_ = schema_->node().find("rehearsal").find(*other);
    if (!parts_) return fail(1, fmt::format("{} has no such script to rehearse", application));
    if (const int status = resolve_options(); status != 0) return status;
    if (const std::string other = script_by_values(); other != name_) {
      name_ = other;
      if (const int status = resolve_options(); status != 0) return status;
    }
    const Settings& settings = job_->points.front().first().settings;
    return play_it(ScriptValues(*schema_, name_, settings));
  }

 private:
  /// Those that one program can be, each with the values that its purpose fixes; once each.
  std::vector<std::pair<std::string, Node>> scripts_of_program() const {
    std::vector<std::pair<std::string, Node>> found;
    for (const std::string_view purpose : schema_->purposes()) {
      const auto spec = schema_->purpose(purpose);
      const std::string_view file = spec->program.substr(spec->program.rfind('/') + 1);
      const bool known = std::any_of(found.begin(), found.end(), [&](const auto& other) {
        return other.first == spec->script;
      });
      if (file == program_ && !known) found.emplace_back(spec->script, spec->node.find("fixed"));
    }
    return found;
  }

  /// The one whose fixed values are in force, else the first.
  std::string script_by_values() const {
    const ScriptValues values(*schema_, name_, job_->points.front().first().settings);
    const auto scripts = scripts_of_program();
    for (std::size_t i = 1; i < scripts.size(); ++i) {
      bool all = scripts[i].second.is_map();
      scripts[i].second.each_pair([&](Node key, Node value) {
        all = all && values.value(key.text()) == std::string(value.text());
      });
      if (all) return scripts[i].first;
    }
    return name_;
  }

  int add_descriptors(std::string_view files) {
    while (!files.empty()) {
      files.remove_prefix(1);
      const std::string path(files.substr(0, files.find(':')));
      files.remove_prefix(path.size());
      std::string error;
      auto text = host_.read_file(path, error);
      if (!text) return fail(1, error);
      const SourceId source = sources_.add(path, std::move(*text));
      if (!catalog_.add(sources_, source, Layer::Named, {}, findings_))
        return fail(1, first_error());
    }
    return 0;
  }

  int resolve_options() {
    JobRequest request;
    request.application = Word{std::string(schema_->id()), {}};
    request.script = Word{name_, {}};
    request.overrides = words_;
    if (const int status = choose_preset(request); status != 0) return status;
    Surroundings around;
    around.variable = host_.variable;
    job_ = resolve_job(request, descriptors_, around, Occasion::Rehearsal, Extent::Values);
    findings_.add(job_->all_findings());
    return job_->is_legal() ? 0 : fail(2, first_error());
  }

  /// As the scripts do it: --config is looked for before the other options are known.
  int choose_preset(JobRequest& request) {
    const auto option = schema_->preset_option();
    if (!option) return 0;
    const auto known = schema_->options(name_, Facts());
    const auto name = resolving::peek_override(words_, known, option->key);
    if (!name) return 0;
    const auto file_option = schema_->preset_file_option();
    std::string file = file_option
                           ? resolving::peek_override(words_, known, file_option->key).value_or("")
                           : std::string();
    const bool named = !file.empty();
    if (!named) file = path_.substr(0, path_.size() - program_.size()) + "configs.yml";
    std::string error;
    if (auto text = host_.read_file(file, error)) {
      const SourceId source = sources_.add(file, std::move(*text));
      if (!catalog_.add(sources_, source, Layer::Named, schema_->id(), findings_))
        return fail(1, first_error());
    } else if (named) {
      return fail(1, error);
    }
    if (catalog_.find_presets(*name, parse_app_id(schema_->id())).empty())
      return fail(1, fmt::format("there is no configuration '{}'", *name));
    request.preset = Word{*name, {}};
    return 0;
  }

  int play_it(const ScriptValues& values) {
    if (values.value("help") == "true") {
      host_.out(fmt::format("usage: {} [options]  (REHEARSAL)\n\n{}", name_, values.help()));
      return 0;
    }
    if (const std::string_view option = values.missing_option(); !option.empty())
      return fail(2, fmt::format("the following arguments are required: {}", option));
    PlayedScript played;
    played.name = program_;
    played.ipus_per_replica = whole_ipus(values);
    played.parts = parts_;
    played.data_sets = schema_->node().find("data_sets");
    played.proof = schema_->node().find("scripts").find(name_).find("proof_when");
    played.checkpoints = checkpoints();
    played.value = [&](std::string_view key) { return values.value(key); };
    played.options = values.dictionary();
    played.command_line = program_;
    for (const Word& word : words_) played.command_line += " " + word.text;
    if (const auto seconds = host_.variable("REHEARSAL_SECONDS"))
      played.seconds = std::clamp(std::strtod(seconds->c_str(), nullptr), 0.0, 86400.0);
    played.replicas = values.figure(QuantityName::Replicas).value_or(1);
    std::string error;
    if (!take_launcher(host_.variable, values.ipus_per_replica(), played, error))
      return fail(1, error);
    return play(played);
  }

  /// As the script itself writes them, else as another one does that it takes them from.
  Node checkpoints() const {
    const Node scripts = schema_->node().find("scripts");
    Node found = scripts.find(name_).find("checkpoints");
    scripts.each_pair([&](Node, Node script) {
      if (!found) found = script.find("checkpoints");
    });
    return found;
  }

  /// IPUs of a replica of the training, which an evaluation may share out.
  std::int64_t whole_ipus(const ScriptValues& values) const {
    const auto scripts = scripts_of_program();
    if (scripts.empty() || scripts.front().first == name_) return values.ipus_per_replica();
    const Settings& settings = job_->points.front().first().settings;
    return ScriptValues(*schema_, scripts.front().first, settings).ipus_per_replica();
  }

  std::string first_error() const {
    for (const Diagnostic& finding : findings_.all())
      if (finding.severity == Severity::Error) return finding.message;
    return "its options cannot be read";
  }

  int fail(int status, const std::string& why) const {
    host_.err(fmt::format("{} (REHEARSAL): error: {}\n", name_, why));
    return status;
  }

  const RehearsalHost& host_;
  Sources sources_;
  Catalog catalog_{sources_};
  Descriptors descriptors_{catalog_};
  Diagnostics findings_;
  std::string path_;
  std::string name_;     ///< the script, as the descriptor calls it
  std::string program_;  ///< its file
  std::vector<Word> words_;
  const AppSchema* schema_ = nullptr;
  Node parts_;
  std::optional<Job> job_;
};

int rehearse_launcher(const std::vector<std::string>& args, const RehearsalHost& host) {
  Sources sources;
  const Catalog catalog(sources);
  const Node launcher = catalog.find(Section::Defaults, "launchers").body.find("poprun");
  if (launcher) return rehearse_poprun(launcher, {args.begin() + 1, args.end()});
  host.err("poprun (REHEARSAL): nothing is known of its options\n");
  return kMisused;
}

}  // namespace

bool names_stand_in(const std::vector<std::string>& args) {
  return !args.empty() && (args[0] == "rehearsal-poprun" || args[0] == "rehearsal-mpirun" ||
                           args[0] == "rehearsal-app");
}

int rehearse(const std::vector<std::string>& args, const RehearsalHost& host) {
  if (args[0] == "rehearsal-poprun") return rehearse_launcher(args, host);
  if (args[0] == "rehearsal-mpirun") return rehearse_mpirun({args.begin() + 1, args.end()});
  if (args.size() >= 3) return RehearsedScript(args, host).run(args[1]);
  host.err("rehearsal-app (REHEARSAL): needs an application and a script\n");
  return kMisused;
}

}  // namespace ipucnn
