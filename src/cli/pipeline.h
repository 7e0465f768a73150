#pragma once

#include <optional>
#include <string>

#include "cli/split_argv.h"
#include "cli/streams.h"
#include "ipucnn/catalog.h"
#include "ipucnn/check.h"
#include "ipucnn/plan.h"
#include "ipucnn/resolve.h"

namespace ipucnn::cli {

/// The stages one after the other: load, resolve, derive, check, plan. It owns what they make, so
/// it is never moved. The page to read first.
class Pipeline {
 public:
  explicit Pipeline(const World& world) : world_(world), catalog_(sources_) {}
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  /// Reads the files in force and those named. False with `usage` set when one cannot be read, and
  /// false with findings when one is wrong.
  bool load(const SplitArgv& split, std::string& usage);

  /// Reads one more file. False with `usage` set when it cannot be read, and with findings when it
  /// is wrong. `application` is what a configs.yml is taken for.
  bool load_named(const std::string& path, std::string_view application, std::string& usage);

  /// Preset and overrides to settings, geometry and findings. False when that could not be
  /// finished; findings of error severity may be there even when it was. May be called again for
  /// another preset or purpose.
  bool resolve(const SplitArgv& split, const std::optional<Word>& preset_name,
               const std::optional<Word>& purpose);
  bool resolve(const SplitArgv& split, const std::optional<Word>& preset_name) {
    return resolve(split, preset_name, split.value("purpose"));
  }

  /// The plan; call it only when there is no finding of error severity.
  JobPlan plan() const;

  CheckInput check_input() const;
  const AppSchema& schema() const { return *schema_; }
  const PurposeSpec& purpose() const { return *purpose_; }
  Span preset_at() const { return preset_ ? preset_->at : Span{}; }
  const ChosenTarget& target() const { return *target_; }
  const Settings& settings() const { return *settings_; }
  const LaunchSettings& launch() const { return *launch_; }
  /// The preset in force; null without one.
  const FlatPreset* preset() const { return preset_ ? &*preset_ : nullptr; }
  /// The plan names configs.yml of the run folder, which must hold the preset.
  bool passes_config_file() const {
    return config_file_ && preset_ && !preset_->written_out.empty();
  }
  const Catalog& catalog() const { return catalog_; }
  const Sources& sources() const { return sources_; }
  Sources& sources() { return sources_; }
  Diagnostics& findings() { return findings_; }

 private:
  /// The option's value, else the one of `defaults:` (an absent key has none there).
  std::optional<Word> chosen(const SplitArgv& split, std::string_view option,
                             std::string_view default_key) const;
  bool load_checkout(const SplitArgv& split, std::string& usage);
  bool add_file(SourceId source, Layer layer, std::string_view application);
  bool choose_preset(const SplitArgv& split, const std::optional<Word>& name);
  bool choose_application(const std::optional<Word>& app, const std::vector<Word>& words);
  bool choose_purpose(const std::optional<Word>& purpose);
  bool choose_site(const std::optional<Word>& site);
  bool choose_profile(const std::optional<Word>& profile);

  const World& world_;
  Sources sources_;
  Catalog catalog_;
  Diagnostics findings_;
  std::optional<AppSchema> schema_;
  std::optional<PurposeSpec> purpose_;
  std::optional<FlatPreset> preset_;
  std::optional<FlatProfile> profile_;
  Entry site_;
  Entry site_of_file_;
  std::string checkout_;  ///< application of the checkout; empty when there is none
  std::optional<ResolveInput> input_;
  Requests requests_;
  std::optional<Settings> settings_;
  std::optional<ChosenTarget> target_;
  std::optional<LaunchSettings> launch_;
  Geometry geometry_;
  bool flat_ = false;
  bool config_file_ = false;
};

}  // namespace ipucnn::cli
