// What a value has to be, in words.
#include "load/shape_words.h"

#include <fmt/format.h>

#include "base/text.h"

namespace ipucnn::load {
namespace {

using Form = Shape::Form;

std::string form_words(const Shape& shape) {
  switch (shape.form) {
    case Form::Text:
      return "a single value";
    case Form::Whole:
      return fmt::format("a whole number of at least {}", shape.least);
    case Form::Real:
      return "a number";
    case Form::Flag:
      return "true or false";
    case Form::Duration:
      return "a duration, as 90, 90s, 15m or 1h30m";
    case Form::Word:
      return fmt::format("one of {}", join({shape.words.begin(), shape.words.end()}, ", "));
    case Form::Name:
      return fmt::format(
          "the name of {} {}",
          shape.set == NameSet::Option || shape.set == NameSet::Application ? "an" : "a",
          name_set_words(shape.set));
    case Form::Bound:
      return "a number, an option or a figure";
    case Form::Value:
      return "a value or a list of them";
    case Form::Metric:
      return "a text with one {value}";
    case Form::Regex:
      return "a regular expression";
    case Form::List:
      return "a list";
    case Form::Condition:
    case Form::Named:
    case Form::Fields:
      return "a mapping";
    case Form::Any:
      break;
  }
  return "anything";
}

}  // namespace

std::string forms_of(const Shape& shape) {
  std::string words;
  for (const Shape* one = &shape; one != nullptr; one = one->other)
    words += (words.empty() ? "" : " or ") + form_words(*one);
  return words;
}

bool takes_kind(const Shape& shape, Node node) {
  switch (shape.form) {
    case Form::Condition:
    case Form::Named:
    case Form::Fields:
      return node.is_map();
    case Form::List:
      return node.is_list();
    case Form::Value:
      return node.is_scalar() || node.is_list();
    case Form::Any:
      return true;
    default:
      return node.is_scalar();
  }
}

}  // namespace ipucnn::load
