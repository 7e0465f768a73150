// The only file that sees yaml-cpp: its events become a flat table of nodes.
#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "ipucnn/tree.h"
#include "load/yaml_gate.h"

namespace ipucnn {
namespace {

constexpr std::string_view kTagPrefix = "tag:yaml.org,2002:";
constexpr std::uint32_t kUnfinished = 0;

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view text, SourceId source, Document& document, Diagnostics& out)
      : text_(text), source_(source), document_(document), out_(out) {}

  bool failed() const { return failed_; }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const std::string_view spelled = null_word(mark);
    NodeRecord& node = add(NodeKind::Scalar, mark, anchor);
    node.type = ScalarType::Null;
    node.plain = true;
    node.text = static_cast<std::uint32_t>(mark.pos);
    node.size = static_cast<std::uint32_t>(spelled.size());
    node.length = node.size;
    if (spelled.empty()) {
      node.text = 0;
      point_at_key(node);
    }
    finish(node);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    NodeRecord& node = add(NodeKind::Alias, mark, YAML::NullAnchor);
    node.text = anchor < anchors_.size() ? anchors_[anchor] : 0;
    node.length = token_length(mark);
    if (document_.nodes[node.text].end == kUnfinished) {
      failed_ = true;
      out_.add(FindingId::Y002, span(node), "an alias stands inside the value it names");
    }
    finish(node);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    NodeRecord& node = add(NodeKind::Scalar, mark, anchor);
    const Span tag_at = span(node);
    const std::size_t pos = behind_properties(mark_pos(mark));
    node.column += static_cast<std::uint32_t>(pos - mark_pos(mark));
    const char first = pos < text_.size() ? text_[pos] : '\0';
    node.plain = tag != "!" || (first != '"' && first != '\'' && first != '|' && first != '>');
    if (text_.substr(pos, value.size()) == value) {
      set_text(node, pos, value.size());
    } else if (text_.substr(pos + 1, value.size()) == value && first != '|' && first != '>') {
      set_text(node, pos + 1, value.size());
    } else {
      node.in_pool = true;
      node.text = static_cast<std::uint32_t>(document_.pool.size());
      node.size = static_cast<std::uint32_t>(value.size());
      document_.pool += value;
    }
    node.length = scalar_length(pos, first, value.size());
    node.type = type_of(tag_at, tag, value);
    finish(node);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(NodeKind::List, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(NodeKind::Map, mark, tag, anchor);
  }
  void OnMapEnd() override {
    document_.nodes[open_.back()].size /= 2;  // counted keys and values
    close();
  }

 private:
  std::uint32_t next_index() const { return static_cast<std::uint32_t>(document_.nodes.size()); }

  NodeRecord& add(NodeKind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (!open_.empty()) ++document_.nodes[open_.back()].size;
    if (anchor != YAML::NullAnchor) {
      if (anchor >= anchors_.size()) anchors_.resize(anchor + 1, 0);
      anchors_[anchor] = next_index();
    }
    NodeRecord& node = document_.nodes.emplace_back();
    node = {0,
            0,
            kUnfinished,
            static_cast<std::uint32_t>(mark.line) + 1,
            static_cast<std::uint32_t>(mark.column) + 1,
            1,
            kind,
            ScalarType::String,
            false,
            false};
    return node;
  }

  void finish(NodeRecord& node) { node.end = next_index(); }

  void open(NodeKind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    const NodeRecord& node = add(kind, mark, anchor);
    if (!tag.empty() && tag != "?" && tag != "!" && tag != tag_of(kind))
      refuse_tag(span(node), tag);
    open_.push_back(next_index() - 1);
  }

  static std::string tag_of(NodeKind kind) {
    return std::string(kTagPrefix) + (kind == NodeKind::List ? "seq" : "map");
  }

  void close() {
    document_.nodes[open_.back()].end = next_index();
    open_.pop_back();
  }

  Span span(const NodeRecord& node) const { return {source_, node.line, node.column, node.length}; }

  static void set_text(NodeRecord& node, std::size_t at, std::size_t size) {
    node.text = static_cast<std::uint32_t>(at);
    node.size = static_cast<std::uint32_t>(size);
  }

  /// The spelling of a null at the mark; empty when the mark is that of the next token.
  std::string_view null_word(const YAML::Mark& mark) const {
    const std::string_view rest = text_.substr(std::min<std::size_t>(text_.size(), mark_pos(mark)));
    for (const std::string_view word : {"~", "null", "Null", "NULL"}) {
      if (rest.substr(0, word.size()) != word) continue;
      const std::string_view behind = rest.substr(word.size());
      if (behind.empty() || std::string_view(" \t\r\n,]}").find(behind[0]) != behind.npos)
        return rest.substr(0, word.size());
    }
    return {};
  }

  /// An anchor and a tag stand before the value that they belong to; both are marked as its begin.
  std::size_t behind_properties(std::size_t pos) const {
    std::size_t value = pos;
    while (value < text_.size() && (text_[value] == '&' || text_[value] == '!')) {
      value = text_.find_first_not_of(" \t", text_.find_first_of(" \t\r\n", value));
      if (value >= text_.size() || text_[value] == '\n' || text_[value] == '\r') return pos;
    }
    return value;
  }

  static std::size_t mark_pos(const YAML::Mark& mark) { return static_cast<std::size_t>(mark.pos); }

  /// yaml-cpp marks an empty value at the next token, often a line further: show its key instead.
  void point_at_key(NodeRecord& node) const {
    if (open_.empty()) return;
    const NodeRecord& parent = document_.nodes[open_.back()];
    if (parent.kind != NodeKind::Map || parent.size % 2 != 0) return;
    // The node before an empty value is its key, or the key's last descendant.
    const NodeRecord& key = document_.nodes[next_index() - 2];
    node.line = key.line;
    node.column = key.column;
    node.length = key.length;
  }

  std::uint32_t token_length(const YAML::Mark& mark) const {
    const std::size_t end = text_.find_first_of(" \t\r\n,]}:", mark_pos(mark));
    return static_cast<std::uint32_t>(std::min(end, text_.size()) - mark_pos(mark));
  }

  /// Bytes of a scalar on its first line, quotes included.
  std::uint32_t scalar_length(std::size_t pos, char first, std::size_t size) const {
    std::size_t end = pos + size;
    if (first == '"' || first == '\'') {
      for (end = pos + 1; end < text_.size() && text_[end] != '\n'; ++end) {
        const bool doubled = first == '\'' && text_.substr(end, 2) == "''";
        if (doubled || (first == '"' && text_[end] == '\\'))
          ++end;
        else if (text_[end] == first)
          break;
      }
      if (end < text_.size() && text_[end] == first) ++end;
    }
    const std::size_t line_end = std::min(text_.find('\n', pos), text_.size());
    return static_cast<std::uint32_t>(std::max<std::size_t>(std::min(end, line_end), pos + 1) -
                                      pos);
  }

  ScalarType type_of(Span at, const std::string& tag, const std::string& value) {
    if (tag == "?" || tag.empty()) return plain_scalar_type(value);
    if (tag == "!") return ScalarType::String;
    const std::string_view name = std::string_view(tag).substr(
        tag.rfind(kTagPrefix, 0) == 0 ? kTagPrefix.size() : tag.size());
    if (name == "str") return ScalarType::String;
    if (name == "int") return ScalarType::Int;
    if (name == "float") return ScalarType::Float;
    if (name == "bool") return ScalarType::Bool;
    if (name == "null") return ScalarType::Null;
    refuse_tag(at, tag);
    return ScalarType::String;
  }

  void refuse_tag(Span at, const std::string& tag) {
    failed_ = true;
    Diagnostic& d = out_.add(FindingId::Y001, at, fmt::format("the tag {} is not accepted", tag));
    d.help = "values are text, numbers, booleans, null, lists and mappings; leave the tag out";
  }

  std::string_view text_;
  SourceId source_;
  Document& document_;
  Diagnostics& out_;
  std::vector<std::uint32_t> open_;
  std::vector<std::uint32_t> anchors_;  // by yaml-cpp's id: index of the node
  bool failed_ = false;
};

/// yaml-cpp leaves a byte order mark out of its positions.
std::string_view without_bom(std::string_view text) {
  constexpr std::string_view kBom = "\xEF\xBB\xBF";
  return text.substr(text.substr(0, kBom.size()) == kBom ? kBom.size() : 0);
}

/// Look-ups in a map of a few keys are fastest by going through them.
constexpr std::uint32_t kFewKeys = 12;

void sort_keys(Document& document) {
  document.sorted.push_back(0);  // so that no map's keys stand at 0
  for (std::uint32_t i = 0; i < document.nodes.size(); ++i) {
    NodeRecord& map = document.nodes[i];
    if (map.kind != NodeKind::Map || map.size <= kFewKeys) continue;
    map.text = static_cast<std::uint32_t>(document.sorted.size());
    for (std::uint32_t key = i + 1; key < map.end;) {
      document.sorted.push_back(key);
      key = document.nodes[document.nodes[key].end].end;
    }
    const auto text = [&](std::uint32_t key) { return Node(&document.tree, key).text(); };
    std::stable_sort(document.sorted.begin() + map.text, document.sorted.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return text(a) < text(b); });
  }
  document.tree.sorted = document.sorted.data();
}

}  // namespace

std::unique_ptr<Document> load_yaml(const Sources& sources, SourceId source, Diagnostics& out) {
  const std::string_view text = without_bom(sources.text(source));
  if (text.size() >= UINT32_MAX / 2) {
    out.add(FindingId::Y001, {source, 1, 1, 1}, "the file is too large");
    return nullptr;
  }
  if (!load::passes_gate(sources, source, out)) return nullptr;
  auto document = std::make_unique<Document>();
  TreeBuilder builder(text, source, *document, out);
  try {
    std::istringstream input{std::string(text)};
    YAML::Parser parser(input);
    parser.HandleNextDocument(builder);
  } catch (const YAML::Exception& e) {
    const Span at{source, static_cast<std::uint32_t>(e.mark.line + 1),
                  static_cast<std::uint32_t>(e.mark.column + 1), 1};
    out.add(FindingId::Y001, at, e.msg);
    return nullptr;
  }
  if (builder.failed()) return nullptr;
  document->tree = {document->nodes.data(), static_cast<std::uint32_t>(document->nodes.size()),
                    text, document->pool, source};
  sort_keys(*document);
  return document;
}

}  // namespace ipucnn
