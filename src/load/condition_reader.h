#pragma once

#include <map>
#include <utility>

#include "ipucnn/app_reader.h"

namespace ipucnn::load {

/// Reads nodes and conditions into an arena whose options, if there are any, are read.
class ConditionReader {
 public:
  explicit ConditionReader(AppArena& arena) : arena_(arena) {}

  NodeRef ref(Node node);
  /// A scalar that names an option or figure.
  NameRecord name(Node node);
  /// The number of the condition, which is read once; kNone for an absent node. One that is no
  /// mapping holds always.
  std::uint32_t condition(Node node);
  /// Every mapping below `node` that stands where descriptors have conditions.
  void all_below(Node node);

 private:
  void test(Node name, Node test, std::vector<WordRecord>& words);
  void take_operand(Node operand, WordRecord& word);
  RecordRange values(Node list);
  RecordRange numbers(Node map);

  /// More than any descriptor holds; what grows beyond it is made of aliases.
  static constexpr std::size_t kMostNodes = 200'000;

  AppArena& arena_;
  std::size_t visited_ = 0;
  std::map<std::pair<const Tree*, std::uint32_t>, std::uint32_t> known_;
};

}  // namespace ipucnn::load
