#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/diagnostic.h"
#include "ipucnn/source.h"
#include "ipucnn/value.h"

namespace ipucnn {

enum class NodeKind : std::uint8_t { Scalar, List, Map, Alias, Foreign };

/// One node of a parsed file. Nodes stand in the order of the text, children right behind their
/// parent (a map's keys and values in turn), so a file is one flat table that can be compiled in.
struct NodeRecord {
  std::uint32_t text;    ///< scalar: offset of its text; alias: index of the node it stands for;
                         ///< map: where its keys stand in Tree::sorted, 0 for nowhere;
                         ///< foreign: number of the table in Tree::others
  std::uint32_t size;    ///< scalar: bytes of text; list and map: number of items or pairs;
                         ///< foreign: index in that table
  std::uint32_t end;     ///< index behind the last descendant
  std::uint32_t line;    ///< 1-based
  std::uint32_t column;  ///< 1-based, in bytes
  // One word, for the program holds tens of thousands of nodes.
  NodeKind kind : 3;
  ScalarType type : 3;  ///< as PyYAML's full_load types the scalar
  bool plain : 1;       ///< a scalar without quotes and tag: its text alone says its type
  /// The text is in the pool, because the file spells it otherwise (escapes, folds).
  bool in_pool : 1;
  std::uint32_t length : 24;  ///< see set_length()

  /// Bytes on its first line, quotes included; of more than it can hold it holds the most.
  void set_length(std::size_t bytes) {
    constexpr std::uint32_t kMost = 0xffffff;
    length = static_cast<std::uint32_t>(bytes < kMost ? bytes : kMost) & kMost;
  }
};
/// A record as numbers. The records of packed files stand number by number.
using NodeWords = std::array<std::uint32_t, 6>;
static_assert(sizeof(NodeWords) == sizeof(NodeRecord));

/// A mapping that merges one that merges another, and so on: deeper than any file of people, and
/// each level is a call on the stack. load_yaml() refuses a file with more.
inline constexpr std::size_t kDeepestMerge = 100;

/// A parsed file: a table of nodes over the file's text. Copies are cheap views.
struct Tree {
  const NodeRecord* nodes = nullptr;
  std::uint32_t count = 0;
  std::string_view text;  ///< the file
  std::string_view pool;  ///< texts that differ from their spelling in the file
  SourceId source = 0;
  /// Indexes of the keys of large maps, sorted by text and, where equal, by place.
  const std::uint32_t* sorted = nullptr;
  /// Tables that foreign nodes stand in: entries of several files laid over each other.
  const Tree* const* others = nullptr;
  bool built_in = false;  ///< compiled in, and judged when the program was built
};

/// A handle to one node. Aliases are followed when a child is taken; `at` then is the alias's
/// place, the one its reader can change. Default-made nodes are absent and false.
class Node {
 public:
  Node() = default;
  Node(const Tree* tree, std::uint32_t index) : tree_(tree), index_(index), use_(index) {
    const NodeRecord& node = tree->nodes[index];
    if (node.kind < NodeKind::Alias) return;
    // One step is enough: an alias never names an alias.
    if (node.kind == NodeKind::Alias)
      index_ = node.text;
    else
      *this = Node(tree->others[node.text], node.size);
  }
  /// One that is known to be no alias, whose record is not read: it may not stand there yet.
  static Node unread(const Tree* tree, std::uint32_t index) {
    Node node;
    node.tree_ = tree;
    node.index_ = node.use_ = index;
    return node;
  }

  explicit operator bool() const { return tree_ != nullptr; }
  bool is_scalar() const { return tree_ != nullptr && record().kind == NodeKind::Scalar; }
  bool is_list() const { return tree_ != nullptr && record().kind == NodeKind::List; }
  bool is_map() const { return tree_ != nullptr && record().kind == NodeKind::Map; }
  bool is_null() const { return is_scalar() && record().type == ScalarType::Null; }
  bool is_alias_use() const { return use_ != index_; }
  bool is_plain() const { return is_scalar() && record().plain; }

  /// Text of a scalar; empty for anything else.
  std::string_view text() const {
    if (!is_scalar()) return {};
    const NodeRecord& node = record();
    const std::string_view all = node.in_pool ? tree_->pool : tree_->text;
    return {all.data() + node.text, node.size};
  }
  ScalarType type() const { return record().type; }
  /// Where the node is used.
  Span at() const;
  /// Where its content stands, which differs for an alias.
  Span defined_at() const;
  std::uint32_t index() const { return index_; }
  /// The record of its content, which tells it from every other node.
  const NodeRecord* record_at() const { return tree_ == nullptr ? nullptr : tree_->nodes + index_; }
  /// Of the alias where the node was reached by one.
  std::uint32_t use_index() const { return use_; }
  const Tree* tree() const { return tree_; }

  /// Number of items or pairs.
  std::size_t size() const { return tree_ == nullptr ? 0 : is_scalar() ? 0 : record().size; }

  /// Value of a map's key; absent when there is none. Of equal keys the last wins, as in the
  /// scripts.
  Node find(std::string_view key) const;
  /// The key itself, found in the same way.
  Node find_key(std::string_view key) const;
  /// Text of a scalar value; absent when the key is missing, null, or no scalar.
  std::optional<std::string_view> find_text(std::string_view key) const;
  /// A YAML boolean; `otherwise` when missing or something else.
  bool find_bool(std::string_view key, bool otherwise) const;
  /// A whole number; absent when missing, null or something else.
  std::optional<std::int64_t> find_int(std::string_view key) const;

  /// For a list and its items: whether it holds this scalar.
  bool contains(std::string_view text) const;

  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = Node;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = Node;

    Iterator(const Tree* tree, std::uint32_t index) : tree_(tree), index_(index) {}
    Node operator*() const { return {tree_, index_}; }
    Iterator& operator++() {
      index_ = tree_->nodes[index_].end;
      return *this;
    }
    bool operator==(const Iterator& other) const { return index_ == other.index_; }

   private:
    const Tree* tree_;
    std::uint32_t index_;
  };
  /// Children in the order of the file: a list's items; a map's keys and values in turn.
  Iterator begin() const { return {tree_, index_ + 1}; }
  Iterator end() const { return {tree_, record().end}; }

  /// Calls `visit(key, value)` for each pair of a map, in the order of the file.
  template <typename Visit>
  void each_pair(Visit visit) const {
    if (!is_map()) return;
    for (Iterator it = begin(), last = end(); it != last; ++it) {
      const Node key = *it;
      ++it;
      visit(key, *it);
    }
  }

 private:
  const NodeRecord& record() const { return tree_->nodes[index_]; }
  std::uint32_t index_of_key(std::string_view key) const;
  std::uint32_t index_of_sorted_key(std::string_view key) const;

  const Tree* tree_ = nullptr;
  std::uint32_t index_ = 0;
  std::uint32_t use_ = 0;
};

/// The root of a tree; absent for an empty file.
Node root(const Tree& tree);

/// The owner of what load_yaml made.
struct Document {
  std::vector<NodeRecord> nodes;
  std::vector<std::uint32_t> sorted;
  std::string pool;
  Tree tree;
  bool is_part = false;  ///< entries were left out
};

/// Reads one file's text (added to `sources` before) as the scripts' reader does. Reports Y
/// findings; empty when there was one. Never throws on bad input, never expands aliases.
///
/// With `only`, a key of the mapping that the file is, the tree of a large file may hold that entry
/// and those that its aliases lead to, and nothing else. The syntax of the rest has been looked at
/// as well, its merges and values have not. A file without the key is read whole.
std::unique_ptr<Document> load_yaml(const Sources& sources, SourceId source, Diagnostics& out,
                                    std::string_view only = {});

/// The documents of a text with `---` in it, each as load_yaml reads one; those that it refuses are
/// reported and left out.
std::vector<std::unique_ptr<Document>> load_yaml_documents(const Sources& sources, SourceId source,
                                                           Diagnostics& out);

/// The type PyYAML's full_load gives a plain scalar.
ScalarType plain_scalar_type(std::string_view text);

/// Whole-number value of a scalar of type Int in any YAML 1.1 spelling (0x10, 010, 1_000, 1:30).
std::optional<std::int64_t> yaml_int(std::string_view text);
/// Value of a scalar of type Float in any YAML 1.1 spelling (.5, 1.e+2, .inf, 1:30.5).
std::optional<double> yaml_float(std::string_view text);
/// Value of a scalar of type Bool.
bool yaml_bool(std::string_view text);

/// A node as a value: a scalar, or a list of scalars. Reports Y005 and is empty for anything
/// nested.
std::optional<Value> to_value(Node node, std::string_view what, Diagnostics& out);

/// A node as YAML's flow style on one line, each text in quotes where it could be taken for
/// something else: {a: 1, b: ['x', "2"]}.
std::string flow_text(Node node);

/// A scalar node as a Scalar.
Scalar to_scalar(Node node);

}  // namespace ipucnn
