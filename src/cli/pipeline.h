#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/split_argv.h"
#include "cli/streams.h"
#include "ipucnn/catalog.h"
#include "ipucnn/check.h"
#include "ipucnn/import.h"
#include "ipucnn/plan.h"
#include "ipucnn/resolve.h"
#include "ipucnn/suppression.h"

namespace ipucnn::cli {

/// One step with everything that was worked out for it. ResolveInput looks at the other members,
/// so it is never moved.
struct ResolvedStep {
  PurposeSpec purpose;
  std::optional<FlatPreset> preset;
  FlatProfile profile;
  FlatProfile job;
  std::optional<ResolveInput> input;
  Requests requests;
  Settings settings;
  ChosenTarget target;
  LaunchSettings launch;
  Geometry geometry;
};

/// Steps that run one after the other.
using ResolvedSteps = std::vector<std::unique_ptr<ResolvedStep>>;

/// The stages one after the other: load, resolve, derive, check, plan. It owns what they make, so
/// it is never moved. The page to read first.
class Pipeline {
 public:
  explicit Pipeline(const World& world) : world_(world), catalog_(sources_) {}
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  /// Reads the files in force and those named, the job's checkout included. False with `usage` set
  /// when one cannot be read, and false with findings when one is wrong.
  bool load(const SplitArgv& split, std::string& usage);

  /// Reads one more file. False with `usage` set when it cannot be read, and with findings when it
  /// is wrong. `application` is what a configs.yml is taken for.
  bool load_named(const std::string& path, std::string_view application, std::string& usage,
                  std::string_view only = {});

  /// An application's descriptor, read when it is first asked for; null when it is wrong, which is
  /// reported.
  const AppSchema* schema_of(const Entry& application, Diagnostics& out);

  /// Makes this job, or none, the one in force. Reports K050 when there is no such job.
  bool take_job(const Word& name);
  /// The same for a command that was read from a text. It has to outlive what is resolved.
  bool take_job(const ImportedJob& job);
  void leave_job();

  /// Preset, job and overrides to settings, geometry and findings. False when that could not be
  /// finished; findings of error severity may be there even when it was. May be called again for
  /// another preset or purpose.
  bool resolve(const SplitArgv& split, const std::optional<Word>& preset_name,
               const std::optional<Word>& purpose_name);
  /// For the purpose that is asked for.
  bool resolve(const SplitArgv& split, const std::optional<Word>& preset_name);

  /// With --keep, notes what a validation on the new machine would leave out. After resolve.
  void preview_validation(const SplitArgv& split);

  /// The plans, one unless a job runs with several values; call it only when there is no finding
  /// of error severity.
  std::vector<JobPlan> plans(PlanDetail detail = PlanDetail::Whole) const;

  /// The findings that the job lets pass.
  std::vector<Suppression> job_suppressions() const;

  /// Reports K052 when the job leaves a choice open that a run cannot make.
  void demand_choice();

  /// The first step of the first plan, which stands for the whole where one is shown.
  const ResolvedStep& first() const { return *runs_.front().front(); }
  /// The step behind a step of a plan, both by their number.
  const ResolvedStep& step(std::size_t plan, std::size_t step) const { return *runs_[plan][step]; }
  CheckInput check_input() const { return check_input(first()); }
  bool has_next_step() const { return runs_.front().size() > 1; }
  const AppSchema& schema() const { return *schema_; }
  const PurposeSpec& purpose() const { return first().purpose; }
  const ChosenTarget& target() const { return first().target; }
  const Settings& settings() const { return first().settings; }
  const LaunchSettings& launch() const { return first().launch; }
  /// Where the preset is named in its file, also when it could not be resolved.
  Span preset_at() const { return preset_ ? preset_->name.at() : Span{}; }
  /// The preset in force; null without one.
  const FlatPreset* preset() const { return first().preset ? &*first().preset : nullptr; }
  /// The plan names configs.yml of the run folder, which must hold the preset.
  bool passes_config_file() const {
    return config_file_ && first().preset && !first().preset->written_out.empty();
  }
  const Catalog& catalog() const { return catalog_; }
  const Sources& sources() const { return sources_; }
  Sources& sources() { return sources_; }
  Diagnostics& findings() { return findings_; }

 private:
  bool load_checkout(const SplitArgv& split, std::string& usage);
  bool add_file(SourceId source, Layer layer, std::string_view application,
                std::string_view only = {});

  // What is meant by the words, in choose.cpp.
  bool choose_job(const SplitArgv& split);
  /// The word of our option, else the job's value for it.
  std::optional<Word> asked(const SplitArgv& split, std::optional<Option> option,
                            std::string_view job_key) const;
  /// The same, else the value of `defaults:`.
  std::optional<Word> chosen(const SplitArgv& split, std::optional<Option> option,
                             std::string_view key) const;
  bool choose_preset(const SplitArgv& split, const std::optional<Word>& name);
  bool take_schema(const Entry& application);
  bool choose_application(const std::optional<Word>& app, const std::vector<Word>& words);
  std::optional<PurposeSpec> find_purpose(const std::optional<Word>& name);
  bool keep_group(std::vector<PresetRef>& found, const Word& name,
                  const std::optional<Word>& purpose);
  bool choose_site(const std::optional<Word>& site);
  std::optional<Entry> choose_profile(const std::optional<Word>& profile);

  std::unique_ptr<ResolvedStep> make_step(const SplitArgv& split, PurposeSpec purpose,
                                          const std::vector<SweepValue>& sweep_point,
                                          const ResolvedStep* before);
  bool finish_step(ResolvedStep& step);
  void hand_on(ResolvedStep& from, ResolvedStep& to);
  CheckInput check_input(const ResolvedStep& step) const;
  PlanInput plan_input(const ResolvedStep& step, PlanDetail detail) const;
  std::vector<PlanInputFile> input_files() const;

  const World& world_;
  Sources sources_;
  Catalog catalog_;
  Diagnostics findings_;
  std::deque<AppSchema> schemas_;      ///< each that was asked for
  const AppSchema* schema_ = nullptr;  ///< one of them
  std::optional<PresetRef> preset_;
  Entry job_entry_;
  FlatProfile job_;
  bool imported_ = false;  ///< the job is a command as it stands: no default adds to it
  Entry site_;
  Entry site_of_file_;
  std::string checkout_;  ///< application of the checkout; empty when there is none
  Entry profile_;
  bool flat_ = false;
  bool config_file_ = false;
  std::vector<ResolvedSteps> runs_;
};

}  // namespace ipucnn::cli
