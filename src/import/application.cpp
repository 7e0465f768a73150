#include "import/application.h"

#include <algorithm>
#include <unordered_set>

#include "base/suggest.h"
#include "base/text.h"
#include "ipucnn/launcher.h"
#include "ipucnn/launcher_line.h"
#include "ipucnn/resolve.h"

namespace ipucnn::importing {
namespace {

std::optional<std::string_view> no_fact(std::string_view) { return std::nullopt; }

bool gives(const CommandLine& line, std::string_view flag) {
  const std::string name = replace_char(flag, '_', '-');
  return std::any_of(line.options.begin(), line.options.end(),
                     [&](const ShellWord& word) { return flag_of(word) == name; });
}

/// What every other training script has as well.
bool is_common(std::string_view flag) {
  constexpr std::string_view kNames[] = {"help",
                                         "config",
                                         "model",
                                         "data-dir",
                                         "data",
                                         "dataset",
                                         "batch-size",
                                         "epochs",
                                         "epoch",
                                         "lr",
                                         "seed",
                                         "optimizer",
                                         "momentum",
                                         "precision",
                                         "weight-decay",
                                         "log-dir",
                                         "name",
                                         "device",
                                         "workers",
                                         "verbose",
                                         "restore-path",
                                         "checkpoint",
                                         "output-dir",
                                         "num-epochs",
                                         "iterations",
                                         "warmup",
                                         "gpus",
                                         "num-gpus",
                                         "resume",
                                         "mode",
                                         "logs-path",
                                         "restore",
                                         "num-workers",
                                         "model-name",
                                         "loss",
                                         "eval",
                                         "replicas",
                                         "profile",
                                         "wandb",
                                         "resolution",
                                         "validation",
                                         "micro-batch-size",
                                         "gradient-accumulation-count",
                                         "gradient-accumulation",
                                         "learning-rate",
                                         "checkpoint-path",
                                         "data-path",
                                         "synthetic-data"};
  flag.remove_prefix(std::min(flag.find_first_not_of('-'), flag.size()));
  return std::find(std::begin(kNames), std::end(kNames), flag) != std::end(kNames);
}

/// Of the words that are options: how many an application knows, how many it does not, and how many
/// of those it knows are hardly another's.
struct Fit {
  std::size_t known = 0;
  std::size_t unknown = 0;
  std::size_t telling = 0;
};

/// All that an application's options are called, whatever the model; each command asks.
struct Flags {
  std::unordered_set<std::string> all;
};
const std::unordered_set<std::string>& flags_of(const AppSchema& schema) {
  auto& flags = schema.memo().of<Flags>().all;
  if (!flags.empty()) return flags;
  for (const Entry& option : schema.option_entries()) {
    flags.insert(replace_char(option.body.find_text("flag").value_or(""), '_', '-'));
    flags.insert(std::string(option.body.find_text("short").value_or("")));
  }
  return flags;
}

Fit fit_of(const AppSchema& schema, const CommandLine& line) {
  const auto& flags = flags_of(schema);
  Fit fit;
  for (const ShellWord& word : line.options) {
    if (!word.value.text.starts_with("--")) {
      fit.known += word.value.text.starts_with('-') ? flags.count(word.value.text) : 0;
      continue;
    }
    const std::string flag = flag_of(word);
    if (flags.count(flag) == 0) {
      ++fit.unknown;
      continue;
    }
    ++fit.known;
    if (!is_common(flag)) ++fit.telling;
  }
  return fit;
}

/// Whether a figure is given by one of its spellings and held by the preset in another, which the
/// releases that know both refuse.
bool is_given_twice(const AppSchema& schema, const CommandLine& line, std::string_view script,
                    const Catalog& catalog, const PresetRef& preset) {
  const auto& keys = schema.binding(QuantityName::MicroBatch, script).keys;
  if (keys.size() < 2) return false;
  Diagnostics ignored;
  const auto flat = flatten(catalog, preset, ignored);
  const auto is_given = [&](std::string_view key) {
    const auto option = schema.option(key, script, no_fact);
    return option && gives(line, option->flag);
  };
  return flat && std::any_of(keys.begin(), keys.end(), [&](std::string_view key) {
           return flat->find(key) != nullptr && !is_given(key) &&
                  std::any_of(keys.begin(), keys.end(), is_given);
         });
}

/// A file name that other programs' authors would hardly choose.
bool is_own_script(std::string_view script) {
  constexpr std::string_view kNames[] = {"nvcnn_hvd.py", "weight_avg.py"};
  return std::find(std::begin(kNames), std::end(kNames), script) != std::end(kNames);
}

/// Of the purposes that run the script the one whose fixed options are given, whose launchers hold
/// the command's, and whose needs are met; else the first.
std::optional<PurposeSpec> find_purpose(const AppSchema& schema, const CommandLine& line,
                                        std::string_view script) {
  std::optional<PurposeSpec> best;
  int most = -1;
  for (const std::string_view name : schema.purposes()) {
    const auto purpose = schema.purpose(name);
    if (!purpose || load::base_name(purpose->program) != script) continue;
    int score = purpose->allows(launcher_for(*purpose, line.launcher)) ? 8 : 0;
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
      const auto option = key ? schema.option(*key, purpose->script, no_fact) : nullptr;
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
      if (std::string script(load::base_name(schema.purpose(name)->program));
          std::find(scripts.begin(), scripts.end(), script) == scripts.end())
        scripts.push_back(std::move(script));
  return scripts;
}

std::vector<std::string> KnownApplications::names() const {
  std::vector<std::string> all;
  for (const auto& [id, schema] : schemas_) all.push_back(id);
  return all;
}

void KnownApplications::recognise(const CommandLine& line, const std::vector<ShellLoop>& loops,
                                  const ImportRequest& request, const Places& places,
                                  std::optional<FoundApplication>& found) {
  found = find(line, request.application, places);
  if (!found) return;
  found->telling = found->telling || found->preset_known || request.everything ||
                   !request.application.name.empty() || resembles_preset(found->preset, *found);
  for (const ShellLoop& loop : loops)
    if (!found->preset.empty() && loop.use == found->preset)
      for (const ShellWord& value : loop.values)
        found->telling = found->telling || resembles_preset(value.value.text, *found);
  if (found->telling) recognised_.insert(std::string(parse_app_id(found->id).name));
}

bool KnownApplications::is_recognised(const FoundApplication& found) const {
  return found.telling || recognised_.count(parse_app_id(found.id).name) > 0;
}

/// A slip in a preset's name is still one of its names.
bool KnownApplications::resembles_preset(std::string_view name,
                                         const FoundApplication& found) const {
  if (name.empty()) return false;
  std::vector<std::string_view> names;
  for (const PresetRef& ref : catalog_.presets(parse_app_id(found.id)))
    names.push_back(ref.name.text());
  return !nearest_names(name, names, 1).empty();
}

std::optional<FoundApplication> KnownApplications::find(const CommandLine& line, AppId asked,
                                                        const Places& places) const {
  std::optional<FoundApplication> best;
  std::size_t most = 0;
  asked = catalog_.known_release(asked);
  for (const auto& [name, schema] : schemas_) {
    const AppId id = parse_app_id(name);
    if (!asked.name.empty() &&
        (asked.name != id.name || (!asked.release.empty() && asked.release != id.release)))
      continue;
    const auto train = schema.purpose("train");
    const std::string_view script = line.script ? load::base_name(line.script->value.text)
                                    : train     ? train->program
                                                : std::string_view();
    const auto purpose = find_purpose(schema, line, script);
    if (!purpose) continue;
    bool refused = false;
    bool of_another_script = false;
    FoundApplication found;
    found.id = name;
    found.purpose = purpose->name;
    found.launcher = launcher_for(*purpose, line.launcher);
    if (const auto option = schema.preset_option())
      if (const auto preset = option_value(line, option->flag, places)) {
        found.preset = preset->text;
        found.preset_at = preset->at;
        for (const PresetRef& ref : catalog_.find_presets(preset->text, id)) {
          if (!ref.upstream && parse_app_id(ref.application).group != purpose->preset_group) {
            of_another_script = true;
            continue;
          }
          found.preset_known = true;
          refused = is_given_twice(schema, line, purpose->script, catalog_, ref);
        }
      }
    const Fit fit = fit_of(schema, line);
    found.telling = is_own_script(script) || purpose->program != purpose->script ||
                    (fit.telling > 0 && fit.unknown <= fit.known);
    // A preset tells more than any option; of two releases the later one is meant.
    const std::size_t of_preset = found.preset_known ? 2000 : of_another_script ? 1000 : 0;
    const std::size_t score = 2 * fit.known + of_preset + (refused ? 1 : 2);
    const bool same = best && parse_app_id(best->id).name == id.name && score == most;
    found.release_guessed = same && asked.release.empty();
    if (same) best->release_guessed = found.release_guessed;
    const bool later = same && release_below(parse_app_id(best->id).release, id.release);
    if (score > most || later) {
      most = score;
      best = std::move(found);
    }
  }
  // A line without a script has to hold an option of ours at least.
  if (!line.script && most < 3) return std::nullopt;
  return best;
}

}  // namespace ipucnn::importing
