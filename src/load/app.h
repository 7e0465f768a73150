#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "ipucnn/app_reader.h"
#include "ipucnn/by_option.h"
#include "ipucnn/extends.h"
#include "ipucnn/preset_batch.h"
#include "ipucnn/schema.h"

namespace ipucnn::load {

/// Options that were asked for, each form of one once.
using OptionSpecs = ByOption<const FormRecord*, OptionSpec>;

/// Options that no condition decides on, as each script has them.
class CertainOptions {
 public:
  struct Known {
    bool certain = false;              ///< false: not asked for yet, or conditions decide on it
    const OptionSpec* spec = nullptr;  ///< of a certain one; null: the script has none such
  };
  /// Null for a script that the descriptor does not speak of.
  Known* of(ScriptNumber script, std::uint32_t option, const AppTable& table) {
    if (!script.any && script.number == kNone) return nullptr;
    const std::size_t place = script.any ? 0 : std::size_t{1} + script.number;
    if (by_script_.empty()) by_script_.resize(1 + table.scripts.size());
    auto& options = by_script_[place];
    if (options.empty()) options.resize(table.options.size());
    return &options[option];
  }

 private:
  std::vector<std::vector<Known>> by_script_;  ///< whichever script, then each by its number
};

/// What an AppSchema shows: a descriptor's records, and the owners of all that they stand in.
struct App {
  AppTable table;
  Node body;       ///< laid over all it extends
  Node inherited;  ///< what it was laid over; absent when it extends nothing
  Bindings bindings;
  std::vector<std::pair<std::string_view, Bindings>> of_scripts;  ///< those that differ

  // What a user's file brought.
  MergedTables merged;
  AppArena arena;
  // Of a built-in application.
  std::vector<Tree> trees;
  std::vector<std::vector<const Tree*>> tree_lists;

  // What was worked out of all this.
  mutable OptionSpecs specs;
  mutable CertainOptions certain;
  mutable Memo memo;
};

/// Empty, with K017 or Y003 reported, when what the entry extends is not there or is too large.
std::shared_ptr<App> load_app(const Catalog& catalog, const Entry& entry, Diagnostics& out);

}  // namespace ipucnn::load
