// `extends`: an entry laid over another, as a table whose nodes stand for those of the two. Nothing
// is copied, so every value keeps its place in its own file.
#include "ipucnn/extends.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "base/suggest.h"

namespace ipucnn::load {
namespace {

/// More than any descriptor holds; what grows beyond it is made of aliases.
constexpr std::size_t kMostNodes = 200'000;
/// How deep merge keys are looked for: applications, blocks, entries, their fields.
constexpr int kDeepest = 4;
/// The one text that is in no file: the name of a rule that a mapping gave.
constexpr std::string_view kPool = "name";

struct Pair {
  Node key;
  Node value;
};
using Pairs = std::vector<Pair>;

bool is_merge_key(Node key) { return key.is_plain() && key.text() == "<<"; }

/// The last of equal keys wins, at the place of the first.
void put_pair(Pairs& pairs, const Pair& pair) {
  const auto known = std::find_if(pairs.begin(), pairs.end(), [&](const Pair& other) {
    return other.key.text() == pair.key.text();
  });
  if (known == pairs.end())
    pairs.push_back(pair);
  else
    *known = pair;
}

/// The mapping and those that it merges, the ones that win first; each once, wherever it is merged
/// again behind that. How deep merges go was checked when the file was read.
void add_merged(Node map, std::unordered_set<const NodeRecord*>& seen, std::vector<Node>& all) {
  if (!map.is_map() || !seen.insert(map.record_at()).second) return;
  all.push_back(map);
  std::vector<Node> merges;
  map.each_pair([&](Node key, Node value) {
    if (is_merge_key(key)) merges.push_back(value);
  });
  for (auto merge = merges.rbegin(); merge != merges.rend(); ++merge) {
    add_merged(*merge, seen, all);
    if (!merge->is_list()) continue;
    for (const Node item : *merge) add_merged(item, seen, all);
  }
}

/// The pairs of a mapping, merge keys applied.
Pairs pairs_of(Node map) {
  std::unordered_set<const NodeRecord*> seen;
  std::vector<Node> all;
  add_merged(map, seen, all);
  Pairs pairs;
  for (auto one = all.rbegin(); one != all.rend(); ++one)
    one->each_pair([&](Node key, Node value) {
      if (is_merge_key(key)) return;
      if (all.size() > 1)
        put_pair(pairs, {key, value});
      else
        pairs.push_back({key, value});
    });
  return pairs;
}

bool merges(Node map, int depth) {
  bool found = false;
  map.each_pair([&](Node key, Node value) {
    found = found || is_merge_key(key) || (depth > 0 && merges(value, depth - 1));
  });
  return found;
}

}  // namespace

void each_merged(Node map, const std::function<void(Node, Node)>& visit) {
  for (const Pair& pair : pairs_of(map)) visit(pair.key, pair.value);
}

Node merged_value(Node map, std::string_view key) {
  const Pairs pairs = pairs_of(map);
  const auto found = std::find_if(pairs.rbegin(), pairs.rend(),
                                  [&](const Pair& pair) { return pair.key.text() == key; });
  return found == pairs.rend() ? Node() : found->value;
}

Node extends_of(Node body) {
  if (const Node own = body.find("extends")) return own;
  // None of the program's files merges one, and a start asks many of their entries.
  if (!body || body.tree()->built_in || !body.find_key("<<").is_plain()) return {};
  return merged_value(body, "extends");
}

bool is_put_together(Node body) {
  return !body.tree()->built_in && (merges(body, kDeepest) || body.find("rules").is_map());
}

namespace {

/// What is one value although it is written as a mapping.
bool is_whole(std::string_view block, std::string_view key) {
  constexpr std::string_view kConditions[] = {"when", "only_with", "needs", "excludes",
                                              "used_when"};
  return block == "quantities" || block == "networks" ||
         std::find(std::begin(kConditions), std::end(kConditions), key) != std::end(kConditions);
}

/// Rules by the names that a mapping changes them by: their own, else option and number.
class RuleNames {
 public:
  std::string of(Node rule) {
    if (const auto own = rule.find_text("name")) return std::string(*own);
    const std::string option(rule.find_text("option").value_or(""));
    return fmt::format("{}/{}", option, ++counts_[option]);
  }

 private:
  std::unordered_map<std::string, int> counts_;
};

class Merger {
 public:
  /// Where the over part stands.
  explicit Merger(Node over) : source_(over.at().source) {}

  bool run(Node base, Node over) {
    lay(base, over, {}, {}, kDeepest);
    return table_->nodes.size() <= kMostNodes;
  }

  std::unique_ptr<MergedTable> take() {
    table_->tree = {table_->nodes.data(),
                    static_cast<std::uint32_t>(table_->nodes.size()),
                    {},
                    kPool,
                    source_,
                    nullptr,
                    table_->others.data()};
    return std::move(table_);
  }

 private:
  /// Opens a mapping or list that stands where `like` stands; close() ends it.
  std::uint32_t open(NodeKind kind, Node like) {
    const Span at = like.at();
    NodeRecord record{};
    record.kind = kind;
    record.line = at.line;
    record.column = at.column;
    record.set_length(at.length);
    table_->nodes.push_back(record);
    return static_cast<std::uint32_t>(table_->nodes.size() - 1);
  }

  void close(std::uint32_t index, std::uint32_t size) {
    table_->nodes[index].size = size;
    table_->nodes[index].end = static_cast<std::uint32_t>(table_->nodes.size());
  }

  void put(Node node) {
    NodeRecord record{};
    record.kind = NodeKind::Foreign;
    record.text = number_of(node.tree());
    record.size = node.use_index();
    record.end = static_cast<std::uint32_t>(table_->nodes.size() + 1);
    table_->nodes.push_back(record);
  }

  std::uint32_t number_of(const Tree* tree) {
    auto& others = table_->others;
    const auto known = std::find(others.begin(), others.end(), tree);
    const auto number = static_cast<std::uint32_t>(known - others.begin());
    if (known == others.end()) others.push_back(tree);
    return number;
  }

  bool is_full() const { return table_->nodes.size() > kMostNodes; }

  /// `block` and `key` are the names of the mapping around the value and of the value.
  void lay(Node base, Node over, std::string_view block, std::string_view key, int depth) {
    if (is_full()) return;
    if (block.empty() && key == "rules" && over.is_map()) return lay_rules(base, over);
    const bool joined = base.is_map() && over.is_map() && !is_whole(block, key);
    if (joined)
      lay_map(pairs_of(base), over, key, depth, true);
    else if (over.is_map() && depth > 0 &&
             (depth == kDeepest ? is_put_together(over) : merges(over, depth)))
      lay_map({}, over, key, depth, false);
    else
      put(over);
  }

  /// Over another, a null takes away even what is not there.
  void lay_map(const Pairs& pairs, Node over, std::string_view name, int depth, bool over_another) {
    const std::uint32_t map = open(NodeKind::Map, over);
    const Pairs news = pairs_of(over);
    std::unordered_map<std::string_view, const Pair*> changed;
    for (const Pair& pair : news) changed[pair.key.text()] = &pair;
    std::uint32_t size = 0;
    for (const Pair& pair : pairs) {
      const auto change = changed.find(pair.key.text());
      if (change == changed.end()) {
        put(pair.key);
        put(pair.value);
        ++size;
        continue;
      }
      const Pair& now = *change->second;
      changed.erase(change);
      if (now.value.is_null()) continue;
      put(now.key);
      lay(pair.value, now.value, name, now.key.text(), depth - 1);
      ++size;
    }
    for (const Pair& pair : news) {
      if (changed.find(pair.key.text()) == changed.end()) continue;
      if (over_another && pair.value.is_null()) continue;
      put(pair.key);
      lay({}, pair.value, name, pair.key.text(), depth - 1);
      ++size;
    }
    close(map, size);
  }

  /// The rules of a list, some replaced or taken away by their names, then those that are new.
  void lay_rules(Node base, Node over) {
    const std::uint32_t list = open(NodeKind::List, over);
    Pairs news = pairs_of(over);
    std::uint32_t size = 0;
    RuleNames names;
    if (base.is_list()) {
      for (const Node rule : base) {
        const std::string name = names.of(rule);
        const auto change = std::find_if(news.begin(), news.end(),
                                         [&](const Pair& pair) { return pair.key.text() == name; });
        if (change == news.end()) {
          put(rule);
          ++size;
          continue;
        }
        if (!change->value.is_null()) {
          put_rule(*change);
          ++size;
        }
        news.erase(change);
      }
    }
    for (const Pair& pair : news) {
      put_rule(pair);
      ++size;
    }
    close(list, size);
  }

  /// A rule with the name that it stands under. What is no mapping stays as it is, for the reader
  /// to refuse.
  void put_rule(const Pair& rule) {
    if (!rule.value.is_map()) return put(rule.value);
    const std::uint32_t map = open(NodeKind::Map, rule.value);
    std::uint32_t size = 1;
    NodeRecord name{};
    const Span at = rule.key.at();
    name.kind = NodeKind::Scalar;
    name.type = ScalarType::String;
    name.in_pool = true;
    name.size = static_cast<std::uint32_t>(kPool.size());
    name.line = at.line;
    name.column = at.column;
    name.set_length(at.length);
    name.end = static_cast<std::uint32_t>(table_->nodes.size() + 1);
    table_->nodes.push_back(name);
    put(rule.key);
    for (const Pair& pair : pairs_of(rule.value)) {
      put(pair.key);
      put(pair.value);
      ++size;
    }
    close(map, size);
  }

  std::unique_ptr<MergedTable> table_ = std::make_unique<MergedTable>();
  SourceId source_;
};

/// What the parts before `end` hold under a name; the last of them wins.
Entry find_before(const std::vector<Node>& parts, std::size_t end, std::string_view name) {
  while (end-- > 0)
    if (const Node key = parts[end].find_key(name)) return {key, parts[end].find(name)};
  return {};
}

/// Number of the part that an entry stands in; that of the parts when it stands in none.
std::size_t part_of(const std::vector<Node>& parts, const Entry& entry) {
  std::size_t part = 0;
  while (part < parts.size() && parts[part].tree() != entry.name.tree()) ++part;
  return part;
}

}  // namespace

Entry base_of(const std::vector<Node>& parts, const Entry& entry, Diagnostics& out) {
  const Node base = extends_of(entry.body);
  if (!base) return {};
  const bool own_name = base.text() == entry.name.text();
  const Entry found =
      find_before(parts, own_name ? part_of(parts, entry) : parts.size(), base.text());
  if (found) return found;
  Diagnostic& d = out.add(
      FindingId::K017, base.at(),
      own_name
          ? fmt::format("'{}' extends itself, and no file before this one has it", base.text())
          : fmt::format("'{}' extends '{}', which does not exist", entry.name.text(), base.text()));
  if (own_name) return {};
  std::vector<std::string_view> names;
  for (const Node part : parts)
    part.each_pair([&](Node name, Node) { names.push_back(name.text()); });
  d.help = suggestion(base.text(), names);
  return {};
}

void report_ring(const Entry& last, Diagnostics& out) {
  const Node base = extends_of(last.body);
  out.add(FindingId::K017, base.at(), fmt::format("'{}' extends itself", base.text()));
}

std::optional<std::vector<Entry>> chain_of(const std::vector<Node>& parts, const Entry& entry,
                                           Diagnostics& out) {
  std::vector<Entry> chain = {entry};
  std::unordered_set<const NodeRecord*> seen = {entry.body.record_at()};
  while (extends_of(chain.back().body)) {
    const Entry next = base_of(parts, chain.back(), out);
    if (!next) return std::nullopt;
    if (!seen.insert(next.body.record_at()).second) {
      report_ring(chain.back(), out);
      return std::nullopt;
    }
    chain.push_back(next);
  }
  return chain;
}

std::optional<Node> lay_over(Node base, const Entry& entry, MergedTables& tables,
                             Diagnostics& out) {
  Merger merger(entry.body);
  if (!merger.run(base, entry.body)) {
    out.add(FindingId::Y003, entry.name.at(),
            fmt::format("aliases and merges of {} expand to more than {} values", entry.name.text(),
                        kMostNodes));
    return std::nullopt;
  }
  tables.all.push_back(merger.take());
  return root(tables.all.back()->tree);
}

std::optional<Node> merge_entry(const std::vector<Node>& parts, const Entry& entry,
                                MergedTables& tables, Diagnostics& out) {
  const auto chain = chain_of(parts, entry, out);
  if (!chain) return std::nullopt;
  if (chain->size() == 1 && !is_put_together(entry.body)) return entry.body;
  Node body;
  for (auto next = chain->rbegin(); next != chain->rend(); ++next) {
    const auto laid = lay_over(body, *next, tables, out);
    if (!laid) return std::nullopt;
    body = *laid;
  }
  return body;
}

}  // namespace ipucnn::load
