#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "ipucnn/catalog.h"
#include "ipucnn/diagnostic.h"

namespace ipucnn {

/// Sets of names that fields of a descriptor speak of. Those up to DataSet are the descriptor's
/// own.
enum class NameSet : std::uint8_t {
  Option,
  Script,
  Purpose,
  Metric,
  Phase,
  DataSet,
  Application,    ///< names without release
  ApplicationId,  ///< NAME@RELEASE
  Quantity,
  Finding,
  Launcher,
  Generation,
  Figure,
  RunFigure,  ///< what the arithmetic of a rehearsal speaks of
};
inline constexpr std::size_t kNameSetCount = 14;
/// For messages: "option", "script" ...
std::string_view name_set_words(NameSet set);

/// What a condition may speak of beside options.
enum class ConditionNames : std::uint8_t { Options, OptionsAndFigures, Rehearsal };

struct FieldShape;

/// The form of a value in a descriptor. Descriptors are read by these tables, and `ipucnn schema
/// app` prints them. A null is as good as no field at all, where the field need not be there.
struct Shape {
  enum class Form : std::uint8_t {
    Text,       ///< any scalar
    Whole,      ///< a whole number of at least `least`
    Real,       ///< a number
    Flag,       ///< true or false
    Duration,   ///< 90, 90s, 15m, 1h30m
    Word,       ///< one of `words`
    Name,       ///< a name of `set`, or one of `words`
    Bound,      ///< a number, or the name of an option or figure
    Value,      ///< a scalar or a list of them
    Metric,     ///< a text with one {value}
    Regex,      ///< a regular expression that finds a value (base/regex.h)
    Condition,  ///< mapping of names to tests
    List,       ///< of `item`
    Named,      ///< a mapping of any names, or those of `set`, to `item`
    Fields,     ///< a mapping of `fields`
    Any,
  };
  Form form = Form::Any;
  NameSet set = NameSet::Option;
  bool names_known = false;  ///< Named: keys are names of `set` or one of `words`
  ConditionNames names = ConditionNames::Options;
  std::int64_t least = 0;
  std::span<const std::string_view> words{};
  const Shape* item = nullptr;
  std::span<const FieldShape> fields{};
  const Shape* other = nullptr;  ///< another form that will do, told by the kind of node
  /// Of these fields at most one; the first has to be there with any other that names it.
  std::span<const std::string_view> one_of{};
  bool one_needed = false;  ///< one of those has to be there
};

/// One key of a mapping.
struct FieldShape {
  std::string_view key;
  const Shape* shape;
  std::string_view about;
  bool required = false;
  bool planned = false;         ///< judged, and read by nothing yet
  std::string_view excludes{};  ///< a field that cannot stand beside it
};

/// An application's descriptor.
const Shape& application_shape();
/// One option, and one of its variants.
const Shape& option_shape();
const Shape& variant_shape();
/// What an option's `type` may be.
std::span<const std::string_view> option_types();
/// One rule.
const Shape& rule_shape();

/// What values an option can have, by its entry and all its variants.
struct OptionValues {
  bool booleans = false;
  bool numbers = false;
  bool fractions = false;
  bool texts = false;
  std::vector<Node> choices;  ///< when every form of it has some
};
OptionValues option_values(Node option);
/// The same of what conditions may speak of beside options.
OptionValues figure_values(std::string_view name);
/// By a type alone: what may be its default.
OptionValues values_of_type(std::string_view type);
/// Whether a condition may compare the option with this scalar.
bool can_be(const OptionValues& values, Node scalar);

/// The names that a descriptor can speak of.
class DescriptorNames {
 public:
  /// `body` is the merged descriptor, `parts` the mappings of all applications that are known.
  DescriptorNames(Node body, const std::vector<Node>& parts);

  bool knows(NameSet set, std::string_view name) const;
  const std::vector<std::string_view>& all(NameSet set) const {
    return sets_[static_cast<std::size_t>(set)];
  }
  Node option(std::string_view key) const { return options_.find(key); }

 private:
  Node options_;
  std::array<std::vector<std::string_view>, kNameSetCount> sets_;
};

/// Holds every application that a mapping `applications:` brings to the shapes above, with all it
/// extends: Y009 for a field that nothing reads, Y005 for a value of the wrong form, Y010 for a
/// word or a name that stands for nothing. `parts` are the mappings of the files so far, the judged
/// one last. False when it added an error.
bool judge_applications(const std::vector<Node>& parts, Diagnostics& out);

}  // namespace ipucnn
