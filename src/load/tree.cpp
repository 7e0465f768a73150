#include "ipucnn/tree.h"

#include <fmt/format.h>

#include <algorithm>

namespace ipucnn {

namespace {

Span span_of(const Tree& tree, std::uint32_t index) {
  const NodeRecord& node = tree.nodes[index];
  return {tree.source, node.line, node.column, node.length};
}

}  // namespace

Span Node::at() const { return tree_ == nullptr ? Span{} : span_of(*tree_, use_); }

Span Node::defined_at() const { return tree_ == nullptr ? Span{} : span_of(*tree_, index_); }

std::uint32_t Node::index_of_sorted_key(std::string_view key) const {
  const std::uint32_t* first = tree_->sorted + record().text;
  const std::uint32_t* last = first + record().size;
  const auto* behind = std::upper_bound(first, last, key, [&](std::string_view k, std::uint32_t i) {
    return k < Node(tree_, i).text();
  });
  return behind != first && Node(tree_, behind[-1]).text() == key ? behind[-1] : 0;
}

/// In the map's own table; 0, where no key can stand, when there is none.
std::uint32_t Node::index_of_key(std::string_view key) const {
  if (!is_map()) return 0;
  if (record().text != 0) return index_of_sorted_key(key);
  // Most of a start's time is spent here: lengths are compared before any text is looked at.
  std::uint32_t found = 0;
  for (std::uint32_t at = index_ + 1; at < record().end;) {
    const Node name(tree_, at);
    if (name.record().size == key.size() && name.text() == key) found = at;
    at = tree_->nodes[tree_->nodes[at].end].end;
  }
  return found;
}

Node Node::find_key(std::string_view key) const {
  const std::uint32_t found = index_of_key(key);
  return found == 0 ? Node{} : Node(tree_, found);
}

Node Node::find(std::string_view key) const {
  const std::uint32_t found = index_of_key(key);
  return found == 0 ? Node{} : Node(tree_, tree_->nodes[found].end);
}

std::optional<std::string_view> Node::find_text(std::string_view key) const {
  const Node value = find(key);
  if (!value.is_scalar() || value.is_null()) return std::nullopt;
  return value.text();
}

bool Node::find_bool(std::string_view key, bool otherwise) const {
  const Node value = find(key);
  return value.is_scalar() && value.type() == ScalarType::Bool ? yaml_bool(value.text())
                                                               : otherwise;
}

std::optional<std::int64_t> Node::find_int(std::string_view key) const {
  const Node value = find(key);
  if (!value.is_scalar() || value.type() != ScalarType::Int) return std::nullopt;
  return yaml_int(value.text());
}

bool Node::contains(std::string_view text) const {
  if (is_scalar()) return this->text() == text;
  if (!is_list()) return false;
  for (const Node item : *this)
    if (item.text() == text) return true;
  return false;
}

Node root(const Tree& tree) { return tree.count == 0 ? Node{} : Node{&tree, 0}; }

std::string flow_text(Node node) {
  std::string out;
  if (node.is_map()) {
    node.each_pair([&](Node key, Node value) {
      out += fmt::format("{}{}: {}", out.empty() ? "" : ", ", flow_text(key), flow_text(value));
    });
    return "{" + out + "}";
  }
  if (node.is_list()) {
    for (const Node item : node) out += (out.empty() ? "" : ", ") + flow_text(item);
    return "[" + out + "]";
  }
  const std::string_view text = node.text();
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./";
  const bool merges = node.is_plain() && text == "<<";
  const bool plain = !text.empty() && (node.type() != ScalarType::String || merges ||
                                       (text.find_first_not_of(kPlain) == std::string_view::npos &&
                                        plain_scalar_type(text) == ScalarType::String));
  if (plain) return std::string(text);
  for (const char c : text) out += c == '\'' ? std::string("\'\'") : std::string(1, c);
  return "'" + out + "'";
}

Scalar to_scalar(Node node) { return {std::string(node.text()), node.type(), node.at()}; }

namespace {

/// Made where it stays: every value of every preset is one.
void take_scalar(Node node, Scalar& item) {
  item.text = node.text();
  item.type = node.type();
  item.at = node.at();
}

}  // namespace

std::optional<Value> to_value(Node node, std::string_view what, Diagnostics& out) {
  Value value;
  value.at = node.at();
  if (node.is_scalar()) {
    value.items = std::vector<Scalar>(1);
    take_scalar(node, value.items.front());
    return value;
  }
  value.is_list = node.is_list();
  if (value.is_list) {
    value.items.reserve(node.size());
    for (const Node item : node) {
      if (!item.is_scalar()) {
        out.add(FindingId::Y005, item.at(),
                fmt::format("{} holds a {} where a single value is needed", what,
                            item.is_list() ? "list" : "mapping"));
        return std::nullopt;
      }
      take_scalar(item, value.items.emplace_back());
    }
    return value;
  }
  out.add(FindingId::Y005, node.at(),
          fmt::format("{} is a mapping where a value or a list is needed", what));
  return std::nullopt;
}

}  // namespace ipucnn
