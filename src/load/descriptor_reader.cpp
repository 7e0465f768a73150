// Holds descriptors to descriptor_shapes.cpp: every key, word, type, test and name of them, also
// where nothing uses it yet.
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/hole.h"
#include "base/regex.h"
#include "base/suggest.h"
#include "base/text.h"
#include "ipucnn/condition.h"
#include "ipucnn/descriptor.h"
#include "ipucnn/extends.h"
#include "ipucnn/file_schema.h"
#include "load/certain_key.h"
#include "load/shape_words.h"

namespace ipucnn {
namespace {

using Form = Shape::Form;

/// The key that a mapping takes something of this name away with; absent where it does not.
Node taken_away(Node map, std::string_view name) {
  Node found;
  map.each_pair([&](Node key, Node value) {
    if (found) return;
    if (value.is_map()) found = taken_away(value, name);
    if (value.is_null() && key.text() == name) found = key;
  });
  return found;
}

/// One application, put together.
class Judge {
 public:
  /// `own` is what its file has of it.
  Judge(Node body, Node own, const std::vector<Node>& parts, Diagnostics& out)
      : own_(own), names_(body, parts), out_(out) {}

  bool run(Node name, Node body) {
    judge(body, application_shape(), name.text(), name);
    body.find("options").each_pair([&](Node key, Node option) { judge_option(key, option); });
    body.find("scripts").each_pair([&](Node, Node script) {
      script.find("csv_files").each_pair([&](Node, Node file) { judge_csv_file(file); });
    });
    return good_;
  }

 private:
  Diagnostic& add(FindingId id, Span at, std::string message) {
    good_ = false;
    return out_.add(id, at, std::move(message));
  }

  /// `owner` is where a fault is shown whose own value has no place worth showing.
  void judge(Node node, const Shape& shape, std::string_view what, Node owner) {
    for (const Shape* one = &shape; one != nullptr; one = one->other)
      if (load::takes_kind(*one, node)) return judge_form(node, *one, what, owner);
    wrong(node.is_null() ? owner : node, shape, what);
  }

  void wrong(Node at, const Shape& shape, std::string_view what) {
    add(FindingId::Y005, at.at(), fmt::format("{} needs {}", what, load::forms_of(shape)));
  }

  void judge_form(Node node, const Shape& shape, std::string_view what, Node owner) {
    switch (shape.form) {
      case Form::Any:
        return;
      case Form::Text:
        if (node.is_null()) wrong(owner, shape, what);
        return;
      case Form::Whole:
        if (node.type() != ScalarType::Int || yaml_int(node.text()).value_or(-1) < shape.least)
          wrong(node, shape, what);
        return;
      case Form::Real:
        if (node.type() != ScalarType::Int && node.type() != ScalarType::Float)
          wrong(node, shape, what);
        return;
      case Form::Flag:
        if (node.type() != ScalarType::Bool) wrong(node, shape, what);
        return;
      case Form::Duration:
        if (!duration_of(node)) wrong(node, shape, what);
        return;
      case Form::Word:
        return judge_word(node, shape, what);
      case Form::Name:
        return judge_name(node, shape);
      case Form::Bound:
        return judge_bound(node, shape, what);
      case Form::Value:
        return judge_value(node, shape, what);
      case Form::Metric:
        return judge_metric(node, shape, what);
      case Form::Regex:
        return judge_regex(node, shape, what);
      case Form::Condition:
        return judge_condition(node, shape.names);
      case Form::List:
        for (const Node item : node) judge(item, *shape.item, what, item);
        return;
      case Form::Named:
        return judge_named(node, shape);
      case Form::Fields:
        return judge_fields(node, shape, what, owner);
    }
  }

  void judge_word(Node node, const Shape& shape, std::string_view what) {
    const auto& words = shape.words;
    if (std::find(words.begin(), words.end(), node.text()) != words.end() && !node.is_null())
      return;
    unknown(node, fmt::format("{} cannot be '{}'", what, node.text()),
            {words.begin(), words.end()});
  }

  void unknown(Node at, std::string message, const std::vector<std::string_view>& names) {
    if (at.at().source != own_.at().source)
      if (const Node gone = taken_away(own_, at.text())) return still_named(gone, at);
    Diagnostic& d = add(FindingId::Y010, at.at(), std::move(message));
    d.help = suggestion(at.text(), names);
    d.fix = certain_edit(at.at(), at.text(), names);
    constexpr std::size_t kFew = 24;
    if (d.help.empty() && names.size() <= kFew && !names.empty())
      d.help = "one of " + join({names.begin(), names.end()}, ", ");
  }

  /// What is taken away, and what stays of the base needs it. All that do are one finding.
  void still_named(Node gone, Node user) {
    Diagnostic& d =
        add(FindingId::Y010, gone.at(),
            fmt::format("'{}' is taken away, and what stays of the base names it", gone.text()));
    d.notes.push_back({"it is named here", user.at()});
    d.help = "take that away as well, or put another in its place";
  }

  void judge_name(Node node, const Shape& shape) {
    const auto& words = shape.words;
    if (names_.knows(shape.set, node.text()) && node.type() != ScalarType::Null) return;
    if (std::find(words.begin(), words.end(), node.text()) != words.end()) return;
    unknown_name(node, shape.set);
  }

  void unknown_name(Node node, NameSet set) {
    unknown(node, fmt::format("there is no {} '{}'", name_set_words(set), node.text()),
            names_.all(set));
  }

  void judge_bound(Node node, const Shape& shape, std::string_view what) {
    if (node.type() == ScalarType::Int || node.type() == ScalarType::Float) return;
    if (node.type() != ScalarType::String) return wrong(node, shape, what);
    if (!names_.knows(NameSet::Option, node.text()) && !names_.knows(NameSet::Figure, node.text()))
      unknown(node, fmt::format("there is no option or figure '{}'", node.text()),
              known_to_conditions(ConditionNames::OptionsAndFigures));
  }

  void judge_value(Node node, const Shape& shape, std::string_view what) {
    if (!node.is_list()) return;
    for (const Node item : node)
      if (!item.is_scalar()) wrong(item, shape, what);
  }

  void judge_metric(Node node, const Shape& shape, std::string_view what) {
    const std::size_t hole = node.text().find(kHole);
    if (hole == std::string_view::npos ||
        node.text().find(kHole, hole + 1) != std::string_view::npos)
      wrong(node, shape, what);
  }

  void judge_regex(Node node, const Shape& shape, std::string_view what) {
    if (node.type() != ScalarType::String) return wrong(node, shape, what);
    RegexFault fault;
    if (Regex::compile(node.text(), fault)) return;
    Diagnostic& d = add(FindingId::Y005, part_of(node, fault.at, fault.size),
                        fmt::format("{} cannot be used: {}", what, fault.says));
    d.help = fault.help;
  }

  /// The place of a part of a text, as far as the file spells the text as it is.
  static Span part_of(Node node, std::size_t at, std::size_t size) {
    Span place = node.at();
    const std::size_t quotes = place.length - node.text().size();
    if (quotes != 0 && quotes != 2) return place;
    place.column += static_cast<std::uint32_t>(at + quotes / 2);
    place.length = static_cast<std::uint32_t>(size);
    return place;
  }

  void judge_named(Node map, const Shape& shape) {
    map.each_pair([&](Node key, Node value) {
      if (shape.names_known) judge_key(key, shape);
      judge(value, *shape.item, key.text(), key);
    });
  }

  void judge_key(Node key, const Shape& shape) {
    const auto& words = shape.words;
    if (names_.knows(shape.set, key.text()) ||
        std::find(words.begin(), words.end(), key.text()) != words.end())
      return;
    unknown_name(key, shape.set);
  }

  void judge_fields(Node map, const Shape& shape, std::string_view what, Node owner) {
    Node chosen;
    map.each_pair([&](Node key, Node value) {
      const auto field =
          std::find_if(shape.fields.begin(), shape.fields.end(),
                       [&](const FieldShape& known) { return known.key == key.text(); });
      if (field == shape.fields.end()) return unknown_field(map, key, shape, what);
      if (value.is_null() && !field->required) return;
      judge(value, *field->shape, key.text(), key);
      if (std::find(shape.one_of.begin(), shape.one_of.end(), key.text()) == shape.one_of.end())
        return;
      if (chosen)
        add(FindingId::Y005, key.at(),
            fmt::format("{} and {} exclude each other", chosen.text(), key.text()));
      chosen = key;
    });
    if (shape.one_needed && !chosen)
      add(FindingId::Y005, (owner ? owner : map).at(),
          fmt::format("{} has no `{}`", what,
                      join({shape.one_of.begin(), shape.one_of.end()}, "` and no `")));
    for (const FieldShape& field : shape.fields) {
      if (field.required && !map.find_key(field.key))
        add(FindingId::Y005, (owner ? owner : map).at(),
            fmt::format("{} has no `{}`", what, field.key));
      if (!field.excludes.empty() && has_value(map, field.key) && has_value(map, field.excludes))
        add(FindingId::Y005, map.find_key(field.key).at(),
            fmt::format("{} and {} exclude each other", field.key, field.excludes));
    }
  }

  static bool has_value(Node map, std::string_view key) {
    return map.find_key(key) && !map.find(key).is_null();
  }

  void unknown_field(Node map, Node key, const Shape& shape, std::string_view what) {
    std::vector<std::string_view> names;
    for (const FieldShape& field : shape.fields) names.push_back(field.key);
    Diagnostic& d = add(FindingId::Y009, key.at(),
                        fmt::format("nothing reads the key {} under {}", key.text(), what));
    d.help = suggestion(key.text(), names);
    d.fix = load::certain_key(map, key, names);
    if (d.help.empty()) d.help = "the keys are " + join({names.begin(), names.end()}, ", ");
  }

  void judge_csv_file(Node file) {
    const Node by = file.find("rows_by");
    bool held = !by.is_scalar();
    file.find("columns").each_pair(
        [&](Node, Node metric) { held = held || metric.text() == by.text(); });
    if (!held)
      add(FindingId::Y005, by.at(), fmt::format("no column holds {}", by.text())).help =
          "name the column that does under columns";
  }

  // --- conditions ---

  std::vector<std::string_view> known_to_conditions(ConditionNames names) const {
    std::vector<std::string_view> all = names_.all(NameSet::Option);
    const auto more = [&](const std::vector<std::string_view>& other) {
      all.insert(all.end(), other.begin(), other.end());
    };
    if (names == ConditionNames::OptionsAndFigures) more(names_.all(NameSet::Figure));
    if (names == ConditionNames::Rehearsal) more({"under_poprun", "instance"});
    return all;
  }

  void judge_condition(Node condition, ConditionNames names) {
    condition.each_pair([&](Node name, Node test) {
      const Node option = names_.option(name.text());
      const auto known = known_to_conditions(names);
      if (!option && std::find(known.begin(), known.end(), name.text()) == known.end())
        return unknown(name,
                       fmt::format("there is no option{} '{}'",
                                   names == ConditionNames::OptionsAndFigures ? " or figure" : "",
                                   name.text()),
                       known);
      const OptionValues values = option ? option_values(option) : figure_values(name.text());
      if (!test.is_map()) return judge_values(name, test, values);
      test.each_pair([&](Node word, Node operand) { judge_test(name, word, operand, values); });
    });
  }

  void judge_values(Node name, Node test, const OptionValues& values) {
    const auto judge_one = [&](Node value) {
      if (!value.is_scalar()) return wrong(value, kOneValue, name.text());
      if (!can_be(values, value)) {
        std::vector<std::string_view> choices;
        for (const Node choice : values.choices) choices.push_back(choice.text());
        unknown(value, fmt::format("{} is never '{}'", name.text(), value.text()), choices);
      }
    };
    if (test.is_list())
      for (const Node value : test) judge_one(value);
    else
      judge_one(test);
  }

  void judge_test(Node name, Node word, Node operand, const OptionValues& values) {
    const auto& words = test_words();
    const auto known = std::find_if(words.begin(), words.end(), [&](const TestWordSpec& spec) {
      return spec.name == word.text();
    });
    if (known == words.end()) {
      std::vector<std::string_view> all;
      for (const TestWordSpec& spec : words) all.push_back(spec.name);
      return unknown(word, fmt::format("there is no test '{}'", word.text()), all);
    }
    switch (known->operand) {
      case Operand::Flag:
        return judge(operand, kOneFlag, word.text(), word);
      case Operand::Bound:
        return judge(operand, kOneBound, word.text(), word);
      case Operand::Texts:
        return judge(operand, kOneValue, word.text(), word);
      case Operand::Values:
        // What is no number stands beside numbers here.
        if (word.text() == "number_or") return judge(operand, kOneValue, word.text(), word);
        if (!operand.is_map()) return judge_values(name, operand, values);
        return wrong(operand, kOneValue, word.text());
      case Operand::Entries:
        if (!operand.is_map()) return wrong(operand, kNumericTests, word.text());
        return operand.each_pair(
            [&](Node key, Node of_key) { judge(of_key, kOneValue, key.text(), key); });
      case Operand::Numeric:
        if (!operand.is_map()) return wrong(operand, kNumericTests, word.text());
        operand.each_pair([&](Node inner, Node bound) { judge_numeric(inner, bound); });
    }
  }

  void judge_numeric(Node word, Node bound) {
    std::vector<std::string_view> numeric;
    for (const TestWordSpec& spec : test_words())
      if (spec.operand == Operand::Bound || spec.name == "power_of_two")
        numeric.push_back(spec.name);
    if (std::find(numeric.begin(), numeric.end(), word.text()) == numeric.end())
      return unknown(word, fmt::format("there is no test '{}' of a number", word.text()), numeric);
    judge(bound, word.text() == "power_of_two" ? kOneFlag : kOneBound, word.text(), word);
  }

  // --- options ---

  /// What one field says of another.
  void judge_option(Node key, Node option) {
    if (!option.is_map()) return;
    judge_default(key, option);
    const Node variants = option.find("variants");
    if (variants.is_list())
      for (const Node variant : variants) judge_default(key, variant);
  }

  void judge_default(Node key, Node body) {
    const auto type = body.find_text("type");
    const Node usual = body.find("default");
    const auto& types = option_types();
    if (!type || !usual || std::find(types.begin(), types.end(), *type) == types.end()) return;
    const OptionValues values = values_of_type(*type);
    const auto judge_one = [&](Node value) {
      if (value.is_scalar() && !can_be(values, value))
        unknown(value,
                fmt::format("{} has type {} and cannot be '{}'", key.text(), *type, value.text()),
                {});
    };
    if (usual.is_list())
      for (const Node value : usual) judge_one(value);
    else
      judge_one(usual);
  }

  static constexpr Shape kOneFlag{.form = Form::Flag};
  static constexpr Shape kOneBound{.form = Form::Bound};
  static constexpr Shape kOneValue{.form = Form::Value};
  static constexpr Shape kNumericTests{.form = Form::Condition};

  Node own_;
  DescriptorNames names_;
  Diagnostics& out_;
  bool good_ = true;
};

}  // namespace

bool judge_applications(const std::vector<Node>& parts, Diagnostics& out) {
  bool good = true;
  parts.back().each_pair([&](Node name, Node body) {
    if (!body.is_map()) {
      good = false;
      out.add(FindingId::Y005, (body.is_null() ? name : body).at(),
              fmt::format("{} needs a mapping", name.text()));
      return;
    }
    load::MergedTables tables;
    const auto merged = load::merge_entry(parts, {name, body}, tables, out);
    good = merged && Judge(*merged, body, parts, out).run(name, *merged) && good;
  });
  return good;
}

}  // namespace ipucnn
