// Keys of a preset: the scripts match them letter by letter, and most releases say nothing of one
// that matches no option.
#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <string>

#include "base/suggest.h"
#include "base/text.h"
#include "resolve/older_names.h"
#include "resolve/preset_checks.h"
#include "resolve/preset_words.h"

namespace ipucnn::resolving {
namespace {

/// "learning_rate" -> "lr": how people shorten what they then write out.
std::string initials(std::string_view key) {
  std::string out;
  for (std::size_t i = 0; i < key.size(); ++i)
    if (key[i] != '_' && (i == 0 || key[i - 1] == '_')) out += key[i];
  return out;
}

/// Hyphens and underscores are the same to people.
bool same_spelling(std::string_view a, std::string_view b) {
  const auto plain = [](char c) { return c == '_' ? '-' : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return plain(x) == plain(y); });
}

/// What somebody may have meant by a key that is none; each empty where nothing is near.
struct Meant {
  std::string key;
  std::string_view spelled;  ///< the key whose option is spelled like this on the command line
  std::string_view similar;
  std::string_view certain;  ///< nothing else can be meant
};

class KeyCheck {
 public:
  KeyCheck(const ResolveInput& in, const Settings& settings, Diagnostics& out)
      : in_(in),
        out_(out),
        effective_(in.schema, in.purpose.script, settings),
        facts_(effective_.facts()),
        older_names_(in.schema, in.purpose.script, facts_),
        ignored_(in.schema.named(AppField::UnknownKeys).value_or("ignored").text == "ignored") {}

  void run() {
    for (const PresetEntry& entry : in_.preset->entries) look_at(entry);
  }

  void look_at(const PresetEntry& entry) {
    const std::string_view key = entry.key.text();
    if (entry.key.is_scalar() && entry.key.type() == ScalarType::String) {
      if (in_.schema.knows_key(key))
        tell_older_name(entry);
      else if (!is_allowed(key) && !begins_one(entry))
        unknown(entry);
      return;
    }
    Diagnostic& d = out_.add(FindingId::K031, entry.key.at(), "a preset's key is no text");
    d.help = fmt::format("put it in quotes: '{}'", key);
  }

 private:
  bool is_allowed(std::string_view key) const {
    return std::any_of(in_.allowed_unknown.begin(), in_.allowed_unknown.end(),
                       [&](const Word& word) { return word.text == key; });
  }

  /// Where keys are flags, one that begins a single option names it. False for an unknown key.
  bool begins_one(const PresetEntry& entry) const {
    if (!in_.schema.table().presets_are_words) return false;
    const auto named = named_by_key(in_.schema, in_.purpose.script, entry.key.text());
    if (named.size() < 2) return !named.empty();
    out_.add(FindingId::K008, entry.key.at(),
             fmt::format("the key '{}' fits {} options", entry.key.text(), named.size()))
        .help = "it could be " + join(std::vector<std::string>(named.begin(), named.end()), ", ");
    return true;
  }

  /// Presets of one application have the same slips.
  const Meant& meant_by(std::string_view key) const {
    auto& known = in_.schema.memo().of<std::deque<Meant>>();
    for (const Meant& meant : known)
      if (meant.key == key) return meant;
    Meant& meant = known.emplace_back();
    meant.key = key;
    meant.spelled = spelled_like(key);
    if (!meant.spelled.empty()) return meant;
    meant.similar = similar(key);
    meant.certain = certain_name(key, option_keys());
    return meant;
  }

  /// The key whose option is spelled like this on the command line, or with hyphens.
  std::string_view spelled_like(std::string_view key) const {
    const std::string flag = "--" + replace_char(key, '_', '-');
    std::string_view found;
    for (const Entry& option : in_.schema.option_entries()) {
      const std::string_view known = option.name.text();
      if (same_spelling(known, key) || option.body.find_text("flag") == flag) found = known;
    }
    return found;
  }

  std::vector<std::string_view> option_keys() const {
    std::vector<std::string_view> keys;
    for (const Entry& option : in_.schema.option_entries()) keys.push_back(option.name.text());
    return keys;
  }

  std::string_view similar(std::string_view key) const {
    const std::vector<std::string_view> keys = option_keys();
    const auto named = std::find(keys.begin(), keys.end(), initials(key));
    if (named != keys.end()) return *named;
    const auto near = nearest_names(key, keys, 1);
    if (near.empty()) return {};
    return *std::find(keys.begin(), keys.end(), near.front());
  }

  /// Whether the key stands in an application's own presets, which are as they are, whoever extends
  /// them.
  bool is_upstream(const PresetEntry& entry) const {
    const Catalog::File* file = in_.catalog.file_of(entry.key.at().source);
    return file != nullptr && (file->layer == Layer::BuiltIn || !file->application.empty());
  }

  /// In presets of ours and of the user; the application's own are as they are.
  void tell_older_name(const PresetEntry& entry) {
    const auto newer = older_names_.newer_of_key(entry.key.text());
    if (!newer || is_upstream(entry)) return;
    Diagnostic& d =
        out_.add(FindingId::K022, entry.key.at(),
                 fmt::format("{} is the older name of {}", entry.key.text(), newer->key));
    if (is_set(newer->key, entry)) return;
    d.help = fmt::format("write {}", newer->key);
    d.fix.push_back({entry.key.at(), std::string(newer->key), std::string(entry.key.text())});
  }

  void unknown(const PresetEntry& entry) {
    const std::string_view key = entry.key.text();
    const auto newer = older_names_.newer_of_key(key);
    const Meant& meant = meant_by(key);
    const std::string_view intended = newer ? newer->key : meant.spelled;
    const std::string_view near = intended.empty() ? meant.similar : intended;
    const std::string effect =
        ignored_
            ? fmt::format("{} is ignored by {}", key, in_.schema.id())
            : fmt::format("{} is refused by {}, which has no such option", key, in_.schema.id());
    Diagnostic& d = out_.add(intended.empty() ? FindingId::K014 : FindingId::K032, entry.key.at(),
                             effect + (ignored_ ? stays(near) : std::string()));
    d.severity = ignored_ && is_upstream(entry) ? Severity::Warning : Severity::Error;
    if (const std::string_view certain = intended.empty() ? meant.certain : intended;
        !certain.empty() && !turns_off(certain, key) && !is_set(certain, entry))
      d.fix.push_back({entry.key.at(), std::string(certain), std::string(key)});
    if (!near.empty())
      d.help = intended.empty() ? fmt::format("did you mean '{}'?", near)
                                : fmt::format("the key is spelled {}", spelled(intended, entry));
    else
      d.help = fmt::format("remove the line, or let it through with --allow-unknown {}", key);
  }

  /// What the script does instead: "; lr stays 0.5".
  std::string stays(std::string_view key) const {
    if (key.empty()) return {};
    const auto now = effective_.setting(key);
    return fmt::format("; {} stays {}", key, now ? value_text(now->value) : "unset");
  }

  /// What a key is, or is beyond doubt.
  std::string_view intended(std::string_view key) const {
    if (in_.schema.node().find("options").find(key)) return key;
    if (const auto newer = older_names_.newer_of_key(key)) return newer->key;
    const Meant& meant = meant_by(key);
    return meant.spelled.empty() ? meant.certain : meant.spelled;
  }

  /// Whether the mapping that holds an entry has this key as well, or another slip of it: a second
  /// one would be another fault.
  bool is_set(std::string_view key, const PresetEntry& beside) const {
    const auto& entries = in_.preset->entries;
    return std::any_of(entries.begin(), entries.end(), [&](const PresetEntry& entry) {
      const std::string_view other = entry.key.text();
      return entry.from == beside.from &&
             (other == key || (other != beside.key.text() && intended(other) == key));
    });
  }

  /// Whether what is written switches off what the key switches on.
  bool turns_off(std::string_view key, std::string_view written) const {
    const auto option = effective_.option(key);
    return option && option->type == OptionType::Switch && !option->stores &&
           written.substr(0, 2) == "no";
  }

  std::string spelled(std::string_view key, const PresetEntry& entry) const {
    return turns_off(key, entry.key.text()) ? fmt::format("`{}: false`", key)
                                            : fmt::format("'{}'", key);
  }

  const ResolveInput& in_;
  Diagnostics& out_;
  Effective effective_;
  Facts facts_;
  OlderNames older_names_;
  bool ignored_;
};

}  // namespace

void check_preset_keys(const ResolveInput& in, const PresetReading* reading,
                       const Settings& settings, Diagnostics& out) {
  if (reading == nullptr) return KeyCheck(in, settings, out).run();
  if (reading->odd_keys.empty()) return;
  KeyCheck check(in, settings, out);
  for (const std::uint32_t place : reading->odd_keys) check.look_at(in.preset->entries[place]);
}

}  // namespace ipucnn::resolving
