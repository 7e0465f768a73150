#include "import/sweep.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace ipucnn::importing {
namespace {

class SweepReader {
 public:
  SweepReader(CommandLine& line, const AppSchema& schema, const FoundApplication& found,
              const Places& places, Diagnostics& out)
      : line_(line), schema_(schema), found_(found), places_(places), out_(out) {}

  /// Whether a sweep can hold it, or nothing of the line has to.
  bool holds(const ShellLoop& loop) {
    const std::size_t uses = loop.use.empty() ? 0 : uses_of(loop.use).size();
    return uses == 0 || (uses == 1 && take_option(loop));
  }

  std::optional<Sweep> take(const ShellLoop& loop) {
    const std::vector<Span> uses = loop.use.empty() ? std::vector<Span>() : uses_of(loop.use);
    if (uses.empty()) {
      out_.add(FindingId::L048, places_.span(loop.begin, loop.end),
               "that a loop repeats the command is left out");
      return std::nullopt;
    }
    if (uses.size() == 1)
      if (auto sweep = take_option(loop)) return sweep;
    Diagnostic& d = out_.add(
        FindingId::L040, uses.front(),
        fmt::format(
            "{} stands for {} words in turn; a sweep is over the value of one option of the "
            "script",
            loop.name, loop.values.size()));
    d.notes.push_back({"the loop is here", places_.span(loop.begin, loop.end)});
    for (std::size_t i = 1; i < uses.size(); ++i)
      d.notes.push_back({"it stands here, too", uses[i]});
    d.help = "write the command out for each of them";
    return std::nullopt;
  }

 private:
  std::vector<Span> uses_of(const std::string& use) const {
    std::vector<Span> all;
    const auto add = [&](const Located& value) {
      const std::string& text = value.text;
      for (std::size_t at = text.find(use); at != text.npos; at = text.find(use, at + 1))
        all.push_back(places_.span(value.from[at], value.from[at + use.size() - 1] + 1));
    };
    for (const Located* value : values_of(line_)) add(*value);
    return all;
  }

  std::optional<Sweep> take_option(const ShellLoop& loop) {
    const std::string& use = loop.use;
    std::vector<ShellWord>& words = line_.options;
    for (std::size_t i = 0; i < words.size(); ++i) {
      const std::string& text = words[i].value.text;
      const bool behind = text == use && i > 0 && words[i - 1].value.text.starts_with('-') &&
                          words[i - 1].value.text.find('=') == std::string::npos;
      const bool joined = text.starts_with('-') && text.size() > use.size() &&
                          text.substr(text.find('=') + 1) == use;
      if (!behind && !joined) continue;
      const bool splits = !words[i].bare.empty();
      if (splits && !std::all_of(loop.values.begin(), loop.values.end(), is_one_word))
        return std::nullopt;
      const auto key = key_of(flag_of(words[behind ? i - 1 : i]));
      if (!key) return std::nullopt;
      const std::uint32_t begin =
          joined ? words[i].value.from[text.size() - use.size()] : words[i].begin;
      Sweep sweep{&loop, *key, places_.span(begin, words[i].end)};
      const auto last = words.begin() + static_cast<std::ptrdiff_t>(i) + 1;
      words.erase(last - (behind ? 2 : 1), last);
      return sweep;
    }
    return std::nullopt;
  }

  /// The option of a flag that stands once and takes one value, which a sweep can give it.
  std::optional<std::string> key_of(const std::string& flag) const {
    const auto same = [&](const ShellWord& word) { return flag_of(word) == flag; };
    if (std::count_if(line_.options.begin(), line_.options.end(), same) != 1) return std::nullopt;
    const auto preset = schema_.preset_option();
    if (preset && flag == preset->flag) return std::nullopt;
    const auto replicas = schema_.key_of(QuantityName::Replicas);
    const auto purpose = schema_.purpose(found_.purpose);
    const auto no_fact = [](std::string_view) { return std::optional<std::string_view>{}; };
    for (const Entry& entry : schema_.option_entries()) {
      const auto option = schema_.option(entry.name.text(), purpose->script, no_fact);
      if (!option || (replace_char(option->flag, '_', '-') != flag && option->short_flag != flag))
        continue;
      if (option->type == OptionType::Switch || option->is_list) continue;
      if (line_.launcher == "poprun" && replicas == option->key) return std::nullopt;
      return std::string(option->key);
    }
    return std::nullopt;
  }

  CommandLine& line_;
  const AppSchema& schema_;
  const FoundApplication& found_;
  const Places& places_;
  Diagnostics& out_;
};

}  // namespace

std::vector<Located*> values_of(CommandLine& line) {
  std::vector<Located*> all;
  for (Assignment& set : line.env) all.push_back(&set.value);
  for (auto* word : {&line.started, &line.python, &line.script, &line.folder})
    if (*word) all.push_back(&(*word)->value);
  for (auto* words : {&line.launch, &line.python_options, &line.options})
    for (ShellWord& word : *words) all.push_back(&word.value);
  return all;
}

bool is_one_word(const ShellWord& word) {
  return !word.value.text.empty() && word.value.text.find_first_of(" \t\n") == std::string::npos;
}

bool is_sweep(const CommandLine& line, const ShellLoop& loop, const AppSchema& schema,
              const FoundApplication& found, const Places& places) {
  CommandLine tried = line;
  Diagnostics unsaid;
  return SweepReader(tried, schema, found, places, unsaid).holds(loop);
}

std::vector<Sweep> take_sweeps(CommandLine& line, const std::vector<ShellLoop>& loops,
                               const AppSchema& schema, const FoundApplication& found,
                               const Places& places, Diagnostics& out) {
  SweepReader reader(line, schema, found, places, out);
  std::vector<Sweep> all;
  for (const ShellLoop& loop : loops)
    if (auto sweep = reader.take(loop)) all.push_back(std::move(*sweep));
  return all;
}

}  // namespace ipucnn::importing
