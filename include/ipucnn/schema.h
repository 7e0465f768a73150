#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/catalog.h"
#include "ipucnn/condition.h"
#include "ipucnn/memo.h"
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
  Fraction,  ///< a number, or a quotient of two: 1/4
};
/// Switches and booleans, however the command line spells them.
constexpr bool is_boolean(OptionType type) {
  return type == OptionType::Switch || type == OptionType::PythonBool ||
         type == OptionType::BoolWord;
}

/// One option as one script has it under the model and schedule in force.
struct OptionSpec {
  std::string_view key;         ///< as configs.yml spells it
  std::string_view flag;        ///< as the command line spells it
  std::string_view short_flag;  ///< a second spelling, taken and never written; empty: none
  std::string_view off_flag;    ///< the form that takes a switch back; empty: none
  OptionType type = OptionType::Untyped;
  bool is_list = false;       ///< takes one value and more
  bool may_be_empty = false;  ///< of a list: or none
  std::string_view alone;     ///< what the flag means without a value; empty: it needs one
  /// A preset is a list of words to this script, and argparse converts every one of them.
  bool preset_as_words = false;
  bool stores = true;  ///< what giving a switch sets its key to
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
  Span at;                          ///< the key in the descriptor
  std::uint32_t number = kNone;     ///< among the application's options
  const AppTable* table = nullptr;  ///< what `late` stands in
  RecordRange late;                 ///< the late default, where it is a list

  FactName name() const { return {key, number}; }
};

/// What can be run.
struct PurposeSpec {
  std::string_view name;
  std::string_view script;   ///< a key of the descriptor's `scripts`
  std::string_view program;  ///< the file that it is, which a fork may call otherwise
  Node node;
  bool takes_preset = true;
  bool has_figures = true;        ///< false: nothing of batch and replicas can be known beforehand
  std::string_view preset_group;  ///< where its presets stand; empty: the main group
  std::string_view directory;     ///< of its script, below a checkout; empty: unknown
  std::uint32_t without = 0;      ///< quantities that it has no use for, a bit each
  std::uint32_t needed = 0;       ///< quantities that have to be given
  bool allows(std::string_view launcher) const;
  bool lacks(QuantityName quantity) const {
    return ((without >> static_cast<std::uint32_t>(quantity)) & 1U) != 0;
  }
  bool needs(QuantityName quantity) const {
    return ((needed >> static_cast<std::uint32_t>(quantity)) & 1U) != 0;
  }
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

/// What a quantity is bound to.
struct Binding {
  std::vector<FactName> keys;  ///< the first is written; the others are older spellings
  FactName mapping;            ///< list of IPUs: its highest entry + 1 counts, where it has one
  bool stages = false;         ///< the option's entries + 1 count
  /// Where this does not hold the model is not split, and a replica has one IPU. Absent: always.
  Node when;
  /// Replicas without a value of their own share the IPUs of so many replicas of the whole model,
  /// which this option counts; empty: they do not.
  FactName spread;
};

namespace load {
struct App;
}

/// Whose options are asked for: of a script, looked up, or of all.
struct ScriptNumber {
  bool any = true;
  std::uint32_t number = kNone;  ///< kNone: of one that the descriptor does not speak of
};

/// A typed view of one application's descriptor. Copies are cheap.
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
  /// The same as records.
  const AppTable& table() const { return *table_; }
  /// What it was laid over; absent when it extends nothing.
  Node inherited() const;
  Span at() const { return name_.at(); }

  /// A field of it; absent when it is left out.
  Node field(AppField name) const {
    return table_->node(table_->fields[static_cast<std::size_t>(name)].node);
  }
  /// The text of a field, such as an option's key; absent when it is null or no scalar as well.
  std::optional<FactName> named(AppField name) const {
    const NameRecord& record = table_->fields[static_cast<std::size_t>(name)];
    const Node node = table_->node(record.node);
    if (!node.is_scalar() || node.is_null()) return std::nullopt;
    return FactName(node.text(), record.number);
  }
  /// A condition that stands in it; one that holds always for an absent node.
  Condition condition(Node node) const;
  Condition condition(std::uint32_t number) const { return {table_, number}; }

  std::optional<PurposeSpec> purpose(std::string_view name) const;
  std::vector<std::string_view> purposes() const;

  /// The options that a quantity is bound to in a script, or, where that says nothing of it or is
  /// empty, in the application.
  const Binding& binding(QuantityName quantity, std::string_view script = {}) const {
    return bindings(script)[static_cast<std::size_t>(quantity)];
  }
  /// Those of all quantities, by QuantityName.
  const std::array<Binding, kQuantityCount>& bindings(std::string_view script) const;
  /// The option that is written for a quantity; absent when the application has none.
  std::optional<FactName> key_of(QuantityName quantity, std::string_view script = {}) const;
  /// The quantity an option is bound to, in whichever script.
  std::optional<QuantityName> quantity_of(std::string_view key) const;
  /// IPUs per replica are the pipeline's stages (splits + 1) rather than an option's value.
  bool replica_spans_stages() const;
  /// The option that names a preset ("config"); null when there is none.
  const OptionSpec* preset_option() const;
  /// The option that names a file of presets ("config_path"); null when there is none.
  const OptionSpec* preset_file_option() const;
  /// A switch that must be on for the pipeline rules to hold; absent: splits alone make a pipeline.
  std::optional<FactName> pipeline_switch() const;
  std::optional<AccumulationRule> accumulation_rule(std::string_view schedule,
                                                    const Facts& facts) const;

  /// The option of this key on that script's command line; null when the script has none such. An
  /// empty script asks for the option whoever takes it. What is pointed at lasts as long as the
  /// descriptor, and the same option under the same conditions is the same one.
  const OptionSpec* option(FactName key, std::string_view script, const Facts& facts) const;
  /// The same of a script that was looked up before.
  ScriptNumber takers(std::string_view script) const;
  const OptionSpec* option_of(FactName key, ScriptNumber script, const Facts& facts) const;
  /// All options of a script (empty: of all), in the descriptor's order.
  std::vector<OptionSpec> options(std::string_view script, const Facts& facts) const;
  /// The same, and behind them each second form of theirs (`-m`, `--nofp16`) as an option of its
  /// own with the same key: all that the script's command line takes.
  std::vector<OptionSpec> spellings(std::string_view script, const Facts& facts) const;
  /// The first of spellings() with this flag, an underscore standing for a hyphen; absent when the
  /// script's command line takes none such. Just the options that could be meant are looked at.
  std::optional<OptionSpec> spelled(std::string_view flag, std::string_view script,
                                    const Facts& facts) const;
  /// Those without which the script does not start.
  std::vector<OptionSpec> required_options(std::string_view script, const Facts& facts) const;
  /// Whether any script knows the key, whatever model or schedule.
  bool knows_key(std::string_view key) const;
  /// Whether a script fills a 0 of the option as if it were not given, whatever model or schedule.
  bool can_be_unset_by_zero(FactName key) const;
  /// Whether further options exist by this option's value, as those of a model do.
  bool decides_on_options(std::string_view key) const;
  /// Every option's entry in the descriptor, in order; those of what it extends first.
  std::vector<Entry> option_entries() const;
  /// Number of a key among them; absent when no script knows it.
  std::optional<std::size_t> option_number(std::string_view key) const;
  std::size_t option_count() const { return table_->options.size(); }
  /// What later stages have worked out of the descriptor alone. Lasts as long as the descriptor.
  Memo& memo() const;

 private:
  AppSchema(Node name, Node body, std::shared_ptr<const load::App> app);

  Node name_;
  Node body_;
  std::shared_ptr<const load::App> app_;  ///< never null; what `body_` and the records stand in
  const AppTable* table_;
};

/// The late default that applies; absent when none does or the entry is only a text for people.
Node late_default_value(const OptionSpec& option, const Facts& facts);

}  // namespace ipucnn
