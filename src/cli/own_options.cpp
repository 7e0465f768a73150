#include "cli/own_options.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "base/text.h"
#include "cli/help.h"
#include "ipucnn/file_schema.h"

namespace ipucnn::cli {
namespace {

/// Without the --help that CLI11 makes of its own accord.
struct PlainApp : CLI::App {
  PlainApp() : CLI::App("", "", nullptr) {}
};

/// Options of ours, each built when it is first asked for: building all costs more than a whole
/// plan.
class OwnOptions {
 public:
  /// Descriptions are for --help alone.
  explicit OwnOptions(const CommandRow& command, bool described = false)
      : command_(command), described_(described) {}

  CLI::Option* build(const OptionRow& row);
  /// Throws CLI::ParseError.
  void parse(const std::vector<std::string>& words);
  CLI::App& app() { return app_; }

 private:
  void relate();

  const CommandRow& command_;
  bool described_;
  PlainApp app_;
  std::array<CLI::Option*, kOptionCount> built_{};
};

CLI::Option* OwnOptions::build(const OptionRow& row) {
  CLI::Option*& option = built_.at(static_cast<std::size_t>(row.id));
  if (option != nullptr) return option;
  const std::string help = described_ ? option_help(row, command_) : std::string();
  if (row.is_switch()) return option = app_.add_flag(row.flag(), help)->disable_flag_override();
  option = app_.add_option(row.flag(), help)->type_name(std::string(row.value.placeholder));
  option->expected(1);
  if (takes_several(row, command_))
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->allow_extra_args(false);
  else if (!row.is(kSubject))
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  const WordList& choices = choices_of(row, command_);
  if (choices.size > 0 && row.value.kind != ValueKind::Count)
    // Without its description, which would stand in --help as well.
    option->check(
        CLI::IsMember(std::vector<std::string>(choices.begin(), choices.end())).description(""));
  return option;
}

void OwnOptions::parse(const std::vector<std::string>& words) {
  relate();
  app_.parse(std::vector<std::string>(words.rbegin(), words.rend()));
}

void OwnOptions::relate() {
  for (const OptionRelation& relation : option_relations()) {
    if (relation.command != command_.letter) continue;
    CLI::Option* option = built_.at(static_cast<std::size_t>(relation.option));
    if (option == nullptr) continue;
    if (relation.kind == RelationKind::Needs)
      option->needs(build(option_row(relation.other)));
    else if (CLI::Option* other = built_.at(static_cast<std::size_t>(relation.other)))
      option->excludes(other);
  }
}

/// A whole number as people count: CLI11 by itself would read 010 as 8.
template <std::int64_t kLeast>
struct Whole {
  Whole() = default;
  std::int64_t value = kLeast - 1;  ///< below the least: none was read
};
using Figure = Whole<1>;
using Count = Whole<0>;

// CLI11 looks for this name.
template <std::int64_t kLeast>
bool lexical_cast(const std::string& text, Whole<kLeast>& whole) {
  const auto value = parse_int64(text);
  if (!value || *value < kLeast || *value > kLargestOwnFigure) return false;
  whole.value = *value;
  return true;
}

/// Part of a whole, below all of it: "2%", "2 %" or "0.02".
struct Part {
  Part() = default;
  double value = -1;
};

bool lexical_cast(const std::string& text, Part& part) {
  constexpr double kPercent = 100;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), part.value);
  std::string_view rest =
      std::string_view(text).substr(static_cast<std::size_t>(end - text.data()));
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  if (rest == "%") part.value /= kPercent;
  return error == std::errc{} && (rest.empty() || rest == "%") && part.value >= 0 && part.value < 1;
}

/// CLI11 takes an empty word without asking.
template <typename Value>
auto known(const Given& given, const Value& value) {
  if (value.value < 0) throw CLI::ValidationError(given.row->flag(), "");
  return value.value;
}

/// The number of a count; absent where a word stands in its place. Throws what CLI11 would.
std::optional<std::int64_t> count_of(const Given& given) {
  const std::string& text = given.value->text;
  if (given.row->value.choices.contains(text)) return std::nullopt;
  Count count;
  if (!lexical_cast(text, count)) throw CLI::ValidationError(given.row->flag(), "");
  return count.value;
}

/// The seconds of a duration, which stands behind the phase of a limit. Throws what CLI11 would.
std::int64_t seconds_of(const Given& given) {
  std::string_view text = given.value->text;
  if (given.row->value.kind == ValueKind::PhaseLimit) {
    const std::size_t equals = text.find('=');
    text = equals == text.npos || equals == 0 ? "" : text.substr(equals + 1);
  }
  const auto seconds = parse_duration(text);
  if (!seconds || *seconds > kLargestOwnFigure) throw CLI::ValidationError(given.row->flag(), "");
  return *seconds;
}

/// Throws what CLI11 would where no command finds a run by the name.
void hold_to_run_name(const Given& given) {
  const std::string& name = given.value->text;
  if (name.empty() || name == "last" || name.front() == '-' || name.find(',') != name.npos)
    throw CLI::ValidationError(given.row->flag(), "");
}

constexpr std::ptrdiff_t kScreen = 24;
constexpr std::ptrdiff_t kAroundOptions = 8;  ///< lines of the help beside its options

}  // namespace

bool is_duration(const OptionRow& row) {
  return row.value.kind == ValueKind::Duration || row.value.kind == ValueKind::PhaseLimit;
}

void parse_own_options(std::span<Given> given, const CommandRow& command) {
  OwnOptions options(command);
  std::vector<std::string> words;
  for (const Given& one : given) {
    options.build(*one.row);
    if (one.row->is_switch() && one.value) {
      words.push_back(one.row->flag() + "=" + one.value->text);
      continue;
    }
    words.push_back(one.row->flag());
    if (one.value) words.push_back(one.value->text);
  }
  options.parse(words);
  for (Given& one : given)
    if (one.row->value.kind == ValueKind::Whole)
      one.number = options.build(*one.row)->as<Figure>().value;
    else if (one.row->value.kind == ValueKind::Count)
      one.number = count_of(one);
    else if (one.row->value.kind == ValueKind::Part)
      one.part = known(one, options.build(*one.row)->as<Part>());
    else if (is_duration(*one.row))
      one.number = seconds_of(one);
    else if (one.row->value.kind == ValueKind::RunName)
      hold_to_run_name(one);
}

std::string own_options_help(const CommandRow& command) {
  OwnOptions options(command, true);
  const auto rows = option_rows();
  const bool long_list =
      std::count_if(rows.begin(), rows.end(),
                    [&](const OptionRow& row) { return row.belongs_to(command.letter); }) +
          kAroundOptions >
      kScreen;
  for (const OptionRow& row : rows) {
    if (!row.belongs_to(command.letter)) continue;
    CLI::Option* option = options.build(row);
    if (long_list) option->group(std::string(group_title(row.group)));
  }
  auto formatter = std::make_shared<CLI::Formatter>();
  formatter->column_width(30);
  formatter->label("REQUIRED", "");
  formatter->label("TEXT", "");
  options.app().formatter(formatter);
  // CLI11's own usage line cannot say that the application's options follow.
  std::string text = options.app().help();
  text.erase(0, text.find('\n', text.find("Usage:")) + 1);
  text.erase(0, text.find_first_not_of('\n'));
  text.erase(text.find_last_not_of('\n') + 1);
  // CLI11 sets its groups two blank lines apart.
  for (std::size_t at = 0; (at = text.find("\n\n\n", at)) != text.npos;) text.erase(at, 1);
  return text;
}

}  // namespace ipucnn::cli
