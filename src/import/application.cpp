#include "import/application.h"

#include <algorithm>

#include "base/text.h"
#include "ipucnn/launcher_line.h"

namespace ipucnn::importing {
namespace {

std::optional<std::string_view> no_fact(std::string_view) { return std::nullopt; }

bool gives(const CommandLine& line, std::string_view flag) {
  const std::string name = replace_char(flag, '_', '-');
  return std::any_of(line.options.begin(), line.options.end(),
                     [&](const ShellWord& word) { return flag_of(word) == name; });
}

/// How well an application's options fit the words.
std::size_t known_options(const AppSchema& schema, const CommandLine& line) {
  std::vector<std::string> flags;
  for (const Entry& option : schema.option_entries())
    flags.push_back(replace_char(option.body.find_text("flag").value_or(""), '_', '-'));
  return static_cast<std::size_t>(
      std::count_if(line.options.begin(), line.options.end(), [&](const ShellWord& word) {
        return std::find(flags.begin(), flags.end(), flag_of(word)) != flags.end();
      }));
}

/// Of the purposes that run the script the one whose fixed options are given, whose launchers hold
/// the command's, and whose needs are met; else the first.
std::optional<PurposeSpec> find_purpose(const AppSchema& schema, const CommandLine& line,
                                        std::string_view script) {
  std::optional<PurposeSpec> best;
  int most = -1;
  for (const std::string_view name : schema.purposes()) {
    const auto purpose = schema.purpose(name);
    if (!purpose || load::base_name(purpose->script) != script) continue;
    int score = purpose->allows(line.launcher) ? 8 : 0;
    bool possible = true;
    purpose->node.find("fixed").each_pair([&](Node key, Node value) {
      if (value.type() != ScalarType::Bool) return;
      const auto option = schema.option(key.text(), purpose->script, no_fact);
      const bool given = option && gives(line, option->flag);
      possible = possible && given;
      score += given ? 16 : 0;
    });
    for (const QuantityName need : {QuantityName::RestorePath, QuantityName::DataDir}) {
      if (!purpose->needs(need)) continue;
      const auto key = schema.key_of(need);
      const auto option = key ? schema.option(*key, purpose->script, no_fact) : std::nullopt;
      score += option && gives(line, option->flag) ? 2 : -2;
    }
    if (possible && score > most) {
      best = purpose;
      most = score;
    }
  }
  return best;
}

}  // namespace

std::string flag_of(const ShellWord& word) {
  return replace_char(word.value.text.substr(0, word.value.text.find('=')), '_', '-');
}

std::optional<Word> option_value(const CommandLine& line, std::string_view flag,
                                 const Places& places) {
  const std::string name = replace_char(flag, '_', '-');
  std::optional<Word> found;
  for (std::size_t i = 0; i < line.options.size(); ++i) {
    const ShellWord& word = line.options[i];
    if (flag_of(word) != name) continue;
    const std::size_t equals = word.value.text.find('=');
    if (equals != std::string::npos) {
      const Located value = word.value.part(equals + 1, word.value.text.size());
      const std::uint32_t begin = value.from.empty() ? word.begin : value.from.front();
      found = Word{value.text, places.span(begin, word.end)};
    } else if (i + 1 < line.options.size()) {
      const ShellWord& next = line.options[i + 1];
      found = Word{next.value.text, places.span(next.begin, next.end)};
    }
  }
  return found;
}

KnownApplications::KnownApplications(const Catalog& catalog) : catalog_(catalog) {
  Diagnostics ignored;  // a descriptor that cannot be read is reported when it is chosen
  for (const Entry& entry : catalog.entries(Section::Applications))
    if (auto schema = AppSchema::load(catalog, entry, ignored))
      schemas_.emplace_back(entry.name.text(), std::move(*schema));
}

const AppSchema& KnownApplications::schema(const FoundApplication& found) const {
  return std::find_if(schemas_.begin(), schemas_.end(),
                      [&](const auto& known) { return known.first == found.id; })
      ->second;
}

std::vector<std::string> KnownApplications::scripts() const {
  std::vector<std::string> scripts;
  for (const auto& [id, schema] : schemas_)
    for (const std::string_view name : schema.purposes())
      if (std::string script(schema.purpose(name)->script);
          std::find(scripts.begin(), scripts.end(), script) == scripts.end())
        scripts.push_back(std::move(script));
  return scripts;
}

std::optional<FoundApplication> KnownApplications::find(const CommandLine& line, AppId asked,
                                                        const Places& places) const {
  std::optional<FoundApplication> best;
  std::size_t most = 0;
  for (const auto& [name, schema] : schemas_) {
    const AppId id = parse_app_id(name);
    if (!asked.name.empty() &&
        (asked.name != id.name || (!asked.release.empty() && asked.release != id.release)))
      continue;
    const auto train = schema.purpose("train");
    const std::string_view script = line.script ? load::base_name(line.script->value.text)
                                    : train     ? train->script
                                                : std::string_view();
    const auto purpose = find_purpose(schema, line, script);
    if (!purpose) continue;
    FoundApplication found{name, std::string(purpose->name), {}, {}, false};
    if (const auto option = schema.preset_option())
      if (const auto preset = option_value(line, option->flag, places)) {
        found.preset = preset->text;
        found.preset_at = preset->at;
        for (const PresetRef& ref : catalog_.find_presets(preset->text, id))
          found.preset_known = found.preset_known || ref.upstream ||
                               parse_app_id(ref.application).group == purpose->preset_group;
      }
    // A preset tells more than any option; of two releases the later one is meant.
    const std::size_t score = known_options(schema, line) + (found.preset_known ? 1000 : 0) + 1;
    const bool later = best && parse_app_id(best->id).name == id.name && score == most &&
                       release_below(parse_app_id(best->id).release, id.release);
    if (score > most || later) {
      most = score;
      best = std::move(found);
    }
  }
  // A line without a script has to hold an option of ours at least.
  if (!line.script && most < 2) return std::nullopt;
  return best;
}

}  // namespace ipucnn::importing
