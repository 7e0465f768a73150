#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <tuple>

#include "plan/parts.h"
#include "plan/words.h"

namespace ipucnn {
namespace {

using planning::add_flag;
using planning::add_option;
using planning::to_arg;

/// Truth of a value as Python sees it.
bool is_true(const Scalar& scalar) {
  switch (scalar.type) {
    case ScalarType::Null:
      return false;
    case ScalarType::Bool:
      return yaml_bool(scalar.text);
    case ScalarType::Int:
      return yaml_int(scalar.text).value_or(1) != 0;
    case ScalarType::Float:
      return yaml_float(scalar.text).value_or(1) != 0;
    case ScalarType::String:
      break;
  }
  return !scalar.text.empty();
}

/// The spelling that Python's int() and float() read as what YAML meant: 010 is 8 in a file, and 10
/// on a command line. The user's own spelling stays wherever both agree.
std::string word_for(const Scalar& scalar) {
  if (scalar.type == ScalarType::Int) {
    const std::string_view digits =
        std::string_view(scalar.text)
            .substr(!scalar.text.empty() && (scalar.text[0] == '-' || scalar.text[0] == '+') ? 1
                                                                                             : 0);
    const bool plain = digits == "0" || (digits.find_first_not_of("0123456789_") == digits.npos &&
                                         digits.front() != '0' && digits.back() != '_' &&
                                         digits.find("__") == digits.npos);
    if (!plain) {
      if (const auto value = yaml_int(scalar.text)) return std::to_string(*value);
    }
  }
  if (scalar.type == ScalarType::Float &&
      scalar.text.find_first_of(":_i nN") != std::string::npos) {
    const double value = yaml_float(scalar.text).value_or(0);
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
    return fmt::format("{}", value);  // std::to_chars would bring 128 KB of tables
  }
  return scalar.text;
}

Arg value_arg(const Scalar& scalar) { return to_arg(word_for(scalar), {}); }

/// Writes one option as the script's command line takes it; nothing where that already is so.
void write_option(std::vector<Arg>& words, const OptionSpec& option, const Value& value) {
  const Scalar* scalar = value.scalar();
  if (option.type == OptionType::Switch) {
    if (scalar == nullptr) return;
    if (is_true(*scalar) == option.stores)
      add_flag(words, option.flag, option.key);
    else if (!option.off_flag.empty())
      add_flag(words, option.off_flag, option.key);
    return;
  }
  if (scalar != nullptr && scalar->type == ScalarType::Null) return;
  if (option.type == OptionType::PythonBool && scalar != nullptr && !is_true(*scalar)) {
    // Every word is true to such an option, and only the empty one is false.
    add_option(words, option.flag, Arg{}, option.key);
    return;
  }
  if (option.type == OptionType::BoolWord && scalar != nullptr) {
    const auto typed = scalar->type == ScalarType::String
                           ? convert_word(scalar->text, OptionType::BoolWord)
                           : std::nullopt;
    const bool on = typed ? typed->boolean : is_true(*scalar);
    add_option(words, option.flag, to_arg(on ? "True" : "False", {}), option.key);
    return;
  }
  if (!value.is_list) {
    if (scalar != nullptr) add_option(words, option.flag, value_arg(*scalar), option.key);
    return;
  }
  if (!option.is_list) {
    std::string joined;
    for (const Scalar& item : value.items) joined += (joined.empty() ? "" : ",") + word_for(item);
    add_option(words, option.flag, to_arg(joined, {}), option.key);
    return;
  }
  if (value.items.empty() && !option.may_be_empty) return;
  if (value.items.size() == 1) {
    add_option(words, option.flag, value_arg(value.items.front()), option.key);
    return;
  }
  add_flag(words, option.flag, option.key);
  for (const Scalar& item : value.items) {
    Arg arg = value_arg(item);
    arg.cause = option.key;
    words.push_back(std::move(arg));
  }
}

}  // namespace

std::vector<Arg> option_words(const OptionSpec& option, const Value& value) {
  std::vector<Arg> words;
  write_option(words, option, value);
  return words;
}

namespace {

class ScriptArgs {
 public:
  explicit ScriptArgs(const PlanInput& in)
      : in_(in), schema_(in.in.schema), effective_(schema_, in.in.purpose.script, in.settings) {}

  std::vector<Arg> run() {
    const auto preset_option = schema_.preset_option();
    if (can_name_preset(in_) && preset_option)
      write_name(*preset_option);
    else if (in_.in.preset != nullptr && in_.in.purpose.takes_preset)
      write_preset();
    else if (preset_option)
      if (const Setting* unread = in_.settings.find(preset_option->key))
        write_option(words_, *preset_option, unread->value);
    write_differences();
    write_launcher_needs();
    return std::move(words_);
  }

 private:
  void write_name(const OptionSpec& preset_option) {
    add_option(words_, preset_option.flag, to_arg(in_.in.preset->name, {}), preset_option.key);
    const auto path = schema_.preset_file_option();
    if (!in_.in.preset->written_out.empty() && in_.config_file && path)
      add_option(words_, path->flag, to_arg(fmt::format("${{env:{}}}/configs.yml", kRunFolder), {}),
                 path->key);
  }

  /// Every option that the preset sets and nothing stronger does, in the descriptor's order.
  void write_preset() {
    for (const OptionSpec& option : schema_.options(in_.in.purpose.script, effective_.facts())) {
      const Setting* set = in_.settings.find(option.key);
      if (set != nullptr && is_of_preset(set->origin.kind)) write(option, *set);
    }
  }

  /// What follows from the geometry, then site, profile, job, and the user's own in their order.
  void write_differences() {
    std::vector<const Setting*> differing;
    for (const Setting& set : in_.settings.all())
      if (!is_of_preset(set.origin.kind) && !is_unread_preset(set)) differing.push_back(&set);
    std::stable_sort(differing.begin(), differing.end(),
                     [&](const Setting* a, const Setting* b) { return place(*a) < place(*b); });
    for (const Setting* set : differing)
      if (const auto option = effective_.option(set->key)) write(*option, *set);
  }

  /// Layers that are one mapping in a file keep its order, and so do words of a command line.
  std::tuple<OriginKind, std::size_t, Span> place(const Setting& set) const {
    const FlatProfile* layer = set.origin.kind == OriginKind::Profile ? in_.in.profile
                               : is_of_job(set.origin.kind)           ? in_.in.job
                                                                      : nullptr;
    if (layer != nullptr)
      return {is_of_job(set.origin.kind) ? OriginKind::Job : OriginKind::Profile,
              place_in(*layer, set.key),
              {}};
    return {set.origin.kind, 0, set.origin.kind > OriginKind::Job ? set.origin.at : Span{}};
  }

  /// What a job says, a placeholder of it included.
  static bool is_of_job(OriginKind kind) {
    return kind == OriginKind::Job || kind == OriginKind::Placeholder;
  }

  /// Where the mappings of options have the key first, whoever sets it last.
  static std::size_t place_in(const FlatProfile& layer, std::string_view key) {
    std::size_t place = 0;
    bool found = false;
    for (const PresetEntry& entry : layer.entries) {
      if (entry.key.text() != "options") continue;
      entry.value.each_pair([&](Node name, Node) {
        found = found || name.text() == key;
        place += found ? 0 : 1;
      });
    }
    return place;
  }

  /// The preset that only the application has stands first.
  bool is_unread_preset(const Setting& set) const {
    const auto option = schema_.preset_option();
    return in_.in.preset == nullptr && option && option->key == set.key;
  }

  void write_launcher_needs() {
    if (in_.as_written) return;
    Diagnostics ignored;  // the descriptor's own values are tested with the data
    const std::string section = "under_" + std::string(in_.geometry.launcher);
    in_.in.purpose.node.find(section).each_pair([&](Node key, Node node) {
      const auto option = effective_.option(key.text());
      const auto value = to_value(node, key.text(), ignored);
      if (!option || !value) return;
      const auto now = effective_.setting(key.text());
      if (now && same_value(now->value, *value)) return;
      write_option(words_, *option, *value);
    });
  }

  void write(const OptionSpec& option, const Setting& set) {
    // The launcher hands out the replicas; the script would ignore the option.
    const Binding& replicas = schema_.binding(QuantityName::Replicas, in_.in.purpose.script);
    if (in_.geometry.processes == ProcessModel::ShareReplicas && replicas.spread.text.empty() &&
        schema_.key_of(QuantityName::Replicas, in_.in.purpose.script) == option.key)
      return;
    write_option(words_, option, set.value);
  }

  const PlanInput& in_;
  const AppSchema& schema_;
  Effective effective_;
  std::vector<Arg> words_;
};

/// Whether a value leaves nothing of the preset's, as null does: no word behind its name says so.
bool takes_away(const PlanInput& in, const Setting& set) {
  const auto is_preset = [](const Shadowed& lost) { return is_of_preset(lost.origin.kind); };
  if (is_of_preset(set.origin.kind) ||
      std::none_of(set.shadowed.begin(), set.shadowed.end(), is_preset))
    return false;
  const Scalar* scalar = set.value.scalar();
  if (scalar != nullptr ? scalar->type != ScalarType::Null : !set.value.items.empty()) return false;
  const Effective effective(in.in.schema, in.in.purpose.script, in.settings);
  const auto option = effective.option(set.name());
  return option && option_words(*option, set.value).empty();
}

}  // namespace

bool can_name_preset(const PlanInput& in) {
  const FlatPreset* preset = in.in.preset;
  const auto all = in.settings.all();
  return preset != nullptr && in.in.schema.preset_option() && in.in.purpose.takes_preset &&
         !in.flat && in.in.unsets.empty() && (preset->written_out.empty() || in.config_file) &&
         std::none_of(all.begin(), all.end(),
                      [&](const Setting& set) { return takes_away(in, set); });
}

namespace planning {

std::vector<Arg> script_args(const PlanInput& in) { return ScriptArgs(in).run(); }

std::vector<Arg> program_words(const PlanInput& in) {
  const std::string_view python = in.launch.text("python");
  std::vector<Arg> words = program(in.launch, python.empty() ? "python3" : python, "python");
  for (const Scalar& option : in.launch.list("python_options"))
    words.push_back(to_arg(option.text, "python_options"));
  std::string script(in.launch.text("script_dir"));
  if (!script.empty() && script.back() != '/') script += '/';
  script += in.in.purpose.program;
  words.push_back(to_arg(script, "script"));
  return words;
}

}  // namespace planning
}  // namespace ipucnn
