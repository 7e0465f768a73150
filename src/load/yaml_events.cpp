// The only file that sees yaml-cpp: its events become a flat table of nodes.
#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <streambuf>
#include <utility>

#include "ipucnn/tree.h"
#include "load/timestamp.h"
#include "load/yaml_digest.h"
#include "load/yaml_gate.h"

namespace ipucnn {
namespace {

constexpr std::string_view kTagPrefix = "tag:yaml.org,2002:";
constexpr std::uint32_t kUnfinished = 0;

/// !!name for the tags of YAML itself.
std::string short_tag(const std::string& tag) {
  return tag.rfind(kTagPrefix, 0) == 0 ? "!!" + tag.substr(kTagPrefix.size()) : tag;
}

constexpr const char* kReadersDisagree = "a spelling that YAML readers do not agree on";
constexpr const char* kSpellSimply =
    "write texts that span lines or hold special characters in double quotes, on one line";

/// 0x_ and 0b__: numbers by their form, and without a digit.
bool lacks_digits(std::string_view number) {
  const std::size_t base = number.find_first_of("xb");
  return base != std::string_view::npos &&
         number.find_first_not_of('_', base + 1) == std::string_view::npos;
}

/// A place in the text: its offset, and line and column from 1.
struct Place {
  std::size_t offset;
  std::uint32_t line;
  std::uint32_t column;
};

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view text, SourceId source, Document& document, Diagnostics& out)
      : text_(text), source_(source), document_(document), out_(out) {}

  bool failed() const { return failed_; }
  std::uint64_t digest() const { return digest_.value(); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const Place place = behind_properties(place_of(mark));
    const std::string_view spelled = null_word(place);
    NodeRecord& node = add(NodeKind::Scalar, place, anchor);
    node.type = ScalarType::Null;
    node.plain = true;
    node.text = static_cast<std::uint32_t>(place.offset);
    node.size = static_cast<std::uint32_t>(spelled.size());
    node.length = node.size;
    if (spelled.empty()) {
      node.text = 0;
      point_at_owner(node, place);
    }
    digest_.scalar({}, false);
    finish(node);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const Place place = place_of(mark);
    NodeRecord& node = add(NodeKind::Alias, place, YAML::NullAnchor);
    node.text = anchor < anchors_.size() ? anchors_[anchor] : 0;
    node.length = token_length(place);
    digest_.alias();
    if (document_.nodes[node.text].end == kUnfinished)
      refuse(FindingId::Y002, node, "an alias stands inside the value it names", {});
    finish(node);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const Place place = behind_properties(place_of(mark));
    NodeRecord& node = add(NodeKind::Scalar, place, anchor);
    const std::size_t pos = place.offset;
    const char first = pos < text_.size() ? text_[pos] : '\0';
    const bool block = first == '|' || first == '>';
    const bool quoted = block || first == '"' || first == '\'';
    node.plain = tag == "?";
    if (!quoted && text_.substr(pos, value.size()) == value) {
      set_text(node, pos, value.size());
    } else if (quoted && !block && text_.substr(pos + 1, value.size()) == value) {
      set_text(node, pos + 1, value.size());
    } else {
      node.in_pool = true;
      node.text = static_cast<std::uint32_t>(document_.pool.size());
      node.size = static_cast<std::uint32_t>(value.size());
      document_.pool += value;
    }
    node.length = scalar_length(pos, first, value.size());
    node.type = type_of(node, mark, tag, value);
    digest_.scalar(value, quoted);
    finish(node);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    digest_.open_list();
    open(NodeKind::List, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    digest_.open_map();
    open(NodeKind::Map, mark, tag, anchor);
  }
  void OnMapEnd() override {
    document_.nodes[open_.back()].size /= 2;  // counted keys and values
    close();
  }

  /// The scripts' reader refuses a file with a wrong merge anywhere in it.
  void check_merges() {
    const Tree tree{document_.nodes.data(), next_index(), text_, document_.pool, source_};
    for (const std::uint32_t key : merge_keys_) {
      const Node value(&tree, key + 1);
      if (value.is_map()) continue;
      Node wrong = value.is_list() ? Node{} : value;
      if (value.is_list())
        for (const Node item : value)
          if (!item.is_map() && !wrong) wrong = item;
      if (!wrong) continue;
      failed_ = true;
      out_.add(FindingId::Y005, wrong.at(), "a merge key needs a mapping or a list of mappings")
          .help =
          "write `<<: *anchor`, with the anchor set where the mapping begins (`name: &anchor`)";
    }
  }

 private:
  std::uint32_t next_index() const { return static_cast<std::uint32_t>(document_.nodes.size()); }

  NodeRecord& add(NodeKind kind, const Place& place, YAML::anchor_t anchor) {
    if (!open_.empty()) ++document_.nodes[open_.back()].size;
    if (anchor != YAML::NullAnchor) {
      if (anchor >= anchors_.size()) anchors_.resize(anchor + 1, 0);
      anchors_[anchor] = next_index();
    }
    NodeRecord& node = document_.nodes.emplace_back();
    node = {0, 0, kUnfinished, place.line, place.column, 1, kind, ScalarType::String, false, false};
    return node;
  }

  void finish(NodeRecord& node) { node.end = next_index(); }

  void open(NodeKind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    add(kind, place_of(mark), anchor);
    if (!tag.empty() && tag != "?" && tag != "!" && tag != tag_of(kind)) refuse_tag(mark, tag);
    open_.push_back(next_index() - 1);
  }

  static std::string tag_of(NodeKind kind) {
    return std::string(kTagPrefix) + (kind == NodeKind::List ? "seq" : "map");
  }

  void close() {
    digest_.close();
    document_.nodes[open_.back()].end = next_index();
    open_.pop_back();
  }

  Span span(const NodeRecord& node) const { return {source_, node.line, node.column, node.length}; }

  static void set_text(NodeRecord& node, std::size_t at, std::size_t size) {
    node.text = static_cast<std::uint32_t>(at);
    node.size = static_cast<std::uint32_t>(size);
  }

  /// yaml-cpp counts from 0.
  static Place place_of(const YAML::Mark& mark) {
    return {static_cast<std::size_t>(mark.pos), static_cast<std::uint32_t>(mark.line) + 1,
            static_cast<std::uint32_t>(mark.column) + 1};
  }

  char at(std::size_t offset) const { return offset < text_.size() ? text_[offset] : '\0'; }

  /// yaml-cpp marks a value at its anchor or tag; its text begins further on.
  Place behind_properties(Place place) const {
    const auto step = [&] {
      const bool line_end = at(place.offset) == '\n';
      ++place.offset;
      place = line_end ? Place{place.offset, place.line + 1, 1}
                       : Place{place.offset, place.line, place.column + 1};
    };
    while (at(place.offset) == '&' || at(place.offset) == '!') {
      while (place.offset < text_.size() && !is_blank(at(place.offset))) step();
      while (place.offset < text_.size() && (is_blank(at(place.offset)) || at(place.offset) == '#'))
        if (at(place.offset) == '#')
          while (place.offset < text_.size() && at(place.offset) != '\n') step();
        else
          step();
    }
    return place;
  }

  static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

  /// The spelling of a null at the place; empty when the place is that of the next token.
  std::string_view null_word(const Place& place) const {
    const std::string_view rest = text_.substr(std::min(text_.size(), place.offset));
    for (const std::string_view word : {"~", "null", "Null", "NULL"}) {
      if (rest.substr(0, word.size()) != word) continue;
      const std::string_view behind = rest.substr(word.size());
      if (behind.empty() || std::string_view(" \t\r\n,]}").find(behind[0]) != behind.npos)
        return rest.substr(0, word.size());
    }
    return {};
  }

  /// yaml-cpp marks an empty value at the next token, often a line further: show its key or its
  /// dash instead.
  void point_at_owner(NodeRecord& node, const Place& next) const {
    if (open_.empty()) return;
    const NodeRecord& parent = document_.nodes[open_.back()];
    if (parent.kind == NodeKind::List) {
      point_at_dash(node, next, parent.column);
      return;
    }
    if (parent.size % 2 != 0) return;
    // The node before an empty value is its key, or the key's last descendant.
    const NodeRecord& key = document_.nodes[next_index() - 2];
    node.line = key.line;
    node.column = key.column;
    node.length = key.length;
  }

  /// The nearest line above with a dash where the list has its dashes.
  void point_at_dash(NodeRecord& node, const Place& next, std::uint32_t column) const {
    std::size_t begin = std::min(next.offset, text_.size());
    std::uint32_t line = next.line;
    // The place itself can be the next item's dash.
    while (begin > 0) {
      const std::size_t end = begin;
      begin = text_.rfind('\n', begin - 1);
      begin = begin == std::string_view::npos ? 0 : begin + 1;
      const std::size_t dash = begin + column - 1;
      if (dash < end && text_[dash] == '-') {
        node.line = line;
        node.column = column;
        node.length = 1;
        return;
      }
      if (begin == 0) return;
      --begin;
      --line;
    }
  }

  std::uint32_t token_length(const Place& place) const {
    const std::size_t end = text_.find_first_of(" \t\r\n,]}", place.offset);
    return static_cast<std::uint32_t>(std::min(end, text_.size()) - place.offset);
  }

  /// Bytes of a scalar on its first line, quotes included.
  std::uint32_t scalar_length(std::size_t pos, char first, std::size_t size) const {
    std::size_t end = pos + size;
    if (first == '"' || first == '\'') {
      // \" and '' stand for a quote inside.
      for (end = pos + 1; end < text_.size() && text_[end] != '\n'; ++end) {
        if (first == '"' ? text_[end] == '\\' : text_.substr(end, 2) == "''")
          ++end;
        else if (text_[end] == first)
          break;
      }
      if (end < text_.size() && text_[end] == first) ++end;
    }
    // Not beyond the scalar: a whole file can be one line.
    const std::size_t line_end =
        std::min(text_.substr(0, std::min(end, text_.size())).find('\n', pos), text_.size());
    return static_cast<std::uint32_t>(std::max<std::size_t>(std::min(end, line_end), pos + 1) -
                                      pos);
  }

  ScalarType type_of(const NodeRecord& node, const YAML::Mark& mark, const std::string& tag,
                     const std::string& value) {
    if (tag == "?" || tag.empty()) return type_of_plain(node, value);
    if (tag == "!") return ScalarType::String;
    const std::string_view name = std::string_view(tag).substr(
        tag.rfind(kTagPrefix, 0) == 0 ? kTagPrefix.size() : tag.size());
    if (name == "str") return ScalarType::String;
    bool fits = true;
    if (name == "int") {
      fits = yaml_int(value).has_value();
      if (fits) return ScalarType::Int;
    } else if (name == "float") {
      fits = yaml_float(value).has_value();
      if (fits) return ScalarType::Float;
    } else if (name == "bool") {
      fits = plain_scalar_type(value) == ScalarType::Bool;
      if (fits) return ScalarType::Bool;
    } else if (name == "null") {
      return ScalarType::Null;
    }
    if (fits)
      refuse_tag(mark, tag);
    else
      refuse(FindingId::Y001, node, fmt::format("'{}' is no value of the tag !!{}", value, name),
             "leave the tag out");
    return ScalarType::String;
  }

  ScalarType type_of_plain(const NodeRecord& node, const std::string& value) {
    if (is_timestamp(value))
      refuse(FindingId::Y007, node, fmt::format("{} without quotes is a date, not a text", value),
             fmt::format("write '{}'", value));
    // As a key both are fine.
    const bool is_key = !open_.empty() && document_.nodes[open_.back()].kind == NodeKind::Map &&
                        document_.nodes[open_.back()].size % 2 == 1;
    if (is_key && value == "<<") merge_keys_.push_back(next_index() - 1);
    if (!is_key && (value == "=" || value == "<<"))
      refuse(FindingId::Y001, node, fmt::format("{} without quotes is no value", value),
             fmt::format("write '{}'", value));
    const ScalarType type = plain_scalar_type(value);
    if (type == ScalarType::Int && lacks_digits(value))
      refuse(FindingId::Y001, node, fmt::format("'{}' is no number", value),
             fmt::format("write '{}' in quotes if it is a text", value));
    return type;
  }

  /// A value is marked where its tag or its anchor begins, whichever comes first.
  void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    const Place place = place_of(mark);
    NodeRecord tagged{};
    tagged.line = place.line;
    tagged.column = place.column;
    tagged.length = token_length(place);
    refuse(FindingId::Y001, tagged, fmt::format("the tag {} is not accepted", short_tag(tag)),
           "values are text, numbers, booleans, null, lists and mappings; leave the tag out");
  }

  void refuse(FindingId id, const NodeRecord& node, std::string message, std::string help) {
    failed_ = true;
    out_.add(id, span(node), std::move(message)).help = std::move(help);
  }

  std::string_view text_;
  SourceId source_;
  Document& document_;
  Diagnostics& out_;
  std::vector<std::uint32_t> open_;
  std::vector<std::uint32_t> anchors_;  // by yaml-cpp's id: index of the node
  std::vector<std::uint32_t> merge_keys_;
  load::EventDigest digest_;
  bool failed_ = false;
};

/// A stream over a text that somebody else owns; std::istringstream would copy it twice.
class TextBuffer final : public std::streambuf {
 public:
  explicit TextBuffer(std::string_view text) {
    // A get area is never written to.
    char* begin = const_cast<char*>(text.data());
    setg(begin, begin, begin + text.size());
  }
};

void report_exception(const YAML::Exception& e, SourceId source, Diagnostics& out) {
  const bool placed = e.mark.line >= 0 && e.mark.column >= 0;
  const Span at = placed ? Span{source, static_cast<std::uint32_t>(e.mark.line) + 1,
                                static_cast<std::uint32_t>(e.mark.column) + 1, 1}
                         : Span{source, 1, 1, 1};
  if (e.msg.rfind(YAML::ErrorMsg::UNKNOWN_ANCHOR, 0) == 0) {
    out.add(FindingId::Y001, at, "no anchor of this name stands above").help =
        "an anchor is set where its value begins: `name: &anchor`";
    return;
  }
  out.add(FindingId::Y008, at, kReadersDisagree).help = kSpellSimply;
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
  const std::string_view text = load::without_bom(sources.text(source));
  if (text.size() >= UINT32_MAX / 2) {
    out.add(FindingId::Y001, {source, 1, 1, 1}, "the file is too large");
    return nullptr;
  }
  const auto report = load::pass_gate(sources, source, out);
  if (!report) return nullptr;
  auto document = std::make_unique<Document>();
  document->nodes.reserve(report->nodes);
  TreeBuilder builder(text, source, *document, out);
  try {
    TextBuffer buffer(text);
    std::istream input(&buffer);
    YAML::Parser parser(input);
    parser.HandleNextDocument(builder);
  } catch (const YAML::Exception& e) {
    report_exception(e, source, out);
    return nullptr;
  }
  builder.check_merges();
  if (builder.failed()) return nullptr;
  if (builder.digest() != report->digest) {
    out.add(FindingId::Y008, {source, 1, 1, 1}, fmt::format("the file holds {}", kReadersDisagree))
        .help = kSpellSimply;
    return nullptr;
  }
  document->tree = {document->nodes.data(), static_cast<std::uint32_t>(document->nodes.size()),
                    text, document->pool, source};
  sort_keys(*document);
  return document;
}

}  // namespace ipucnn
