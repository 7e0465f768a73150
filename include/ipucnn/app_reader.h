#pragma once

#include <vector>

#include "ipucnn/condition.h"

namespace ipucnn::load {

/// The owner of an AppTable's records.
struct AppArena {
  std::vector<NameRecord> fields;
  std::vector<OptionRecord> options;
  std::vector<FormRecord> forms;
  std::vector<CaseRecord> cases;
  std::vector<RuleRecord> rules;
  std::vector<PurposeRecord> purposes;
  std::vector<ConditionRecord> conditions;
  std::vector<WordRecord> words;
  std::vector<ValueRecord> values;
  std::vector<NameRecord> names;
  std::vector<NodeRef> scripts;
  std::vector<std::uint32_t> script_numbers;
  std::vector<std::uint32_t> slots;
  std::vector<std::uint32_t> required;
  std::vector<std::uint32_t> by_place;
  std::vector<const Tree*> trees;
  bool presets_are_words = false;
  bool too_large =
      false;  ///< more trees or nodes than a NodeRef can name; what it cannot is left out

  /// Holds until a record is added.
  AppTable table() const;
};

/// Reads a descriptor, laid over all it extends, into an empty arena. What is wrong with it was
/// reported before, and is read as if it were not there.
void read_app(Node body, AppArena& arena);

/// A condition that stands in no table.
class OneCondition {
 public:
  explicit OneCondition(Node condition);
  OneCondition(const OneCondition&) = delete;
  OneCondition& operator=(const OneCondition&) = delete;
  Condition get() const { return {&table_, 0}; }

 private:
  AppArena arena_;
  AppTable table_;
};

}  // namespace ipucnn::load
