#pragma once

#include <array>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/catalog.h"
#include "ipucnn/geometry.h"
#include "ipucnn/launch_settings.h"
#include "ipucnn/memo.h"
#include "ipucnn/schema.h"
#include "ipucnn/settings.h"
#include "ipucnn/target.h"

namespace ipucnn {

/// A word of the command line (or of a list in a file) and its place.
struct Word {
  std::string text;
  Span at;
  /// At its place stand just these bytes, so that another text can be put there.
  bool as_written = false;
};

/// One key of a preset after merge keys and `extends`, weakest first; a key may stand several
/// times.
struct PresetEntry {
  Node key;
  Node value;
  std::string_view from;  ///< preset it was merged from; empty: written in the preset itself
};

/// A preset with everything it inherits.
struct FlatPreset {
  std::string_view name;
  Span at;
  std::vector<PresetEntry> entries;
  Layer layer = Layer::BuiltIn;
  bool upstream = false;
  bool extended = false;    ///< built with `extends`, which no script follows
  std::string written_out;  ///< why the application's configs.yml does not say the same under this
                            ///< name; empty when it does
  /// What was worked out of it. It is resolved for one application only.
  mutable Memo memo{};

  /// The entry that wins; absent when the preset does not set the key.
  const PresetEntry* find(std::string_view key) const;
};

/// Merge keys as PyYAML applies them, then `extends`. Empty when something was reported.
std::optional<FlatPreset> flatten(const Catalog& catalog, const PresetRef& preset,
                                  Diagnostics& out);

/// Why `--config NAME` would not give the script the values of this preset; empty when it does.
std::string why_written_out(const Catalog& catalog, AppId application, const FlatPreset& preset);

/// A profile or a job with all it extends, one step's own values applied. An absent node is an
/// empty one.
struct FlatProfile {
  std::string_view name;
  std::vector<PresetEntry> entries;  ///< strongest last

  /// The value that wins; absent when no entry has the key.
  Node find(std::string_view key) const;
};
std::optional<FlatProfile> flatten_profile(const Catalog& catalog, const Entry& profile,
                                           std::string_view step, Diagnostics& out);
std::optional<FlatProfile> flatten_job(const Catalog& catalog, const Entry& job,
                                       std::string_view step, Diagnostics& out);

/// One value of an option that a job runs through.
struct SweepValue {
  Node key;
  Node value;
};

/// Every combination that a job's `sweep` and `alternatives` ask for, the last option changing
/// fastest; a single empty one without them. Empty when an error was reported.
std::vector<std::vector<SweepValue>> sweep_points(const FlatProfile& job, Diagnostics& out);

/// A hostfile, and how many machines it lists.
struct HostFile {
  std::string path;
  std::int64_t hosts = 0;
};

/// Everything the values are taken from, weakest layer first in this order.
struct ResolveInput {
  const Catalog& catalog;
  const AppSchema& schema;
  PurposeSpec purpose;
  const FlatPreset* preset = nullptr;     ///< absent for `run --app`
  std::optional<std::string> data_dir{};  ///< the variable DATA_DIR
  Span data_dir_at{};
  Entry site{};
  const FlatProfile* profile = nullptr;
  const FlatProfile* job = nullptr;
  std::vector<SweepValue> sweep_point{};  ///< the job's, one combination
  /// Of the step before: what its command line set holds here, too, where it makes sense.
  const Settings* before = nullptr;
  std::vector<Word> sets{};             ///< --set KEY=VALUE
  std::vector<Word> unsets{};           ///< --unset KEY
  std::vector<Word> overrides{};        ///< words for the application
  std::vector<Word> launch{};           ///< --launch KEY=VALUE
  std::vector<HostFile> hostfiles{};    ///< those that could be read
  std::vector<Word> allowed_unknown{};  ///< --allow-unknown KEY
  /// What is planned writes the preset out, so that its values go through the script's parser.
  bool writes_preset_out = false;
  bool for_slurm = false;            ///< a job of Slurm tells the hosts
  bool for_kubernetes = false;       ///< one worker of a cluster is the only host
  bool judges_preset = true;         ///< false: what is wrong with its keys and values is not asked
  std::string_view self = "ipucnn";  ///< path of this program, for `{self}`
  Span place{};  ///< where a rule points that knows no better place; line 0: nowhere
  /// Paths of the files beyond the built-in ones that describe applications, parted by ':'.
  std::string descriptors{};
};

/// Values of the application's options: who wins, losers kept. What is wrong with a value is
/// reported, and the value stays as it was given; one that is no value at all is left out.
Settings resolve(const ResolveInput& in, Diagnostics& out);

/// Values that say how the job is launched. Empty when an error was reported.
std::optional<LaunchSettings> resolve_launch(const ResolveInput& in, const Target& target,
                                             Diagnostics& out);

/// Looks up options' effective values: set, else default, else late default.
class Effective {
 public:
  Effective(const AppSchema& schema, std::string_view script, const Settings& settings)
      : schema_(schema),
        script_(script),
        takers_(schema.takers(script)),
        bindings_(schema.bindings(script)),
        settings_(settings) {}

  /// Whose options are looked up.
  ScriptNumber script() const { return takers_; }
  /// The option that a quantity is read from: of several spellings the one that is set, else the
  /// one that is written. Absent when the script has none.
  std::optional<FactName> key_of(QuantityName quantity) const;
  const AppSchema& schema() const { return schema_; }
  const Binding& binding(QuantityName quantity) const {
    return bindings_[static_cast<std::size_t>(quantity)];
  }
  /// The option as the script has it under the model and schedule in force; null when it has none.
  const OptionSpec* option(FactName key) const;
  /// Set value, else default, else late default; absent when there is none (or null).
  std::optional<Setting> setting(FactName key) const;
  /// The same, for an option that was looked up before.
  std::optional<Setting> setting(const OptionSpec& option) const;
  /// What an option has that nobody set: its default, else its late default; absent nodes when it
  /// has neither.
  struct Usual {
    Node value;
    OriginKind kind = OriginKind::AppDefault;
  };
  Usual usual(const OptionSpec& option) const;
  /// The same as a setting.
  std::optional<Setting> usual_setting(const OptionSpec& option) const;
  /// Whether the script fills the value by its late default as if nobody had set it: zero, false
  /// or an empty list, where the option says so and a late default applies.
  bool counts_as_unset(const OptionSpec& option, const Setting& set) const;
  /// Whether no data folder is read, the descriptor's `no_data_with`: a switch that is on, or a
  /// condition that holds.
  bool needs_no_data() const;
  /// A function for conditions in descriptors. It looks at this object and its settings, which must
  /// not change any more.
  Facts facts() const;
  /// The same look-ups over other settings.
  Effective with(const Settings& settings) const { return {schema_, script_, settings}; }

 private:
  /// Late defaults are filled in the descriptor's order, so the one of option number `before` sees
  /// only what stands in front of it; what stands behind still has its default there.
  std::optional<FactValue> fact(FactName key, std::size_t before) const;
  std::optional<FactValue> look_up(FactName key, std::size_t before) const;
  Facts facts_before(std::size_t before) const;
  Node late_value(const OptionSpec& option) const;
  bool stands_for_none(const Setting& set) const;
  std::string_view kept(std::string text) const;

  const AppSchema& schema_;
  std::string_view script_;
  ScriptNumber takers_;
  const std::array<Binding, kQuantityCount>& bindings_;
  const Settings& settings_;
  mutable std::list<std::string> lowered_;  ///< texts of facts that no setting holds
  /// What was looked up: few names decide on all options. What a look-up sees depends on its own
  /// place and on that of the asking option by three cases only.
  struct Known {
    std::uint32_t number;
    std::uint32_t sees;
    std::optional<FactValue> value;
  };
  mutable std::vector<Known> known_;
  mutable std::optional<bool> has_unread_preset_;  ///< which may set what nobody else does
};

/// A value as the script sees it after argparse: null, a boolean, a number, a text, or a list of
/// them.
struct TypedScalar {
  ScalarType type = ScalarType::String;
  bool boolean = false;
  std::int64_t integer = 0;
  double real = 0;
  std::string text;
};
/// Truth as Python sees it: a quoted "False" is a text that is not empty.
bool is_true(const TypedScalar& value);
/// One scalar of an option's value; absent when the option's type refuses it.
std::optional<TypedScalar> script_value(const Scalar& scalar, const OptionSpec& option,
                                        const Origin& origin);
/// A word of the command line under the option's type: Python's int() and float() grammar.
std::optional<TypedScalar> convert_word(std::string_view word, OptionType type);

/// What the user or a job asked for, beside options of the application. Each absent when not asked
/// for.
struct Requests {
  std::optional<Word> target;
  std::optional<Word> instances;
  std::optional<Word> hosts;
  std::optional<Word> ipus;
  std::optional<Word> global_batch;
  std::optional<Word> keep;  ///< what stays on another machine: global-batch unless asked for
};

/// The target asked for (command line, then job), else the site's, else the one listed for the
/// preset, else the Mk2 target of exactly the preset's IPUs, else `none`. `asked` tells whether
/// somebody asked for it.
struct ChosenTarget {
  Target target;
  bool asked = false;
  Origin origin;
  std::optional<Quantity> own_replicas{};  ///< the preset's, where they decided; else absent
};
std::optional<ChosenTarget> choose_target(const ResolveInput& in, const Requests& requests,
                                          const Settings& settings, Diagnostics& out);

/// All arithmetic. Reports only what is wrong with the numbers asked for (not whole, below 1).
Geometry derive(const ResolveInput& in, const Requests& requests, const Settings& settings,
                const LaunchSettings& launch, const ChosenTarget& target, Diagnostics& out);

/// Puts what the arithmetic changed (accumulation or the application's own global batch, replicas
/// of a direct run) into the settings of a script.
void apply_geometry(const AppSchema& schema, const Geometry& geometry, Settings& settings,
                    std::string_view script = {});

/// Values of options that something else brings along, as far as nobody asked for others. `why`
/// lasts as long as the settings.
void apply_values(Node values, std::string_view why, Settings& settings);

/// Gives the folder that the launch setting executable_cache names to the application in its own
/// way: an option, a variable, or the launcher's option. What a stronger layer set stays. The
/// settings are those that `effective` looks at.
void apply_executable_cache(const Effective& effective, std::string_view launcher,
                            Settings& settings, LaunchSettings& launch);
/// The folder that the application keeps its executables in, however it is told; empty: none that
/// is known. `variable` looks into the environment, and may be empty.
std::string executable_cache(
    const Effective& effective, std::string_view launcher, const Settings& settings,
    const LaunchSettings& launch,
    const std::function<std::optional<std::string>(std::string_view)>& variable);

}  // namespace ipucnn
