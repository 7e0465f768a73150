// The only file that sees yaml-cpp: its events become a flat table of nodes.
#include "load/yaml_events.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <utility>

#include "ipucnn/tree.h"
#include "ipucnn/yaml_syntax_check.h"
#include "load/partial_read.h"
#include "load/timestamp.h"
#include "load/yaml_digest.h"
#include "load/yaml_spelling.h"

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

/// yaml-cpp counts from 0, and only what it was given.
load::Place place_in(const load::PartialText& slices, const YAML::Mark& mark) {
  return slices.place({static_cast<std::size_t>(mark.pos), static_cast<std::uint32_t>(mark.line),
                       static_cast<std::uint32_t>(mark.column) + 1});
}

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view text, const load::PartialText& slices, SourceId source,
              Document& document, bool foreign, Diagnostics& out)
      : text_(text),
        parts_(slices),
        source_(source),
        document_(document),
        foreign_(foreign),
        out_(out) {}

  bool failed() const { return failed_; }
  std::uint64_t digest() const { return digest_.value(); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    // A null of no text is marked at the next token, which can stand in another slice.
    const auto read_offset = static_cast<std::size_t>(mark.pos);
    const auto slice_end = begin_node() ? std::nullopt : parts_.end_before(read_offset);
    const load::Place place =
        slice_end ? *slice_end : load::behind_properties(text_, place_of(mark));
    const std::string_view spelled = load::null_word(text_, place);
    NodeRecord& node = add(NodeKind::Scalar, place, anchor);
    node.type = ScalarType::Null;
    node.plain = true;
    node.text = static_cast<std::uint32_t>(place.offset);
    node.size = static_cast<std::uint32_t>(spelled.size());
    node.set_length(node.size);
    if (spelled.empty()) {
      node.text = 0;
      point_at_owner(node, place);
    }
    digest_.scalar({}, false);
    finish(node);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    begin_node();
    const load::Place place = place_of(mark);
    NodeRecord& node = add(NodeKind::Alias, place, YAML::NullAnchor);
    node.text = anchor < anchors_.size() ? anchors_[anchor] : 0;
    node.set_length(load::token_length(text_, place));
    digest_.alias();
    if (document_.nodes[node.text].end == kUnfinished)
      refuse(FindingId::Y002, node, "an alias stands inside the value it names", {});
    finish(node);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    begin_node();
    const load::Place place = load::behind_properties(text_, place_of(mark));
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
    node.set_length(load::scalar_length(text_, pos, value.size()));
    node.type = type_of(node, mark, tag, value);
    digest_.scalar(value, quoted);
    finish(node);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    begin_node();
    digest_.open_list();
    open(NodeKind::List, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    begin_node();
    digest_.open_map();
    open(NodeKind::Map, mark, tag, anchor);
  }
  void OnMapEnd() override {
    document_.nodes[open_.back()].size /= 2;  // counted keys and values
    const std::uint32_t map = open_.back();
    close();
    count_merges(map);
  }

  /// The scripts' reader refuses a file with a wrong merge anywhere in it.
  void check_merges() {
    const Tree tree{document_.nodes.data(), next_index(), text_, document_.pool, source_};
    for (const MergeKey& merge : merge_keys_) {
      const Node value(&tree, merge.key + 1);
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
  struct MergeKey {
    std::uint32_t map;
    std::uint32_t key;
  };

  std::uint32_t next_index() const { return static_cast<std::uint32_t>(document_.nodes.size()); }

  NodeRecord& add(NodeKind kind, const load::Place& place, YAML::anchor_t anchor) {
    if (!open_.empty()) ++document_.nodes[open_.back()].size;
    if (anchor != YAML::NullAnchor) {
      if (anchor >= anchors_.size()) anchors_.resize(anchor + 1, 0);
      anchors_[anchor] = next_index();
    }
    NodeRecord& node = document_.nodes.emplace_back();
    node.end = kUnfinished;
    node.line = place.line;
    node.column = place.column;
    node.kind = kind;
    node.type = ScalarType::String;
    node.length = 1;
    return node;
  }

  void finish(NodeRecord& node) { node.end = next_index(); }

  void open(NodeKind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    add(kind, place_of(mark), anchor);
    if (!tag.empty() && tag != "?" && tag != "!" && tag != tag_of(kind)) refuse_tag(mark, tag);
    open_.push_back(next_index() - 1);
  }

  /// How deep a mapping's merges go is known when it ends: what it merges has ended before.
  void count_merges(std::uint32_t map) {
    std::size_t deepest = 0;
    for (auto merge = merge_keys_.rbegin(); merge != merge_keys_.rend(); ++merge) {
      if (merge->key < map) break;
      if (merge->map != map) continue;
      const NodeRecord& value = document_.nodes[merge->key + 1];
      deepest = std::max(deepest, depth_of(merge->key + 1));
      for (std::uint32_t item = merge->key + 2; value.kind == NodeKind::List && item < value.end;
           item = document_.nodes[item].end)
        deepest = std::max(deepest, depth_of(item));
    }
    if (deepest == 0) return;
    if (deepest >= kDeepestMerge) {
      if (!failed_)
        refuse(FindingId::Y003, document_.nodes[map],
               fmt::format("merges are nested deeper than {} levels", kDeepestMerge), {});
      return;
    }
    merge_depths_.resize(map + std::size_t{1}, 0);
    merge_depths_[map] = static_cast<std::uint8_t>(deepest);
  }

  /// Levels of mappings that merging this one brings; 1 for one that merges nothing.
  std::size_t depth_of(std::uint32_t node) const {
    const NodeRecord& record = document_.nodes[node];
    const std::uint32_t map = record.kind == NodeKind::Alias ? record.text : node;
    return 1U + (map < merge_depths_.size() ? merge_depths_[map] : 0U);
  }

  static std::string tag_of(NodeKind kind) {
    return std::string(kTagPrefix) + (kind == NodeKind::List ? "seq" : "map");
  }

  void close() {
    document_.nodes[open_.back()].end = next_index();
    open_.pop_back();
    // The end of the whole file is part of no entry.
    if (!open_.empty()) digest_.close();
  }

  Span span(const NodeRecord& node) const { return {source_, node.line, node.column, node.length}; }

  static void set_text(NodeRecord& node, std::size_t at, std::size_t size) {
    node.text = static_cast<std::uint32_t>(at);
    node.size = static_cast<std::uint32_t>(size);
  }

  load::Place place_of(const YAML::Mark& mark) const { return place_in(parts_, mark); }

  /// A key of the mapping that the file is begins a part of the digest. Says whether it is one.
  bool begin_node() {
    if (open_.size() != 1) return false;
    const NodeRecord& root = document_.nodes[open_.front()];
    if (root.kind != NodeKind::Map || root.size % 2 != 0) return false;
    digest_.next_part();
    return true;
  }

  /// yaml-cpp marks an empty value at the next token, often a line further: show its key or its
  /// dash instead.
  void point_at_owner(NodeRecord& node, const load::Place& next) const {
    if (open_.empty()) return;
    const NodeRecord& parent = document_.nodes[open_.back()];
    if (parent.kind == NodeKind::List) {
      if (const auto dash = load::dash_above(text_, next, parent.column)) {
        node.line = dash->line;
        node.column = dash->column;
        node.length = 1;
      }
      return;
    }
    if (parent.size % 2 != 0) return;
    // The node before an empty value is its key, or the key's last descendant.
    const NodeRecord& key = document_.nodes[next_index() - 2];
    node.line = key.line;
    node.column = key.column;
    node.length = key.length;
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
    if (is_timestamp(value) && !foreign_)
      refuse(FindingId::Y007, node, fmt::format("{} without quotes is a date, not a text", value),
             fmt::format("write '{}'", value))
          .fix.push_back({span(node), fmt::format("'{}'", value), value});
    // As a key both are fine.
    const bool is_key = !open_.empty() && document_.nodes[open_.back()].kind == NodeKind::Map &&
                        document_.nodes[open_.back()].size % 2 == 1;
    if (is_key && value == "<<") merge_keys_.push_back({open_.back(), next_index() - 1});
    if (!is_key && (value == "=" || value == "<<"))
      refuse(FindingId::Y001, node, fmt::format("{} without quotes is no value", value),
             fmt::format("write '{}'", value));
    const ScalarType type = plain_scalar_type(value);
    if (type == ScalarType::Int && load::lacks_digits(value))
      refuse(FindingId::Y001, node, fmt::format("'{}' is no number", value),
             fmt::format("write '{}' in quotes if it is a text", value));
    return type;
  }

  /// A value is marked where its tag or its anchor begins, whichever comes first.
  void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    if (foreign_) return;
    const load::Place place = place_of(mark);
    NodeRecord tagged{};
    tagged.line = place.line;
    tagged.column = place.column;
    tagged.set_length(load::token_length(text_, place));
    refuse(FindingId::Y001, tagged, fmt::format("the tag {} is not accepted", short_tag(tag)),
           "values are text, numbers, booleans, null, lists and mappings; leave the tag out");
  }

  Diagnostic& refuse(FindingId id, const NodeRecord& node, std::string message, std::string help) {
    failed_ = true;
    Diagnostic& d = out_.add(id, span(node), std::move(message));
    d.help = std::move(help);
    return d;
  }

  std::string_view text_;
  const load::PartialText& parts_;
  SourceId source_;
  Document& document_;
  const bool foreign_;
  Diagnostics& out_;
  std::vector<std::uint32_t> open_;
  std::vector<std::uint32_t> anchors_;  // by yaml-cpp's id: index of the node
  std::vector<MergeKey> merge_keys_;
  /// By index of a mapping that merges others, and up to the last of them: how deep.
  std::vector<std::uint8_t> merge_depths_;
  load::EventDigest digest_;
  bool failed_ = false;
};

void report_exception(const YAML::Exception& e, const load::PartialText& slices, SourceId source,
                      Diagnostics& out) {
  Span at{source, 1, 1, 1};
  if (e.mark.line >= 0 && e.mark.column >= 0) {
    const load::Place place = place_in(slices, e.mark);
    at = {source, place.line, place.column, 1};
  }
  out.add(FindingId::Y008, at, kReadersDisagree).help = kSpellSimply;
}

}  // namespace

std::unique_ptr<Document> load::read_parts(std::string_view text, const PartialText& parts,
                                           SourceId source, std::uint64_t digest,
                                           std::unique_ptr<Document> document, bool foreign,
                                           Diagnostics& out) {
  TreeBuilder builder(text, parts, source, *document, foreign, out);
  try {
    load::PartialBuffer buffer(text, parts);
    std::istream input(&buffer);
    YAML::Parser parser(input);
    parser.HandleNextDocument(builder);
  } catch (const YAML::Exception& e) {
    report_exception(e, parts, source, out);
    return nullptr;
  }
  builder.check_merges();
  if (builder.failed()) return nullptr;
  if (builder.digest() != digest) {
    out.add(FindingId::Y008, {source, parts.all().front().line, 1, 1},
            fmt::format("the file holds {}", kReadersDisagree))
        .help = kSpellSimply;
    return nullptr;
  }
  document->tree = {document->nodes.data(), static_cast<std::uint32_t>(document->nodes.size()),
                    text, document->pool, source};
  return document;
}

}  // namespace ipucnn
