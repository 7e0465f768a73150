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

struct Key {
  std::string_view text;
  std::uint32_t index;
};

bool same_scalar(Node a, Node b) {
  return a.is_scalar() && b.is_scalar() && a.type() == b.type() && a.text() == b.text();
}

class DuplicateSearch {
 public:
  DuplicateSearch(const Tree& tree, bool upstream, Diagnostics& out)
      : tree_(tree), upstream_(upstream), out_(out) {}

  void run() {
    for (std::uint32_t i = 0; i < tree_.count && reported_ < kMostReported; ++i)
      if (tree_.nodes[i].kind == NodeKind::Map && tree_.nodes[i].size > 1) search(Node(&tree_, i));
  }

 private:
  void search(Node map) {
    keys_.clear();
    keys_.reserve(map.size());
    map.each_pair([&](Node key, Node) {
      const bool merge = key.is_plain() && key.text() == "<<";
      if (key.is_scalar() && !merge) keys_.push_back({key.text(), key.index()});
    });
    std::sort(keys_.begin(), keys_.end(), [](const Key& a, const Key& b) {
      return std::pair(a.text, a.index) < std::pair(b.text, b.index);
    });
    for (std::size_t i = 1; i < keys_.size() && reported_ < kMostReported; ++i)
      if (keys_[i].text == keys_[i - 1].text) report(keys_[i - 1].index, keys_[i].index);
  }

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
  std::vector<Key> keys_;
  std::size_t reported_ = 0;
};

}  // namespace

void report_duplicate_keys(const Tree& tree, bool upstream, Diagnostics& out) {
  DuplicateSearch(tree, upstream, out).run();
}

}  // namespace ipucnn::load
