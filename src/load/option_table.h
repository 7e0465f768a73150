#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "ipucnn/schema.h"

namespace ipucnn {

/// The options of one application. A start asks for many of them many times: keys are found by
/// their hash, and each entry is read once, when it is first asked for.
class OptionTable {
 public:
  explicit OptionTable(std::vector<Entry> entries);

  /// In the descriptor's order; those of what it extends first.
  const std::vector<Entry>& entries() const { return entries_; }
  /// Number of the entry of this key; absent when there is none.
  std::optional<std::size_t> find(std::string_view key) const;
  /// The option as that script has it under these facts; absent when it has none such. An empty
  /// script asks for the option whoever takes it.
  std::optional<OptionSpec> read(std::size_t entry, std::string_view script,
                                 const Facts& facts) const;
  /// Numbers of the entries that speak of being required: few, so that nothing else is read.
  const std::vector<std::size_t>& may_be_required() const;

 private:
  /// What an entry says, without its variants.
  struct Row {
    bool read = false;
    bool has_type = false;
    OptionSpec option;
    Node scripts;
    Node only_with;
    Node variants;
  };
  const Row& row(std::size_t entry) const;
  std::size_t slot_of(std::string_view key) const;

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> slots_;  ///< by hash: number of an entry + 1; 0 is free
  mutable std::vector<Row> rows_;     ///< filled when asked for, so that nothing else changes
  mutable std::optional<std::vector<std::size_t>> required_;
};

}  // namespace ipucnn
