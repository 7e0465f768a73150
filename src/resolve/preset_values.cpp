// Values of a preset: argparse checks none of them. It converts a text that an option of one value
// gets, and hands everything else to the script as YAML made it.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "base/text.h"
#include "ipucnn/overrides.h"
#include "ipucnn/yaml_text.h"
#include "resolve/preset_checks.h"
#include "resolve/preset_words.h"
#include "resolve/value_spelling.h"

namespace ipucnn::resolving {
namespace {

bool has_text_choices(const OptionSpec& option) {
  if (!option.choices.is_list() || option.choices.size() == 0) return false;
  return (*option.choices.begin()).type() == ScalarType::String;
}

/// One value of the preset under its option.
class ValueCheck {
 public:
  ValueCheck(const OptionSpec& option, const Setting& set, const Effective& effective,
             const ResolveInput& in, Diagnostics& out)
      : option_(option),
        set_(set),
        effective_(effective),
        in_(in),
        schema_(in.schema),
        script_(in.purpose.script),
        out_(out) {}

  void run() {
    if (option_.preset_as_words) return check_as_words();
    const Scalar* scalar = set_.value.scalar();
    if (scalar != nullptr && scalar->type == ScalarType::Null && is_named_in(AppField::NullStops))
      refuse_null(*scalar);
    else if (option_.is_list)
      check_list(scalar);
    else if (scalar == nullptr && option_.items)
      check_items();
    else if (scalar == nullptr)
      refuse_list();
    else if (option_.type == OptionType::Switch || option_.type == OptionType::PythonBool)
      check_switch(*scalar);
    else if (option_.type == OptionType::BoolWord)
      check_bool_word(*scalar);
    else
      check_single(*scalar);
  }

 private:
  Diagnostic& add(FindingId id, Span at, std::string message, std::string help) {
    Diagnostic& d = out_.add(id, at, std::move(message));
    d.help = std::move(help);
    return d;
  }

  /// argparse takes every value as a word, with the same status 2 as for a word that is typed.
  void check_as_words() {
    if (option_.type == OptionType::Switch) {
      add(FindingId::K038, set_.value.at,
          fmt::format("{} is a switch, and {} takes no word behind it", set_.key, script_),
          fmt::format("remove the line, and give {} on the command line", option_.flag));
      return;
    }
    if (!has_right_count()) return;
    Value words = set_.value;
    bool good = true;
    for (Scalar& item : words.items) {
      if (option_.type == OptionType::YamlMap && item.type == ScalarType::Null)
        return refuse_none(item);
      item.text = word_of(item);
      item.type = ScalarType::String;
      good = good && !refuse_dash(item);
    }
    if (!good) return;
    if (option_.type == OptionType::YamlMap) check_numbers_of_map();
    Diagnostics found;
    check_words(option_, words, set_.key, found);
    for (Diagnostic one : found.all()) {
      explain_word(one);
      out_.add(std::move(one));
    }
  }

  /// Python writes 0.00005 as 5e-05, which is a text to the reader of the word.
  void check_numbers_of_map() {
    const PresetEntry* entry = in_.preset->find(set_.key);
    if (entry == nullptr || !entry->value.is_map()) return;
    if (takes_exponents(in_.schema)) return;
    entry->value.each_pair([&](Node key, Node value) {
      if (!value.is_scalar() || value.type() != ScalarType::Float) return;
      const std::string word = word_of(to_scalar(value));
      if (!is_exponent_number(word)) return;
      add(FindingId::K041, value.at(),
          fmt::format("{} of {} is {}, which {} gets as the text {}", key.text(), set_.key,
                      value.text(), script_, word),
          fmt::format("give {} on the command line, as {}", option_.flag,
                      set_.value.items.front().text));
    });
  }

  bool has_right_count() {
    const std::size_t count = set_.value.items.size();
    if (!set_.value.is_list || count == 1) return true;
    if (count > 1 && option_.is_list) return true;
    const bool may_be_none = option_.may_be_empty || option_.type == OptionType::BoolWord;
    if (count == 0 && may_be_none) return true;
    add(FindingId::K038, set_.value.at,
        fmt::format("{} is a list of {}, and {} needs {}", set_.key, count, script_,
                    option_.is_list ? "one value or more" : "one value"),
        count == 0 ? "remove the line, or write a value"
                   : fmt::format("write one value behind `{}:`", set_.key));
    return false;
  }

  void refuse_none(const Scalar& item) {
    add(FindingId::K043, item.at,
        fmt::format("{} is null, which {} reads as the text None", set_.key, script_),
        "write a mapping, or remove the line");
  }

  /// A value that begins with a dash is an option to the parser.
  bool refuse_dash(const Scalar& item) {
    if (!looks_like_option(item.text)) return false;
    add(FindingId::K010, item.at,
        fmt::format("{} is the word {}, which looks like an option to {}", set_.key, item.text,
                    script_),
        "a negative number without an exponent would do");
    return true;
  }

  /// Says of a refused word what stands in the file, where the two differ.
  void explain_word(Diagnostic& d) const {
    const Scalar* scalar = set_.value.scalar();
    if (scalar == nullptr || scalar->type == ScalarType::String) return;
    if (scalar->type == ScalarType::Bool)
      d.help =
          fmt::format("{} without quotes is a boolean; write '{}'", scalar->text, scalar->text);
    else if (scalar->type == ScalarType::Null)
      d.help = "null becomes the word None: write a value, or remove the line";
    else if (word_of(*scalar) != scalar->text)
      d.help = fmt::format("{} becomes the word {}", scalar->text, word_of(*scalar));
  }

  /// Whether the descriptor's `preset_values` lists the option there.
  bool is_named_in(AppField list) const { return schema_.field(list).contains(set_.key); }

  /// The script has no value where it needs one: null wins over its default.
  void refuse_null(const Scalar& scalar) {
    const Node lost = option_.default_value;
    if (!lost.is_scalar() || lost.is_null()) {
      add(FindingId::K043, scalar.at,
          fmt::format("{} is null, and {} needs a value", set_.key, script_),
          "write a value, or remove the line");
      return;
    }
    add(FindingId::K043, scalar.at,
        fmt::format("{} is null, which takes away the default {} that {} needs", set_.key,
                    lost.text(), script_),
        fmt::format("write a value, or remove the line: it is {} then", lost.text()));
  }

  /// Any list that holds something is true, whatever it holds.
  void refuse_list() {
    Diagnostic& d = add(FindingId::K038, set_.value.at,
                        fmt::format("{} is a list, and {} needs one value", set_.key, script_),
                        fmt::format("write one value behind `{}:`", set_.key));
    if (effective_.counts_as_unset(option_, set_)) {
      d.severity = Severity::Warning;
      d.message =
          fmt::format("{} is an empty list, which counts as unset to {}", set_.key, script_);
      d.help = "remove the line";
    }
  }

  /// A list of numbers, which a command line would join with commas.
  void check_items() {
    for (const Scalar& item : set_.value.items)
      if (!is_number(item.type))
        add(FindingId::K012, item.at,
            fmt::format("{} holds '{}', and {} needs numbers in this list", set_.key, item.text,
                        script_),
            "write numbers, without quotes");
  }

  void soften_unset(Diagnostic& d, const Scalar& scalar) {
    if (!effective_.counts_as_unset(option_, set_)) return;
    d.severity = Severity::Warning;
    d.message =
        fmt::format("{} is {}, which counts as unset to {}", set_.key, scalar.text, script_);
    d.help = "remove the line, or write a value";
  }

  void check_switch(const Scalar& scalar) {
    if (set_.key == "help" && scalar.type == ScalarType::Bool && yaml_bool(scalar.text))
      add(FindingId::K039, scalar.at,
          fmt::format("{} prints its help and ends when help is true", script_), "remove the line");
    if (scalar.type != ScalarType::String || scalar.text.empty()) return;
    const bool off = looks_false(scalar.text);
    Diagnostic& d = add(FindingId::K036, scalar.at,
                        fmt::format("{} is the text '{}', which is true to {} as any text is",
                                    set_.key, scalar.text, script_),
                        fmt::format("write {}, without quotes", off ? "false" : "true"));
    if (!off) d.severity = Severity::Warning;
    if (plain_scalar_type(to_lower(scalar.text)) == ScalarType::Bool)
      d.fix.push_back({scalar.at, off ? "false" : "true", scalar.text});
  }

  void check_bool_word(const Scalar& scalar) {
    if (scalar.type == ScalarType::Bool || scalar.type == ScalarType::Null) return;
    check_words(option_, set_.value, set_.key, out_);
  }

  /// What somebody may have meant as a list's items.
  static std::vector<std::string_view> items_of(std::string_view text) {
    constexpr std::string_view kBetween = " \t\n,";
    std::vector<std::string_view> items;
    while (true) {
      text.remove_prefix(std::min(text.find_first_not_of(kBetween), text.size()));
      if (text.empty()) return items;
      items.push_back(text.substr(0, text.find_first_of(kBetween)));
      text.remove_prefix(items.back().size());
    }
  }

  void check_list(const Scalar* scalar) {
    if (scalar == nullptr) {
      for (const Scalar& item : set_.value.items) {
        check_disguise(item);
        check_unconverted(item);
      }
      return;
    }
    if (scalar->type == ScalarType::Null) return;
    const std::vector<std::string_view> items = items_of(scalar->text);
    const std::string help = fmt::format("write {}: [{}]", set_.key, fmt::join(items, ", "));
    Diagnostic& d =
        scalar->type == ScalarType::String
            ? add(FindingId::K037, scalar->at,
                  fmt::format(
                      "{} is a text and no list: {} counts its {}", set_.key, script_,
                      counted(static_cast<std::int64_t>(count_characters(scalar->text)), "letter")),
                  help)
            : add(FindingId::K037, scalar->at,
                  fmt::format("{} is {} and no list: {} fails when it counts its items", set_.key,
                              scalar->text, script_),
                  help);
    // Of several it is not certain that they are the items.
    if (items.size() == 1)
      d.fix.push_back({scalar->at, fmt::format("[{}]", yaml_text(*scalar)), scalar->text});
  }

  void check_single(const Scalar& scalar) {
    if (scalar.type == ScalarType::Null) return check_null(scalar);
    if (scalar.type == ScalarType::Bool) return check_boolean(scalar);
    if (is_number(scalar.type)) return check_number(scalar);
    if (option_.type == OptionType::Untyped) check_unconverted(scalar);
    check_words(option_, set_.value, set_.key, out_);
  }

  /// An option without a default can be without a value.
  void check_null(const Scalar& scalar) {
    const Node otherwise = option_.default_value;
    if (!otherwise.is_scalar() || otherwise.is_null()) return;
    if (!option_.choices.is_list() && !schema_.decides_on_options(set_.key)) return;
    add(FindingId::K013, scalar.at,
        fmt::format("{} is null, which is no choice of {}", set_.key, script_),
        fmt::format("write a value, or remove the line: the default is {}", otherwise.text()));
  }

  void check_boolean(const Scalar& scalar) {
    if (option_.type == OptionType::Untyped && !option_.choices) {
      if (in_.writes_preset_out) refuse_boolean_as_word(scalar);
      return;
    }
    Diagnostic& d = add(FindingId::K034, scalar.at,
                        fmt::format("{} is the boolean {}, and {} needs {}", set_.key,
                                    yaml_bool(scalar.text) ? "true" : "false", script_, needed()),
                        option_.type == OptionType::Int || option_.type == OptionType::Float
                            ? "write a number"
                            : fmt::format("a text is written in quotes: '{}'", scalar.text));
    if (needs_text()) d.fix.push_back({scalar.at, quoted(scalar), scalar.text});
    soften_unset(d, scalar);
  }

  /// In a file it is a boolean, which counts as 1 or 0; as a word it would be a text.
  void refuse_boolean_as_word(const Scalar& scalar) {
    const bool on = yaml_bool(scalar.text);
    add(FindingId::K034, scalar.at,
        fmt::format("{} is the boolean {}, and written out as {} {} it is a text", set_.key,
                    on ? "true" : "false", option_.flag, scalar.text),
        fmt::format("write {}, or let {} read the preset itself, without --flat or with "
                    "--config-file",
                    on ? 1 : 0, script_));
  }

  /// Nothing converts a number of a file: where the script works on a text, it fails.
  bool needs_text() const {
    return option_.type == OptionType::Str || option_.type == OptionType::StrLower ||
           (option_.type == OptionType::Untyped && has_text_choices(option_));
  }

  void check_number(const Scalar& scalar) {
    if (needs_text() || has_text_choices(option_)) {
      Diagnostic& d = add(
          FindingId::K035, scalar.at,
          fmt::format("{} is the number {}, and {} needs a text", set_.key, scalar.text, script_),
          fmt::format("write it in quotes: '{}'", scalar.text));
      d.fix.push_back({scalar.at, quoted(scalar), scalar.text});
      soften_unset(d, scalar);
      return;
    }
    check_disguise(scalar);
    if (option_.type == OptionType::Int && scalar.type == ScalarType::Float)
      return check_fraction(scalar);
    if (scalar.type == ScalarType::Int && !yaml_int(scalar.text)) {
      add(FindingId::K012, scalar.at,
          fmt::format("{} is {}, which no option can hold", set_.key, scalar.text), {});
      return;
    }
    check_choice_of_number(scalar);
  }

  /// The command line takes whole numbers only; a file's number is counted with as it stands.
  void check_fraction(const Scalar& scalar) {
    Diagnostic& d =
        add(FindingId::K012, scalar.at,
            fmt::format("{} is {}, and {} needs a whole number", set_.key, scalar.text, script_),
            "write a whole number: the script checks nothing here, and goes wrong where it counts");
    const bool script_reads_it = in_.preset->upstream || in_.preset->layer == Layer::BuiltIn;
    if (!is_named_in(AppField::Fractions) || !script_reads_it || !in_.unsets.empty() ||
        !std::isfinite(yaml_float(scalar.text).value_or(0)))
      return;
    if (in_.writes_preset_out) {
      d.help = fmt::format(
          "the plan gives it to {}, which takes whole numbers: let the script read "
          "the preset itself, without --flat or with --config-file",
          option_.flag);
      return;
    }
    d.severity = Severity::Warning;
    d.message = fmt::format("{} {} counts in a file of presets alone: {} takes whole numbers",
                            set_.key, scalar.text, option_.flag);
    d.help = "write a whole number where the preset is given to the script option by option";
  }

  void check_choice_of_number(const Scalar& scalar) {
    if (!option_.choices.is_list() || scalar.type != ScalarType::Int) return;
    const auto value = yaml_int(scalar.text);
    for (const Node choice : option_.choices)
      if (yaml_int(choice.text()) == value) return;
    add(FindingId::K013, scalar.at, fmt::format("'{}' is no choice of {}", scalar.text, set_.key),
        "one of " + choice_list(option_.choices));
  }

  void check_disguise(const Scalar& scalar) {
    if (!is_disguised(scalar)) return;
    const bool sixty = scalar.text.find(':') != std::string::npos;
    add(FindingId::K033, scalar.at,
        fmt::format("{} is the number {} ({})", scalar.text, number_text(scalar),
                    sixty ? "YAML counts in sixties here" : "a leading 0 makes it octal"),
        sixty ? fmt::format("write {}, or '{}' in quotes for a text", number_text(scalar),
                            scalar.text)
              : fmt::format("write {}, or without the leading 0", number_text(scalar)));
  }

  /// 1e-5 is a text to YAML 1.1, and nobody converts it here.
  void check_unconverted(const Scalar& scalar) {
    const bool exponent = scalar.text.find_first_of("eE") != std::string::npos;
    if (scalar.type != ScalarType::String || !exponent) return;
    const auto value = convert_word(scalar.text, OptionType::Float);
    if (!value || !std::isfinite(value->real)) return;
    Diagnostic& d = add(FindingId::K041, scalar.at,
                        fmt::format("{} is a text to YAML, not a number", scalar.text),
                        "a number with an exponent needs a point and a sign: 1.0e-5");
    d.fix.push_back({scalar.at, with_point_and_sign(scalar.text), scalar.text});
  }

  static std::string quoted(const Scalar& scalar) { return "'" + scalar.text + "'"; }

  std::string needed() const {
    if (option_.type == OptionType::Int) return "a whole number";
    if (option_.type == OptionType::Float) return "a number";
    return "a text";
  }

  const OptionSpec& option_;
  const Setting& set_;
  const Effective& effective_;
  const ResolveInput& in_;
  const AppSchema& schema_;
  std::string_view script_;
  Diagnostics& out_;
};

/// The value of each option in which nothing was found last. Presets of an application share most
/// of theirs, and are checked for more than one purpose.
struct GoodValues {
  struct Value {
    const OptionSpec* option = nullptr;
    Span at;
    bool written_out = false;

    bool operator==(const Value&) const = default;
  };
  std::vector<Value> by_option;  ///< empty for the first preset: most starts ask for no other
  bool is_first = true;
};

}  // namespace

void check_preset_values(const ResolveInput& in, const Settings& settings, Diagnostics& out) {
  const Effective effective(in.schema, in.purpose.script, settings);
  GoodValues& known = in.schema.memo().of<GoodValues>();
  std::vector<GoodValues::Value>& good = known.by_option;
  const bool is_list = !std::exchange(known.is_first, false);
  if (is_list) good.resize(in.schema.option_count());
  for (const Setting& set : settings.all()) {
    if (!is_of_preset(set.origin.kind)) continue;
    const OptionSpec* option = effective.option(set.name());
    if (option == nullptr) continue;
    const auto value = [&] {
      return GoodValues::Value{option, set.value.at, in.writes_preset_out};
    };
    if (is_list && good[option->number] == value()) continue;
    const std::size_t before = out.all().size();
    ValueCheck(*option, set, effective, in, out).run();
    if (is_list && out.all().size() == before) good[option->number] = value();
  }
}

}  // namespace ipucnn::resolving
