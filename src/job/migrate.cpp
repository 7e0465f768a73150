// A job of one release, as another release of its application has it.
#include "ipucnn/migrate.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/line_part.h"
#include "ipucnn/overrides.h"
#include "ipucnn/plan.h"
#include "ipucnn/yaml_text.h"
#include "job/counterparts.h"
#include "job/migrate_words.h"

namespace ipucnn {

using job::Counterpart;
using job::Counterparts;
using job::rewritten;
using job::RewrittenScalar;
using job::WordEditor;

namespace {

/// A value at the other release, and what of it has none there.
struct RewrittenValue {
  std::optional<Value> value;  ///< absent: the option is left out
  std::string lost;            ///< an item that stays as it is, without a counterpart
  bool lossy = false;
};

RewrittenValue rewritten_value(const Counterpart& counterpart, const Value& value) {
  RewrittenValue out{value, {}, false};
  for (Scalar& item : out.value->items) {
    RewrittenScalar now = rewritten(counterpart, item);
    out.lossy = out.lossy || now.lossy;
    if (now.scalar) {
      item = std::move(*now.scalar);
    } else if (value.items.size() > 1 || value.is_list) {
      out.lost = item.text;
    } else {
      out.value.reset();
      return out;
    }
  }
  return out;
}

/// What a site, a profile or the environment says stays there.
bool is_of_the_job(OriginKind kind) {
  return is_of_preset(kind) || kind == OriginKind::Job || kind == OriginKind::CommandLine;
}

/// What somebody said last, whatever the arithmetic or a launcher made of it.
std::optional<Setting> last_word(const Setting& set) {
  if (is_of_the_job(set.origin.kind)) return set;
  for (auto lost = set.shadowed.rbegin(); lost != set.shadowed.rend(); ++lost)
    if (is_of_the_job(lost->origin.kind))
      return Setting{set.key, lost->value, lost->origin, {}, set.number};
  return std::nullopt;
}

/// 1 and 1.0 are the same default.
bool same_default(Node a, Node b) {
  if (!a.is_scalar() || !b.is_scalar()) return !a == !b || (a.is_list() && b.is_list());
  if (a.text() == b.text()) return true;
  const auto number = [](Node node) {
    return node.type() == ScalarType::String ? std::nullopt : yaml_float(node.text());
  };
  const auto x = number(a);
  return x && x == number(b);
}

std::string said(std::string_view text, std::string_view why) {
  return why.empty() ? std::string(text) : fmt::format("{}: {}", text, why);
}

void report_gone(std::string_view what, const Counterpart& counterpart, const AppSchema& to,
                 Span at, Diagnostics& out, std::string_view help = "it is left out") {
  out.add(FindingId::K047, at,
          said(fmt::format("{} has no counterpart of {}", to.id(), what), counterpart.why))
      .help = help;
}

void report_other(std::string_view key, const Value& before, const Counterpart& counterpart,
                  const RewrittenValue& after, Span at, Diagnostics& out) {
  out.add(after.lossy ? FindingId::K046 : FindingId::K045, at,
          said(fmt::format("{} {} becomes {} {}", key, value_text(before), counterpart.key,
                           value_text(*after.value)),
               counterpart.why));
}

/// What becomes of one value, with all that is to be said of it. Absent: the option is left out.
std::optional<Value> moved_value(std::string_view key, const Value& value,
                                 const Counterpart& counterpart, const AppSchema& to, Span at,
                                 Diagnostics& out) {
  if (counterpart.key.empty()) {
    report_gone(key, counterpart, to, at, out);
    return std::nullopt;
  }
  RewrittenValue now = rewritten_value(counterpart, value);
  if (!now.value) {
    report_gone(fmt::format("{} {}", key, value_text(value)), counterpart, to, at, out);
    return std::nullopt;
  }
  if (counterpart.key != key || !same_value(*now.value, value))
    report_other(key, value, counterpart, now, at, out);
  if (!now.lost.empty())
    report_gone(fmt::format("{} {}", key, now.lost), counterpart, to, at, out,
                "it is left as it is");
  return std::move(now.value);
}

/// A mapping in one word stands as a mapping again, unless its numbers would become texts there.
std::string preset_value(const Value& value, bool exponents) {
  const Scalar* scalar = value.scalar();
  const bool is_map = scalar != nullptr && scalar->type == ScalarType::String &&
                      scalar->text.starts_with('{') && scalar->text.ends_with('}');
  if (!is_map || (!exponents && scalar->text.find("e-") != std::string::npos))
    return yaml_text(value);
  return scalar->text;
}

/// A default that is another one there, written out; what nobody set keeps its value.
std::optional<Value> kept_default(const OptionSpec& option, const OptionSpec& there,
                                  const Counterpart& counterpart) {
  const Node usual = option.default_value;
  if (!usual.is_scalar() || usual.is_null() || same_default(usual, there.default_value))
    return std::nullopt;
  auto value =
      rewritten_value(counterpart, single(std::string(usual.text()), usual.at(), usual.type()))
          .value;
  if (!value || value->items.front().text == there.default_value.text()) return std::nullopt;
  return value;
}

/// Options that a sweep over a loop was made of are none of the command's words any more.
void rename_swept(const ImportedJob& command, const Counterparts& counterparts,
                  const Sources& sources, WordEditor& editor, MigratedWords& out) {
  command.entry().body.find("sweep").each_pair([&](Node key, Node values) {
    const OptionSpec* here = counterparts.here(key.text());
    const Counterpart counterpart = counterparts.of(key.text());
    const OptionSpec* there = counterparts.there(counterpart.key);
    bool same = here != nullptr && there != nullptr && here->type == there->type;
    for (const Node value : values) {
      const Scalar old{std::string(value.text()), ScalarType::String, {}};
      const auto now = rewritten(counterpart, old).scalar;
      same = same && now && now->text == old.text;
    }
    if (same && here->flag == there->flag) return;
    Span flag = values.at();
    std::string_view before = line_part(sources, flag).before;
    before = before.substr(0, before.find_last_not_of("= \"'") + 1);
    if (!same || !before.ends_with(here->flag)) return editor.stay(flag);
    flag.length = static_cast<std::uint32_t>(here->flag.size());
    flag.column = static_cast<std::uint32_t>(before.size()) + 1 - flag.length;
    out.edits.push_back({flag, std::string(there->flag)});
  });
}

struct NamedPreset {
  Span name;
  Span option;  ///< `--config NAME` and the blank before it
};

/// Where a command names its preset; absent where the name comes from elsewhere, or does not stand
/// beside its option.
std::optional<NamedPreset> named_preset(const ImportedJob& command, const Sources& sources) {
  const Node preset = command.entry().body.find("preset");
  if (!preset) return std::nullopt;
  const Span name = preset.at();
  const LinePart line = line_part(sources, name);
  if (line.at.find(preset.text()) == line.at.npos) return std::nullopt;
  std::string_view before = line.before;
  if (before.ends_with('=')) before.remove_suffix(1);
  while (before.ends_with(' ')) before.remove_suffix(1);
  const std::size_t blank = before.find_last_of(" \t");
  if (blank == before.npos || before.substr(blank + 1, 2) != "--") return std::nullopt;
  Span option = name;
  option.column = static_cast<std::uint32_t>(blank + 1);
  option.length = static_cast<std::uint32_t>(line.before.size() + name.length - blank);
  return NamedPreset{name, option};
}

/// The launcher tells the script its replicas, which may not be typed beside it.
bool is_told_by_launcher(const JobStep& step, std::string_view key) {
  const AppSchema& schema = step.schema();
  const std::string_view script = step.purpose.script;
  return step.geometry.processes == ProcessModel::ShareReplicas &&
         schema.binding(QuantityName::Replicas, script).spread.text.empty() &&
         schema.key_of(QuantityName::Replicas, script) == key;
}

/// What a preset sets and nothing stronger does, as words of the other release, which does not
/// know the preset.
std::vector<Arg> preset_written_out(const JobStep& from, const Counterparts& counterparts, Span at,
                                    Diagnostics& out) {
  std::vector<Arg> words;
  out.add(FindingId::K045, at,
          fmt::format("'{}' is no preset of {}: its options are written out", from.preset->name,
                      counterparts.to().id()));
  for (const Setting& set : from.settings.all()) {
    if (!is_of_preset(set.origin.kind) || is_told_by_launcher(from, set.key)) continue;
    const Counterpart counterpart = counterparts.of(set.key);
    const auto value = moved_value(set.key, set.value, counterpart, counterparts.to(), at, out);
    const OptionSpec* there = value ? counterparts.there(counterpart.key) : nullptr;
    if (there == nullptr) continue;
    for (Arg& word : option_words(*there, *value)) words.push_back(std::move(word));
  }
  return words;
}

}  // namespace

std::vector<MigratedOption> migrate_options(const JobStep& from, const AppSchema& to,
                                            Diagnostics& out) {
  const AppSchema& schema = from.schema();
  const Counterparts counterparts(from, to);
  const auto preset_option = schema.preset_option();
  std::vector<MigratedOption> migrated;
  for (const Setting& in_force : from.settings.all()) {
    const auto set = last_word(in_force);
    if (!set || (preset_option && in_force.key == preset_option->key)) continue;
    const Counterpart counterpart = counterparts.of(set->key);
    auto value = moved_value(set->key, set->value, counterpart, to, set->origin.at, out);
    if (value) migrated.push_back({std::string(counterpart.key), std::move(*value)});
  }
  const Facts facts = counterparts.effective().facts();
  for (const OptionSpec& option : schema.options(from.purpose.script, facts)) {
    const auto there = counterparts.there(option.key);
    if (!there || from.settings.find(option.name()) != nullptr) continue;
    auto value = kept_default(option, *there, counterparts.of(option.key));
    if (!value) continue;
    const std::string_view now = there->default_value.text();
    out.add(
        FindingId::K045, from.input->place,
        fmt::format("{} is {} where nobody sets it, and {} at {}: it is written out", option.key,
                    option.default_value.text(), now.empty() ? "unset" : now, to.id()));
    migrated.push_back({std::string(option.key), std::move(*value)});
  }
  return migrated;
}

std::string migrated_preset(const std::vector<MigratedOption>& options, const AppSchema& to,
                            std::string_view group, std::string_view name) {
  std::string text =
      fmt::format("presets:\n  {}{}{}:\n    {}:", to.id(), group.empty() ? "" : "/", group,
                  yaml_text(Scalar{std::string(name), ScalarType::String, {}}));
  if (options.empty()) return text + " {}\n";
  const bool exponents = to.node().find("preset_values").find_bool("exponents", true);
  text += '\n';
  for (const MigratedOption& option : options)
    text += fmt::format("      {}: {}\n", option.key, preset_value(option.value, exponents));
  return text;
}

MigratedWords migrated_words(const ImportedJob& command, const JobStep& from, const AppSchema& to,
                             bool has_preset, const CommandText& text, Diagnostics& out) {
  const AppSchema& schema = from.schema();
  const Counterparts counterparts(from, to);
  const Facts facts = counterparts.effective().facts();
  Diagnostics ignored;  // what is wrong with the words was reported
  Diagnostics said;
  MigratedWords words;
  WordEditor editor(command, text, words);
  const auto preset = has_preset ? std::nullopt : named_preset(command, text.sources);
  if (preset && from.preset) {
    const std::vector<Arg> options = preset_written_out(from, counterparts, preset->name, said);
    words.edits.push_back({preset->option, job::options_text(options, preset->option, text)});
    if (job::is_item(preset->name, text)) editor.stay(preset->name);
  } else if (const Node name = command.entry().body.find("preset");
             name && from.preset && !preset && !has_preset) {
    editor.stay(name.at());
  }
  for (const resolving::Override& given :
       resolving::parse_overrides(command.options, schema, from.purpose.script, facts, ignored)) {
    const Counterpart counterpart = counterparts.of(given.option.key);
    const auto value = moved_value(given.option.key, given.value, counterpart, to, given.at, said);
    if (value)
      editor.edit(given, counterparts.there(counterpart.key), *value);
    else
      editor.remove(given);
  }
  rename_swept(command, counterparts, text.sources, editor, words);
  if (words.in_the_way)
    out.add(FindingId::K047, *words.in_the_way,
            "what has to become another word is not written out here, but comes of a variable, a "
            "list or quotes")
        .help = "the command is left as it is: write its words out";
  else
    out.add(said);
  return words;
}

}  // namespace ipucnn
