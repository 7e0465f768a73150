#include "load/duplicates.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace ipucnn::load {
namespace {

/// Nobody reads more, and a generated file can hold a million.
constexpr std::size_t kMostReported = 100;

bool same_scalar(Node a, Node b) {
  return a.is_scalar() && b.is_scalar() && a.type() == b.type() && a.text() == b.text();
}

class DuplicateSearch {
 public:
  DuplicateSearch(const Tree& tree, bool upstream, Diagnostics& out)
      : tree_(tree), upstream_(upstream), out_(out) {}

  void run() {
    for (std::uint32_t i = 0; i < tree_.count && reported_ < kMostReported; ++i)
      if (tree_.nodes[i].kind == NodeKind::Map && tree_.nodes[i].size > 1) search(i);
  }

 private:
  void search(std::uint32_t index) {
    const NodeRecord& map = tree_.nodes[index];
    if (map.text != 0) {
      compare(tree_.sorted + map.text, map.size);
      return;
    }
    keys_.clear();
    for (std::uint32_t key = index + 1; key < map.end; key = tree_.nodes[tree_.nodes[key].end].end)
      keys_.push_back(key);
    std::sort(keys_.begin(), keys_.end(), [&](std::uint32_t a, std::uint32_t b) {
      return std::pair(text_of(a), a) < std::pair(text_of(b), b);
    });
    compare(keys_.data(), keys_.size());
  }

  /// Keys in the order of their texts, those of one text in that of the file.
  void compare(const std::uint32_t* keys, std::size_t count) {
    std::uint32_t before = 0;
    for (std::size_t i = 0; i < count && reported_ < kMostReported; ++i) {
      const Node key(&tree_, keys[i]);
      const bool merge = key.is_plain() && key.text() == "<<";
      if (!key.is_scalar() || merge) continue;
      if (before != 0 && text_of(before) == key.text()) report(before, keys[i]);
      before = keys[i];
    }
  }

  std::string_view text_of(std::uint32_t key) const { return Node(&tree_, key).text(); }

  Node value_of(std::uint32_t key) const { return {&tree_, tree_.nodes[key].end}; }

  void report(std::uint32_t first, std::uint32_t second) {
    const Node lost(&tree_, first);
    const Node wins(&tree_, second);
    if (lost.type() != wins.type() || same_scalar(value_of(first), value_of(second))) return;
    ++reported_;
    Diagnostic& d = out_.add(FindingId::Y006, wins.at(),
                             fmt::format("{} stands twice, and the last one wins", wins.text()));
    d.severity = upstream_ ? Severity::Warning : Severity::Error;
    d.notes.push_back({"this one is without effect", lost.at()});
    d.help = "remove one of the two";
  }

  const Tree& tree_;
  bool upstream_;
  Diagnostics& out_;
  std::vector<std::uint32_t> keys_;
  std::size_t reported_ = 0;
};

}  // namespace

void report_duplicate_keys(const Tree& tree, bool upstream, Diagnostics& out) {
  DuplicateSearch(tree, upstream, out).run();
}

}  // namespace ipucnn::load
