// The command of one variant of a benchmark entry: a job of ours where the application is known,
// and its bare words where it is not.
#include <algorithm>

#include "base/literal_dollar.h"
#include "import/benchmark_check.h"
#include "import/command.h"
#include "import/import_text.h"
#include "import/yaml_scalar.h"
#include "ipucnn/python_text.h"

namespace ipucnn {
namespace importing {
namespace {

using NamedValues = std::vector<std::pair<std::string, std::string>>;

const std::string* find(const NamedValues& values, std::string_view name) {
  for (const auto& [known, value] : values)
    if (known == name) return &value;
  return nullptr;
}

/// Length of a variable's name at the front of a text.
std::size_t name_size(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size() && is_variable_name(text.substr(0, size + 1))) ++size;
  return size;
}

/// Parameters for `{name}`; braces that are doubled stand for themselves.
Located with_values(const Located& text, const NamedValues& parameters) {
  Located out;
  const std::string_view all = text.text;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool doubled =
        (all[i] == '{' || all[i] == '}') && all.substr(i + 1, 1) == all.substr(i, 1);
    const bool variable = all[i] == '{' && i > 0 && all[i - 1] == '$';
    const std::size_t close = all.find('}', i);
    const std::string* value = all[i] == '{' && !variable && close != all.npos
                                   ? find(parameters, all.substr(i + 1, close - i - 1))
                                   : nullptr;
    if (value != nullptr) {
      out.add(*value, text.from[i]);
      i = close;
    } else {
      out.add(all[i] == '\n' ? ' ' : all[i], text.from[i]);
      if (doubled) ++i;
    }
  }
  return out;
}

/// Values of the entry's own for `$NAME` and `${NAME}`.
Located with_own_variables(const Located& text, const NamedValues& own) {
  Located out;
  const std::string_view all = text.text;
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::size_t end = i;
    std::string_view name;
    if (all.substr(i, 2) == "${") {
      const std::size_t size = name_size(all.substr(i + 2));
      if (all.substr(i + 2 + size, 1) == "}") {
        name = all.substr(i + 2, size);
        end = i + 2 + size;
      }
    } else if (all[i] == '$') {
      name = all.substr(i + 1, name_size(all.substr(i + 1)));
      end = i + name.size();
    }
    const std::string* value = name.empty() ? nullptr : find(own, name);
    if (value == nullptr) {
      out.add(all[i], text.from[i]);
      continue;
    }
    out.add(*value, text.from[i]);
    i = end;
  }
  return out;
}

}  // namespace

Located benchmark_text(const Places& places, const BenchmarkEntry& entry,
                       const BenchmarkVariant& variant) {
  NamedValues own;
  for (const auto& [name, value] : entry.env)
    own.emplace_back(std::string(name.text()), python_text(value));
  return with_own_variables(with_values(scalar_text(places, entry.command), variant.parameters),
                            own);
}

std::vector<CommandText> benchmark_commands(const Places& places,
                                            const std::vector<BenchmarkEntry>& entries) {
  std::vector<CommandText> texts;
  for (const BenchmarkEntry& entry : entries)
    for (const BenchmarkVariant& variant : entry.variants)
      texts.push_back(
          {benchmark_text(places, entry, variant), entry.env, variant.name, true, false, {}});
  return texts;
}

namespace {

SourceId source_of(const BenchmarkEntry& entry) { return entry.command.defined_at().source; }

/// The one simple command that a text is. Empty where it is anything else.
std::optional<ShellCommand> only_command(const Located& text, Places& places, Diagnostics& out) {
  std::vector<ShellCommand> all = read_shell(text);
  const auto refuse = [&](std::uint32_t begin, std::uint32_t end) {
    out.add(FindingId::L040, places.span(begin, end),
            "only a shell can start this, and nothing of a benchmark is given to one")
        .help = "put it into a script, and start that: bash run.sh";
    return std::nullopt;
  };
  const std::uint32_t begin = text.from.empty() ? 0 : text.from.front();
  if (all.empty()) return refuse(begin, begin + 1);
  if (all.size() > 1 || all[0].role != ShellRole::Command || all[0].words.empty())
    return refuse(all[0].begin, all.back().end);
  const ShellCommand& command = all[0];
  for (const auto& gap : command.gaps)
    if (gap.kind != ShellGap::Wrapper) return refuse(gap.begin, gap.end);
  if (!command.outputs.empty() || !command.inputs.empty() || !command.lists.empty() ||
      command.negated || command.piped)
    return refuse(command.begin, command.end);
  for (const ShellWord& word : command.words)
    if (!word.known) return refuse(word.begin, word.end);
  return std::move(all[0]);
}

}  // namespace
}  // namespace importing

std::vector<ImportedJob> import_benchmark(const BenchmarkContext& in, const BenchmarkEntry& entry,
                                          const BenchmarkVariant& variant, Diagnostics& out) {
  using namespace importing;  // NOLINT(google-build-using-namespace)
  const SourceId source = source_of(entry);
  const Places places(in.sources, source);
  CommandText text{benchmark_text(places, entry, variant), entry.env, entry.name, true, false, {}};
  ImportRequest yaml = in.request;
  yaml.kind = CommandSource::Yaml;
  return import_text(in.catalog, in.sources, source, yaml, std::move(text), out);
}

FirstCommand first_command(const BenchmarkContext& in, const BenchmarkEntry& entry) {
  Diagnostics of_text;
  const auto jobs = import_benchmark(in, entry, entry.variants.front(), of_text);
  return {jobs.empty() ? "" : jobs.front().application, of_text.has_errors()};
}

std::optional<PlainCommand> plain_command(const Sources& sources, const BenchmarkEntry& entry,
                                          const BenchmarkVariant& variant, Diagnostics& out) {
  using namespace importing;  // NOLINT(google-build-using-namespace)
  Places places(sources, source_of(entry));
  PlainCommand plain;
  for (const auto& [name, value] : entry.env) {
    plain.env.emplace_back(std::string(name.text()), with_variables_open(python_text(value)));
    report_literal_dollar(plain.env.back().second, value.at(), out);
  }
  const auto command = only_command(benchmark_text(places, entry, variant), places, out);
  if (!command) return std::nullopt;
  bool before = true;
  for (const ShellWord& word : command->words) {
    const auto set = before ? assignment(word) : std::nullopt;
    before = set.has_value();
    if (set)
      plain.env.emplace_back(set->name, set->value.text);
    else
      plain.words.push_back({word.value.text, places.span(word.begin, word.end)});
  }
  if (!plain.words.empty()) return plain;
  out.add(FindingId::L040, entry.command.at(), "it sets variables and starts nothing");
  return std::nullopt;
}

std::size_t importing::judge_plain(const BenchmarkContext& in, const BenchmarkEntry& entry,
                                   Diagnostics& out) {
  const FirstCommand first = entry.first ? *entry.first : first_command(in, entry);
  if (!first.application.empty()) return 0;
  // What breaks the text is said where it is read for the applications.
  if (!first.faulty) plain_command(in.sources, entry, entry.variants.front(), out);
  return entry.variants.size();
}

}  // namespace ipucnn
