// A job of one release, as another release of its application has it.
#include "ipucnn/migrate.h"

#include <fmt/format.h>

#include <algorithm>

#include "ipucnn/overrides.h"
#include "ipucnn/yaml_text.h"

namespace ipucnn {
namespace {

/// What an option is called there, and what its value becomes.
struct Counterpart {
  std::string_view key;   ///< empty: it has none
  Node values;            ///< its values -> those there
  bool back = false;      ///< `values` are the other way round
  std::string_view text;  ///< of the value there, with {value}
  std::string_view why;
};

bool same_choices(Node a, Node b) {
  if (!a.is_list() || !b.is_list()) return a.is_list() == b.is_list();
  return std::all_of(a.begin(), a.end(), [&](Node choice) { return b.contains(choice.text()); });
}

/// Looks options of one release up in another.
class Counterparts {
 public:
  Counterparts(const JobStep& from, const AppSchema& to)
      : from_(from.schema()),
        to_(to),
        script_(from.purpose.script),
        effective_(from.schema(), from.purpose.script, from.settings) {
    const auto spec = to.purpose(from.purpose.name);
    there_ = spec ? spec->script : script_;
  }

  std::optional<OptionSpec> there(std::string_view key) const {
    // Models have one name in all releases, and numbers of options differ.
    const Facts known = effective_.facts();
    return to_.option(key, there_, [&](FactName name) { return known(FactName(name.text)); });
  }
  std::optional<OptionSpec> here(std::string_view key) const { return effective_.option(key); }

  Counterpart of(std::string_view key) const {
    const Node later = later_of(from_, key);
    Counterpart found{{}, {}, false, {}, later.find_text("why").value_or("")};
    if (const auto same = there(key)) {
      found.key = same->key;
      const auto own = here(key);
      if (own && (own->type != same->type || !same_choices(own->choices, same->choices)))
        take_values(key, later, found);
      return found;
    }
    if (const auto renamed = later.find_text("key"); renamed && there(*renamed)) {
      found.key = *renamed;
      found.values = later.find("values");
      found.text = later.find_text("text").value_or("");
    } else if (const auto quantity = from_.quantity_of(key)) {
      const auto bound = to_.key_of(*quantity, there_);
      if (bound && there(*bound)) found.key = *bound;
    }
    if (found.key.empty()) take_back(key, found);
    return found;
  }

 private:
  static Node later_of(const AppSchema& schema, std::string_view key) {
    return schema.node().find("later").find(key);
  }

  /// Where both have the option, one of them may spell its values otherwise.
  void take_values(std::string_view key, Node later, Counterpart& found) const {
    found.values = later.find("values");
    if (found.values) return;
    found.values = later_of(to_, key).find("values");
    found.back = static_cast<bool>(found.values);
    found.why = later_of(to_, key).find_text("why").value_or("");
  }

  /// The option of the older release that became this one.
  void take_back(std::string_view key, Counterpart& found) const {
    to_.node().find("later").each_pair([&](Node name, Node entry) {
      if (!found.key.empty() || entry.find_text("key") != key || entry.find("text") ||
          !there(name.text()))
        return;
      found = {name.text(), entry.find("values"), true, {}, entry.find_text("why").value_or("")};
    });
  }

  const AppSchema& from_;
  const AppSchema& to_;
  std::string_view script_;
  std::string_view there_;
  Effective effective_;
};

/// The value there of one scalar; as it is where nothing says otherwise.
Scalar migrated_scalar(const Counterpart& counterpart, const Scalar& scalar) {
  Scalar out = scalar;
  counterpart.values.each_pair([&](Node old, Node now) {
    const Node before = counterpart.back ? now : old;
    const Node after = counterpart.back ? old : now;
    const bool booleans = plain_scalar_type(scalar.text) == ScalarType::Bool &&
                          plain_scalar_type(before.text()) == ScalarType::Bool &&
                          yaml_bool(before.text()) == yaml_bool(scalar.text);
    if (!booleans && before.text() != scalar.text) return;
    out.text = after.text();
    out.type = scalar.type == ScalarType::String || !counterpart.back
                   ? after.type()
                   : plain_scalar_type(after.text());
  });
  if (const std::size_t hole = counterpart.text.find("{value}"); hole != std::string_view::npos) {
    out.text = std::string(counterpart.text).replace(hole, 7, scalar.text);
    out.type = ScalarType::String;
  }
  return out;
}

Value migrated_value(const Counterpart& counterpart, const Value& value) {
  Value out = value;
  for (Scalar& item : out.items) item = migrated_scalar(counterpart, item);
  return out;
}

bool is_set_by_somebody(OriginKind kind) {
  return kind == OriginKind::Preset || kind == OriginKind::InheritedPreset ||
         kind > OriginKind::Derived;
}

/// What somebody said last, whatever the arithmetic or a launcher made of it.
std::optional<Setting> last_word(const Setting& set) {
  if (is_set_by_somebody(set.origin.kind)) return set;
  for (auto lost = set.shadowed.rbegin(); lost != set.shadowed.rend(); ++lost)
    if (is_set_by_somebody(lost->origin.kind))
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

void report_gone(std::string_view key, const Counterpart& counterpart, const AppSchema& to, Span at,
                 Diagnostics& out) {
  out.add(FindingId::K047, at,
          said(fmt::format("{} has no counterpart of {}", to.id(), key), counterpart.why))
      .help = "it is left out";
}

void report_other(std::string_view key, const Value& before, const Counterpart& counterpart,
                  const Value& after, Span at, Diagnostics& out) {
  const std::string now = fmt::format("{} {}", counterpart.key, value_text(after));
  out.add(FindingId::K045, at,
          said(fmt::format("{} {} becomes {}", key, value_text(before), now), counterpart.why));
}

}  // namespace

std::vector<MigratedOption> migrate_options(const JobStep& from, const AppSchema& to,
                                            Diagnostics& out) {
  const AppSchema& schema = from.schema();
  const Counterparts counterparts(from, to);
  const auto preset_option = schema.preset_option();
  std::vector<MigratedOption> migrated;
  for (const Setting& in_force : from.settings.all()) {
    const auto said_last = last_word(in_force);
    if (!said_last || (preset_option && in_force.key == preset_option->key)) continue;
    const Setting& set = *said_last;
    const Counterpart counterpart = counterparts.of(set.key);
    if (counterpart.key.empty()) {
      report_gone(set.key, counterpart, to, set.origin.at, out);
      continue;
    }
    Value value = migrated_value(counterpart, set.value);
    if (counterpart.key != set.key || !same_value(value, set.value))
      report_other(set.key, set.value, counterpart, value, set.origin.at, out);
    migrated.push_back({std::string(counterpart.key), std::move(value)});
  }
  // What nobody set keeps its value.
  const Effective effective(schema, from.purpose.script, from.settings);
  const Facts facts = effective.facts();
  for (const OptionSpec& option : schema.options(from.purpose.script, facts)) {
    const auto there = counterparts.there(option.key);
    if (!there || from.settings.find(option.name()) != nullptr || option.default_value.is_null() ||
        !option.default_value || same_default(option.default_value, there->default_value))
      continue;
    const Counterpart counterpart = counterparts.of(option.key);
    const Node usual = option.default_value;
    if (!usual.is_scalar() || there->default_value.is_null()) continue;
    Value value =
        migrated_value(counterpart, single(std::string(usual.text()), usual.at(), usual.type()));
    if (value.items.front().text == there->default_value.text()) continue;
    out.add(FindingId::K045, from.input->place,
            fmt::format("{} is {} where nobody sets it, and {} at {}: it is written out",
                        option.key, usual.text(), there->default_value.text(), to.id()));
    migrated.push_back({std::string(option.key), std::move(value)});
  }
  return migrated;
}

std::string migrated_preset(const std::vector<MigratedOption>& options,
                            std::string_view application, std::string_view name) {
  std::string text = fmt::format("presets:\n  {}:\n    {}:", application,
                                 yaml_text(Scalar{std::string(name), ScalarType::String, {}}));
  if (options.empty()) return text + " {}\n";
  text += '\n';
  for (const MigratedOption& option : options) {
    const Scalar* scalar = option.value.scalar();
    // A mapping in one word stands as a mapping again.
    const bool is_map = scalar != nullptr && scalar->type == ScalarType::String &&
                        scalar->text.starts_with('{') && scalar->text.ends_with('}');
    text +=
        fmt::format("      {}: {}\n", option.key, is_map ? scalar->text : yaml_text(option.value));
  }
  return text;
}

std::vector<Edit> migrated_words(const ImportedJob& command, const JobStep& from,
                                 const AppSchema& to, Diagnostics& out) {
  const AppSchema& schema = from.schema();
  const Counterparts counterparts(from, to);
  const Effective effective(schema, from.purpose.script, from.settings);
  const Facts facts = effective.facts();
  Diagnostics ignored;  // what is wrong with the words was reported
  std::vector<Edit> edits;
  for (const resolving::Override& given :
       resolving::parse_overrides(command.options, schema, from.purpose.script, facts, ignored)) {
    const Counterpart counterpart = counterparts.of(given.option.key);
    if (counterpart.key.empty()) {
      report_gone(given.option.key, counterpart, to, given.at, out);
      Span whole = given.at;
      for (const Scalar& item : given.value.items)
        if (item.at.source == whole.source && item.at.line == whole.line &&
            item.at.column > whole.column)
          whole.length = std::max(whole.length, item.at.column + item.at.length - whole.column);
      if (whole.column > 1) {  // the blank before it as well
        --whole.column;
        ++whole.length;
      }
      edits.push_back({whole, ""});
      continue;
    }
    const auto there = counterparts.there(counterpart.key);
    const Value value = migrated_value(counterpart, given.value);
    if (counterpart.key != given.option.key || !same_value(value, given.value))
      report_other(given.option.key, given.value, counterpart, value, given.at, out);
    if (there && there->flag != given.option.flag) {
      Span flag = given.at;
      flag.length =
          static_cast<std::uint32_t>(std::min<std::size_t>(flag.length, given.option.flag.size()));
      edits.push_back({flag, std::string(there->flag)});
    }
    for (std::size_t i = 0; i < value.items.size(); ++i)
      if (value.items[i].text != given.value.items[i].text && given.value.items[i].at != given.at)
        edits.push_back({given.value.items[i].at, value.items[i].text});
  }
  return edits;
}

void compare_figures(const JobStep& before, const JobStep& after, Span at, Diagnostics& out) {
  using Field = std::optional<Quantity> Geometry::*;
  constexpr std::pair<Field, std::string_view> kFigures[] = {
      {&Geometry::micro_batch, "micro batch"},   {&Geometry::accumulation, "accumulation"},
      {&Geometry::replicas, "replicas"},         {&Geometry::ipus_per_replica, "IPUs per replica"},
      {&Geometry::global_batch, "global batch"}, {&Geometry::ipus, "IPUs"},
  };
  const auto text = [](const std::optional<Quantity>& figure) {
    return figure ? std::to_string(figure->value) : std::string("not known");
  };
  for (const auto& [field, name] : kFigures) {
    const std::string was = text(before.geometry.*field);
    const std::string now = text(after.geometry.*field);
    if (was == now) continue;
    out.add(FindingId::K046, at,
            fmt::format("{} {} at {}, and {} at {}", name, was, before.schema().id(), now,
                        after.schema().id()));
  }
}

}  // namespace ipucnn
