#include "ipucnn/yaml_syntax_check.h"

#include <fmt/format.h>
#include <yaml.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "load/tabs.h"
#include "load/yaml_digest.h"
#include "load/yaml_problems.h"

namespace ipucnn::load {
namespace {

struct ParserDeleter {
  void operator()(yaml_parser_t* parser) const {
    yaml_parser_delete(parser);
    delete parser;
  }
};
using ParserPointer = std::unique_ptr<yaml_parser_t, ParserDeleter>;

struct Event {
  yaml_event_t raw{};
  ~Event() { yaml_event_delete(&raw); }
};

std::string_view as_text(const yaml_char_t* text, std::size_t size) {
  return {reinterpret_cast<const char*>(text), size};
}

std::string as_text(const yaml_char_t* text) { return reinterpret_cast<const char*>(text); }

/// As in a mark of libyaml, from 0 and in characters.
struct AnchorPlace {
  std::uint32_t line;
  std::uint32_t column;
  std::uint32_t entries;  ///< so many had begun
};

/// Takes one text's events out of libyaml.
class SyntaxCheck {
 public:
  SyntaxCheck(const Sources& sources, SourceId source, const TextPart& part, bool with_entries,
              Diagnostics& out)
      : sources_(sources),
        source_(source),
        first_line_(part.line),
        text_(without_bom(sources.text(source)).substr(part.offset, part.size)),
        out_(out),
        parser_(new yaml_parser_t()),
        has_tabs_(text_.find('\t') != std::string_view::npos),
        entries_wanted_(with_entries) {}

  std::optional<SyntaxReport> run() {
    if (!check_line_ends() || yaml_parser_initialize(parser_.get()) == 0) return std::nullopt;
    yaml_parser_set_encoding(parser_.get(), YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(
        parser_.get(), reinterpret_cast<const unsigned char*>(text_.data()), text_.size());
    while (true) {
      Event event;
      if (yaml_parser_parse(parser_.get(), &event.raw) == 0) {
        report_refusal();
        return std::nullopt;
      }
      if (event.raw.type == YAML_STREAM_END_EVENT) break;
      if (!take(event.raw) || !check_flow(event.raw)) return std::nullopt;
    }
    if (has_tabs_ && !check_tabs()) return std::nullopt;
    end_part(root_children_ == 0);
    if (!entries_wanted_) report_.entries.clear();
    report_.digest = digest_.value();
    return report_;
  }

 private:
  /// A child of the mapping that the file is: each key begins a part of the digest, and an entry.
  void begin_child(const yaml_event_t& event) {
    if (depth_ != 1 || !root_is_map_ || root_children_++ % 2 != 0) return;
    end_part(root_children_ == 1);
    digest_.next_part();
    const bool plain = event.type == YAML_SCALAR_EVENT &&
                       event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
                       event.data.scalar.anchor == nullptr && event.start_mark.column == 0;
    if (!plain) entries_wanted_ = false;
    if (entries_wanted_)
      report_.entries.push_back({static_cast<std::uint32_t>(event.start_mark.index),
                                 static_cast<std::uint32_t>(event.start_mark.line) + 1,
                                 0,
                                 {}});
  }

  void end_part(bool is_head) {
    if (is_head)
      report_.head = digest_.part();
    else if (entries_wanted_)
      report_.entries.back().digest = digest_.part();
  }

  /// An entry needs the one that an alias of its leads to.
  bool take_alias(const yaml_event_t& event) {
    const auto anchor = anchors_.find(std::hash<std::string>()(as_text(event.data.alias.anchor)));
    if (anchor == anchors_.end())
      return refuse(event.start_mark, "no anchor of this name stands above",
                    "an anchor is set where its value begins: `name: &anchor`");
    if (!entries_wanted_ || report_.entries.empty()) return true;
    const std::uint32_t begun = anchor->second.entries;
    auto& needs = report_.entries.back().needs;
    if (begun == 0)
      entries_wanted_ = false;  // it leads to the whole file
    else if (begun != report_.entries.size() &&
             std::find(needs.begin(), needs.end(), begun - 1) == needs.end())
      needs.push_back(begun - 1);
    return true;
  }

  bool take(const yaml_event_t& event) {
    if (event.type == YAML_SCALAR_EVENT || event.type == YAML_ALIAS_EVENT ||
        event.type == YAML_SEQUENCE_START_EVENT || event.type == YAML_MAPPING_START_EVENT)
      begin_child(event);
    switch (event.type) {
      case YAML_DOCUMENT_START_EVENT:
        return ++documents_ == 1 ||
               refuse(event.start_mark, "a second document begins here",
                      "one file is one document: split the file, or remove the `---` or `...`");
      case YAML_SCALAR_EVENT:
        ++report_.nodes;
        return take_scalar(event);
      case YAML_ALIAS_EVENT:
        ++report_.nodes;
        digest_.alias();
        return take_alias(event);
      case YAML_SEQUENCE_START_EVENT:
        digest_.open_list();
        return open(event, event.data.sequence_start.anchor);
      case YAML_MAPPING_START_EVENT:
        digest_.open_map();
        if (depth_ == 0) root_is_map_ = true;
        return open(event, event.data.mapping_start.anchor);
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT:
        // The end of the whole file is part of no entry.
        if (--depth_ > 0) digest_.close();
        return true;
      default:
        return true;
    }
  }

  bool check_flow(const yaml_event_t& event) {
    const bool opens = (event.type == YAML_SEQUENCE_START_EVENT &&
                        event.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE) ||
                       (event.type == YAML_MAPPING_START_EVENT &&
                        event.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE);
    if (opens && flow_depth_ == 0) {
      flow_ = event.start_mark;
      flow_depth_ = depth_;
    }
    if (flow_depth_ == 0) return true;
    if (depth_ < flow_depth_) {
      flow_depth_ = 0;
      return true;
    }
    if (event.end_mark.line != flow_.line) flow_ = event.end_mark;
    return event.end_mark.column - flow_.column <= kLongestFlow ||
           refuse(flow_,
                  fmt::format("brackets with more than {} characters on one line", kLongestFlow),
                  "break the line");
  }

  bool take_scalar(const yaml_event_t& event) {
    const auto& scalar = event.data.scalar;
    const bool quoted =
        scalar.style != YAML_PLAIN_SCALAR_STYLE && scalar.style != YAML_ANY_SCALAR_STYLE;
    digest_.scalar(as_text(scalar.value, scalar.length), quoted);
    if (quoted && has_tabs_) tabs_.allow(place(event.start_mark), place(event.end_mark));
    return set_anchor(scalar.anchor, event.start_mark);
  }

  bool open(const yaml_event_t& event, const yaml_char_t* anchor) {
    ++report_.nodes;
    if (++depth_ > kDeepestNesting)
      return refuse(event.start_mark, fmt::format("nested deeper than {} levels", kDeepestNesting),
                    {});
    return set_anchor(anchor, event.start_mark);
  }

  /// libyaml's events let an anchor be set again, the scripts' reader does not.
  bool set_anchor(const yaml_char_t* anchor, const yaml_mark_t& mark) {
    if (anchor == nullptr) return true;
    const auto [first, added] = anchors_.emplace(
        std::hash<std::string>()(as_text(anchor)),
        AnchorPlace{static_cast<std::uint32_t>(mark.line), static_cast<std::uint32_t>(mark.column),
                    static_cast<std::uint32_t>(report_.entries.size())});
    if (added) return true;
    Diagnostic& d = out_.add(FindingId::Y001, span_at(mark),
                             fmt::format("the anchor &{} is set a second time", as_text(anchor)));
    d.help = "give each anchor its own name";
    yaml_mark_t first_mark{};
    first_mark.line = first->second.line;
    first_mark.column = first->second.column;
    d.notes.push_back({"it is set first here", span_at(first_mark)});
    return false;
  }

  bool refuse(const yaml_mark_t& mark, std::string message, std::string_view help) {
    out_.add(FindingId::Y001, span_at(mark), std::move(message)).help = help;
    return false;
  }

  static TextPlace place(const yaml_mark_t& mark) { return {mark.line, mark.column}; }

  /// libyaml counts characters, we count bytes.
  Span span_at(const yaml_mark_t& mark) const {
    Span at{source_, static_cast<std::uint32_t>(mark.line) + first_line_, 1, 1};
    at.column = static_cast<std::uint32_t>(byte_of_column(sources_.line(at), mark.column)) + 1;
    return at;
  }

  /// libyaml's reader knows only the byte offset of what it refuses.
  Span span_at_offset(std::size_t offset) const {
    const std::string_view before = text_.substr(0, offset);
    std::uint32_t line = first_line_;
    for (const char c : before) line += c == '\n' ? 1U : 0U;
    const std::size_t last_break = before.rfind('\n');
    const std::size_t column =
        last_break == std::string_view::npos ? before.size() : before.size() - last_break - 1;
    return {source_, line, static_cast<std::uint32_t>(column) + 1, 1};
  }

  void report_refusal() {
    const std::string_view problem = parser_->problem == nullptr ? "not YAML" : parser_->problem;
    if (parser_->error == YAML_READER_ERROR) {
      report_problem({problem, "UTF-8", span_at_offset(parser_->problem_offset), {}, '\0'}, out_);
      return;
    }
    const std::size_t offset = parser_->problem_mark.index;
    const Span at = span_at(parser_->problem_mark);
    const std::string_view line = sources_.line(at);
    const char character =
        offset == text_.size() || at.column > line.size() ? '\0' : line[at.column - 1];
    const bool has_context = parser_->context != nullptr;
    report_problem({problem, has_context ? std::string_view(parser_->context) : "", at,
                    has_context ? span_at(parser_->context_mark) : Span{}, character},
                   out_);
  }

  /// The scripts' reader ends a line at these, and yaml-cpp and most editors do not.
  bool check_line_ends() {
    for (std::size_t at = text_.find('\r'); at != std::string_view::npos;
         at = text_.find('\r', at + 1)) {
      if (at + 1 < text_.size() && text_[at + 1] == '\n') continue;
      out_.add(FindingId::Y001, span_at_offset(at), "a carriage return without a line feed").help =
          "save the file with one kind of line end";
      return false;
    }
    for (const std::string_view separator : {"\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9"}) {
      const std::size_t at = text_.find(separator);
      if (at == std::string_view::npos) continue;
      out_.add(FindingId::Y001, span_at_offset(at), "a line separator of Unicode").help =
          "end the line with a line feed, or write \\u2028 in double quotes";
      return false;
    }
    return true;
  }

  bool check_tabs() {
    const auto at = tabs_.first_refused(text_);
    if (!at) return true;
    out_.add(FindingId::Y001, span_at_offset(*at), "a tab stands outside of a text").help =
        "indent and separate with blanks";
    return false;
  }

  const Sources& sources_;
  SourceId source_;
  std::uint32_t first_line_;
  std::string_view text_;
  Diagnostics& out_;
  ParserPointer parser_;
  bool has_tabs_;
  bool entries_wanted_;
  bool root_is_map_ = false;
  std::size_t root_children_ = 0;
  AllowedTabs tabs_;
  /// By a hash of the name, because a hostile file can be all anchors.
  std::unordered_map<std::size_t, AnchorPlace> anchors_;
  EventDigest digest_;
  SyntaxReport report_;
  yaml_mark_t flow_{};  ///< where the outermost brackets open, or their last line begins
  int flow_depth_ = 0;  ///< depth_ inside of them; 0: none are open
  int depth_ = 0;
  int documents_ = 0;
};

}  // namespace

std::string_view without_bom(std::string_view text) {
  constexpr std::string_view kBom = "\xEF\xBB\xBF";
  return text.substr(text.substr(0, kBom.size()) == kBom ? kBom.size() : 0);
}

std::optional<SyntaxReport> check_yaml_syntax(const Sources& sources, SourceId source,
                                              bool with_entries, Diagnostics& out) {
  const TextPart whole{0, std::string_view::npos};
  return SyntaxCheck(sources, source, whole, with_entries, out).run();
}

std::optional<SyntaxReport> check_yaml_syntax(const Sources& sources, SourceId source,
                                              const TextPart& part, Diagnostics& out) {
  return SyntaxCheck(sources, source, part, false, out).run();
}

std::vector<TextPart> yaml_documents(std::string_view text) {
  std::vector<TextPart> found;
  TextPart part;
  bool content = false;  // more than comments and directives
  std::uint32_t line = 1;
  for (std::size_t at = 0; at < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    const std::string_view words = text.substr(at, end - at);
    const bool begins =
        words.starts_with("---") &&
        (words.size() == 3 || std::string_view(" \t\r\n").find(words[3]) != words.npos);
    if (begins && content) {
      part.size = at - part.offset;
      found.push_back(part);
      part = {at, 0, line, 0, 0};
    }
    const std::size_t first = words.find_first_not_of(" \t\r\n");
    content = content || begins || (first != words.npos && words[first] != '#' && words[0] != '%');
    at = end;
  }
  part.size = text.size() - part.offset;
  found.push_back(part);
  return found;
}

}  // namespace ipucnn::load
