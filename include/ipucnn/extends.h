#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "ipucnn/catalog.h"

namespace ipucnn::load {

/// One table that entries laid over each other were put together in.
struct MergedTable {
  std::vector<NodeRecord> nodes;
  std::vector<const Tree*> others;
  Tree tree;
};

/// The owner of what merge_entry() made: nodes of its answer stand in these tables.
struct MergedTables {
  std::vector<std::unique_ptr<MergedTable>> all;
};

/// The name that an entry says it extends; one that YAML's merge keys bring counts as its own.
/// Absent: none.
Node extends_of(Node body);

/// What the entry extends. Empty without `extends`, and, with K017 reported, when it is not there.
Entry base_of(const std::vector<Node>& parts, const Entry& entry, Diagnostics& out);

/// Reports K017 for an entry whose `extends` leads back to an earlier one of its chain.
void report_ring(const Entry& last, Diagnostics& out);

/// One step of merge_entry(): the entry's mapping laid over `base`, which may be absent.
std::optional<Node> lay_over(Node base, const Entry& entry, MergedTables& tables, Diagnostics& out);

/// Whether an entry that extends nothing is another mapping than it says, by YAML's merge keys.
bool is_put_together(Node body);

/// The entry and all it extends, nearest first. `parts` are the section's mappings in the order of
/// the files. An entry that extends its own name means the one in the files before its own. Reports
/// K017 and is empty when a name is not there or the chain has no end.
std::optional<std::vector<Entry>> chain_of(const std::vector<Node>& parts, const Entry& entry,
                                           Diagnostics& out);

/// The pairs of a mapping, YAML's merge keys applied; of equal keys the last counts. Takes no
/// longer than what is written, however often a mapping is merged.
void each_merged(Node map, const std::function<void(Node key, Node value)>& visit);

/// What a mapping says of a key, YAML's merge keys applied.
Node merged_value(Node map, std::string_view key);

/// The entry's mapping laid over those it extends: mappings by key, conditions, bindings and lists
/// as a whole; null takes a key away, and a mapping over a list of rules changes them by name.
/// YAML's merge keys are applied. An entry that extends nothing and merges nothing is its own body.
std::optional<Node> merge_entry(const std::vector<Node>& parts, const Entry& entry,
                                MergedTables& tables, Diagnostics& out);

}  // namespace ipucnn::load
