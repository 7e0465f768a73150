#pragma once

#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "ipucnn/app_reader.h"

namespace ipucnn::embed {

/// Records of all applications in one array, equal runs of them once.
template <typename Record>
struct SharedArray {
  std::vector<Record> records;
  std::unordered_map<std::string, std::uint32_t> places;  ///< by the text of a run

  RecordRange keep(std::span<const Record> run);
};

/// What releases have in common, which is most of what they have. Their own tables hold what is
/// looked up by number or goes through in order; what those refer to by range or number stands
/// here, once for all.
class SharedRecords {
 public:
  /// Moves what the arena's other records refer to into the shared arrays. Arenas whose nodes are
  /// to be the same need the same trees under the same numbers.
  void take(load::AppArena& arena);

  /// C++ of the arrays.
  std::string constants() const;
  /// Their names in the order of AppTable: those of `forms`, say, for "forms".
  static std::string name_of(std::string_view field);

 private:
  RecordRange words_of(const load::AppArena& arena, RecordRange range);
  void take_conditions(load::AppArena& arena);
  void take_forms(load::AppArena& arena);
  std::uint32_t condition(std::uint32_t number) const;

  SharedArray<FormRecord> forms_;
  SharedArray<CaseRecord> cases_;
  SharedArray<ConditionRecord> conditions_;
  SharedArray<WordRecord> words_;
  SharedArray<ValueRecord> values_;
  SharedArray<NameRecord> names_;
  SharedArray<std::uint32_t> script_numbers_;
  std::vector<std::uint32_t> condition_numbers_;  ///< of the arena at hand, by its own
};

}  // namespace ipucnn::embed
