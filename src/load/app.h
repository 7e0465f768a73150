#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "ipucnn/app_reader.h"
#include "ipucnn/extends.h"
#include "ipucnn/preset_batch.h"
#include "ipucnn/schema.h"

namespace ipucnn::load {

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
};

/// Empty, with K017 or Y003 reported, when what the entry extends is not there or is too large.
std::shared_ptr<App> load_app(const Catalog& catalog, const Entry& entry, Diagnostics& out);

}  // namespace ipucnn::load
