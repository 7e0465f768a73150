#pragma once

#include <cstdint>
#include <forward_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/check.h"
#include "ipucnn/condition.h"

namespace ipucnn::checking {

/// Names of layers at which a pipeline stage may begin.
struct Layers {
  std::vector<std::string> names;
  bool in_order = true;  ///< as the model runs them, and splits have to follow
};

class SharedFacts;

/// Looks names up, each once. Sees what the plan will hold: values that the launcher requires win.
class RuleFacts final : public FactSource {
 public:
  explicit RuleFacts(const CheckInput& in);
  RuleFacts(const RuleFacts&) = delete;
  RuleFacts& operator=(const RuleFacts&) = delete;

  const CheckInput& input() const { return in_; }

  /// The fact of this name; state Absent when nothing sets it, Unknown for a name that is neither
  /// an option of the script nor a figure that can be computed.
  const Fact& find(FactName name) override;
  /// The same of a name in the descriptor's table.
  const Fact& find(const AppTable& table, const NameRecord& name) {
    if (name.number < found_.size() && found_[name.number] != nullptr) return *found_[name.number];
    return find({table.text(name.node), name.number});
  }

  /// The option as the script has it; null when it has none of that key.
  const OptionSpec* option(FactName key);
  const Effective& effective() const { return effective_; }
  /// What somebody set of an option; null where nobody did.
  const Setting* setting(FactName key) const;

  /// The number of a known fact.
  std::optional<double> number(FactName name) { return find(name).number; }
  std::optional<std::int64_t> whole(FactName name);
  /// Truth of a switch; false when it is not known.
  bool is_on(FactName name);

  /// Whether a switch that is on ends the script before the graph of a training, the descriptor's
  /// `ends_before`: what only that part would stumble over is not judged.
  bool ends_before_graph();

  /// Layers of the model; without names when the descriptor does not know this model and size.
  const Layers& layers();

  /// Keeps in mind that a name's own value was refused: no bound is taken from it any more.
  void refuse(FactName name);

  /// The name that a field of the descriptor holds; one of nothing without the field.
  FactName named(AppField field) const {
    return in_.in.schema.named(field).value_or(FactName(std::string_view()));
  }
  Node field(AppField field) const { return in_.in.schema.field(field); }

  /// Where a finding about these names points: at the first that somebody set, else at the preset.
  Span place(std::initializer_list<FactName> names);

 private:
  void take_usual();
  void forget(FactName name);
  std::uint32_t place_of(FactName name) const;
  const Fact* make(FactName name);
  const Fact* option_fact(const OptionSpec& option);
  const Fact* set_fact(const OptionSpec& option, const Setting& set);
  Fact unset_fact(const OptionSpec& option, const Effective::Usual& usual) const;
  const Fact* keep(Fact fact) { return &facts_.emplace_front(std::move(fact)); }
  Fact value_fact(const OptionSpec& option, const Value& value, const Origin& origin) const;
  Fact scalar_fact(const OptionSpec& option, const Scalar& scalar, const Origin& origin) const;
  Fact node_fact(const OptionSpec& option, Node node, OriginKind kind) const;
  bool is_given(OriginKind kind) const;

  const CheckInput& in_;
  Effective effective_;
  Node launcher_needs_;
  SharedFacts& shared_;  ///< what other commands of the application have alike
  const Layers* layers_ = nullptr;
  std::optional<bool> ends_before_graph_;
  std::forward_list<Fact> facts_;    ///< each stays where it is
  std::vector<const Fact*> found_;   ///< by number of the option, then of the figure; null: not yet
  bool has_unread_preset_ = false;   ///< which may set whatever nobody else does
  std::vector<const Fact*>* usual_;  ///< the same of options that nobody sets; null: of none
};

/// Whether one of these switches is on.
bool is_one_on(RecordRange names, RuleFacts& facts);

/// True when somebody, a preset included, set the value.
bool is_set(OriginKind kind);
inline bool is_set(const Origin& origin) { return is_set(origin.kind); }

}  // namespace ipucnn::checking
