#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/catalog.h"
#include "ipucnn/condition.h"
#include "ipucnn/tree.h"

namespace ipucnn {

/// The few words in which rules and arithmetic speak; a descriptor binds them to its options.
enum class QuantityName : std::uint8_t {
  MicroBatch,
  Accumulation,
  Replicas,
  IpusPerReplica,
  Splits,
  Schedule,
  DataDir,
  RestorePath,
  OutputDir,
  GlobalBatch,
};
inline constexpr std::size_t kQuantityCount = 10;
/// As descriptors write it: "micro_batch".
std::string_view quantity_key(QuantityName quantity);
/// As people read it: "micro batch".
std::string_view quantity_words(QuantityName quantity);

enum class OptionType : std::uint8_t {
  Int,
  Float,
  Str,
  StrLower,
  StrUpper,
  Untyped,
  PythonBool,
  Switch,
  BoolWord,  ///< True or false as a word, which may be left out: true then
  YamlMap,   ///< a YAML mapping in one word
};
/// Switches and booleans, however the command line spells them.
constexpr bool is_boolean(OptionType type) {
  return type == OptionType::Switch || type == OptionType::PythonBool ||
         type == OptionType::BoolWord;
}

/// The effective value of an option (model, lr_schedule ...) as a condition sees it.
struct FactValue {
  // A text is a value: most facts are names.
  FactValue(std::string_view value, ScalarType kind = ScalarType::String)
      : text(value), type(kind) {}
  std::string_view text;  ///< as it was spelled
  ScalarType type;        ///< as the script sees it
};
/// Looks such values up; absent for an option that has none.
using Facts = std::function<std::optional<FactValue>(std::string_view key)>;

/// One option as one script has it under the model and schedule in force.
struct OptionSpec {
  std::string_view key;         ///< as configs.yml spells it
  std::string_view flag;        ///< as the command line spells it
  std::string_view short_flag;  ///< a second spelling, taken and never written; empty: none
  std::string_view off_flag;    ///< the form that takes a switch back; empty: none
  OptionType type = OptionType::Untyped;
  bool is_list = false;  ///< takes one value and more
  bool stores = true;    ///< what giving a switch sets its key to
  bool required = false;
  bool zero_is_unset = false;  ///< the script fills 0 and false by the late default as well
  /// One word holds several values of this type with commas between them, and so may a list of a
  /// preset; absent for other options.
  std::optional<OptionType> items;
  Node default_value;  ///< absent or null: none
  Node late_default;   ///< a list of {when, value}; absent when nothing fills it later
  Node choices;
  Node range;
  Node about;
  Span at;  ///< the key in the descriptor
};

/// What can be run.
struct PurposeSpec {
  std::string_view name;
  std::string_view script;
  Node node;
  bool takes_preset = true;
  bool has_figures = true;        ///< false: nothing of batch and replicas can be known beforehand
  std::string_view preset_group;  ///< where its presets stand; empty: the main group
  std::string_view directory;     ///< of its script, below a checkout; empty: unknown
  bool allows(std::string_view launcher) const;
  bool lacks(QuantityName quantity) const;
  bool needs(QuantityName quantity) const;
};

/// Gradient accumulation that a schedule demands of S stages: a multiple of multiple x S, at least
/// at_least x S - less. Zero: no constraint. Where `counts` names an option, that one is meant.
struct AccumulationRule {
  std::string_view counts;
  std::int64_t multiple = 0;
  std::int64_t at_least = 0;
  std::int64_t less = 0;
  Span at;
};

/// One of a descriptor's `rules` (docs/formats.md). Nodes are absent where it says nothing.
struct RuleSpec {
  Node node;                ///< the whole entry: what only a finding needs is looked up there
  std::string_view option;  ///< empty: none
  Node scripts;
  Node when;
  Node needs;
  Node needs_any;
  Node excludes;
  Node used_when;
};

/// What a quantity is bound to.
struct Binding {
  std::vector<std::string_view> keys;  ///< the first is written; the others are older spellings
  std::string_view mapping;  ///< list of IPUs: its highest entry + 1 counts, where it has one
  bool stages = false;       ///< the option's entries + 1 count
};

class OptionTable;
namespace load {
struct MergedTables;
}

/// A typed view of one application's descriptor. Nothing is copied: entries are read when asked
/// for.
class AppSchema {
 public:
  /// Reports Y005 when the entry is no application's descriptor, K017 when it extends none.
  static std::optional<AppSchema> load(const Catalog& catalog, const Entry& entry,
                                       Diagnostics& out);

  std::string_view id() const { return name_.text(); }
  std::string_view name() const { return parse_app_id(id()).name; }
  std::string_view release() const { return parse_app_id(id()).release; }
  /// The descriptor, laid over all it extends.
  Node node() const { return body_; }
  /// What it was laid over; absent when it extends nothing.
  Node inherited() const;
  Span at() const { return name_.at(); }

  std::optional<PurposeSpec> purpose(std::string_view name) const;
  std::vector<std::string_view> purposes() const;

  /// The options that a quantity is bound to in a script, or, where that says nothing of it or is
  /// empty, in the application.
  const Binding& binding(QuantityName quantity, std::string_view script = {}) const;
  /// The option that is written for a quantity; absent when the application has none.
  std::optional<std::string_view> key_of(QuantityName quantity, std::string_view script = {}) const;
  /// The quantity an option is bound to, in whichever script.
  std::optional<QuantityName> quantity_of(std::string_view key) const;
  /// IPUs per replica are the pipeline's stages (splits + 1) rather than an option's value.
  bool replica_spans_stages() const;
  /// The option that names a preset ("config"); absent when there is none.
  std::optional<OptionSpec> preset_option() const;
  /// The option that names a file of presets ("config_path"); absent when there is none.
  std::optional<OptionSpec> preset_file_option() const;
  /// A switch that must be on for the pipeline rules to hold; absent: splits alone make a pipeline.
  std::optional<std::string_view> pipeline_switch() const;
  std::optional<AccumulationRule> accumulation_rule(std::string_view schedule,
                                                    const Facts& facts) const;

  /// The option of this key on that script's command line; absent when the script has none such.
  /// An empty script asks for the option whoever takes it.
  std::optional<OptionSpec> option(std::string_view key, std::string_view script,
                                   const Facts& facts) const;
  /// All options of a script (empty: of all), in the descriptor's order.
  std::vector<OptionSpec> options(std::string_view script, const Facts& facts) const;
  /// The same, and behind them each second form of theirs (`-m`, `--nofp16`) as an option of its
  /// own with the same key: all that the script's command line takes.
  std::vector<OptionSpec> spellings(std::string_view script, const Facts& facts) const;
  /// Those without which the script does not start.
  std::vector<OptionSpec> required_options(std::string_view script, const Facts& facts) const;
  /// Whether any script knows the key, whatever model or schedule.
  bool knows_key(std::string_view key) const;
  /// Whether further options exist by this option's value, as those of a model do.
  bool decides_on_options(std::string_view key) const;
  /// Every option's entry in the descriptor, in order; those of what it extends first.
  const std::vector<Entry>& option_entries() const;
  /// Number of a key among them; absent when no script knows it.
  std::optional<std::size_t> option_number(std::string_view key) const;
  /// The rules that the descriptor states as data, in its order.
  const std::vector<RuleSpec>& rules() const;

 private:
  AppSchema(Node name, Node body, std::shared_ptr<const load::MergedTables> merged);

  Node name_;
  Node body_;
  std::shared_ptr<const load::MergedTables> merged_;  ///< what `body_` stands in, unless a file
  std::shared_ptr<const OptionTable> options_;        ///< never null; shared by copies, as the next
  std::shared_ptr<const std::vector<RuleSpec>> rules_;
  using Bindings = std::array<Binding, kQuantityCount>;
  Bindings bindings_;
  std::vector<std::pair<std::string_view, Bindings>> of_scripts_;  ///< those that differ
};

/// Whether a condition holds where only values of options are known. An absent one does; an option
/// without value fits only null.
bool condition_holds(Node condition, const Facts& facts);

/// The late default that applies; absent when none does or the entry is only a text for people.
Node late_default_value(const OptionSpec& option, const Facts& facts);

}  // namespace ipucnn
