#include "load/yaml_gate.h"

#include <fmt/format.h>
#include <yaml.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/text.h"

namespace ipucnn::load {
namespace {

struct ParserDeleter {
  void operator()(yaml_parser_t* parser) const {
    yaml_parser_delete(parser);
    delete parser;
  }
};
using ParserPointer = std::unique_ptr<yaml_parser_t, ParserDeleter>;

/// libyaml counts characters, we count bytes.
Span span_at(const Sources& sources, SourceId source, const yaml_mark_t& mark) {
  Span at{source, static_cast<std::uint32_t>(mark.line) + 1, 1, 1};
  const std::string_view line = sources.line(at);
  std::size_t bytes = 0;
  for (std::size_t characters = 0; bytes < line.size(); ++bytes) {
    const bool starts = (static_cast<unsigned char>(line[bytes]) & 0xC0U) != 0x80U;
    if (starts && characters++ == mark.column) break;
  }
  at.column = static_cast<std::uint32_t>(bytes) + 1;
  return at;
}

/// libyaml's reader knows only the byte offset of what it refuses.
Span span_at_offset(const Sources& sources, SourceId source, std::size_t offset) {
  const std::string_view before = sources.text(source).substr(0, offset);
  std::uint32_t line = 1;
  for (const char c : before) line += c == '\n' ? 1U : 0U;
  const std::size_t last_break = before.rfind('\n');
  const std::size_t column =
      last_break == std::string_view::npos ? before.size() : before.size() - last_break - 1;
  return {source, line, static_cast<std::uint32_t>(column) + 1, 1};
}

void report(const Sources& sources, SourceId source, const yaml_parser_t& parser,
            Diagnostics& out) {
  const std::string_view problem = parser.problem == nullptr ? "not YAML" : parser.problem;
  if (parser.error == YAML_READER_ERROR) {
    out.add(FindingId::Y001, span_at_offset(sources, source, parser.problem_offset),
            fmt::format("{}", problem));
    return;
  }
  Diagnostic& d =
      out.add(FindingId::Y001, span_at(sources, source, parser.problem_mark), std::string(problem));
  if (parser.context != nullptr)
    d.notes.push_back({parser.context, span_at(sources, source, parser.context_mark)});
}

}  // namespace

bool passes_gate(const Sources& sources, SourceId source, Diagnostics& out) {
  ParserPointer parser(new yaml_parser_t);
  if (yaml_parser_initialize(parser.get()) == 0)
    return true;  // out of memory; yaml-cpp will say so
  const std::string_view text = sources.text(source);
  yaml_parser_set_encoding(parser.get(), YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(parser.get(), reinterpret_cast<const unsigned char*>(text.data()),
                               text.size());
  int depth = 0;
  int documents = 0;
  while (true) {
    yaml_event_t event;
    if (yaml_parser_parse(parser.get(), &event) == 0) {
      report(sources, source, *parser, out);
      return false;
    }
    const yaml_event_type_t type = event.type;
    const Span at = type == YAML_DOCUMENT_START_EVENT || depth == kDeepestNesting
                        ? span_at(sources, source, event.start_mark)
                        : Span{};
    yaml_event_delete(&event);
    if (type == YAML_STREAM_END_EVENT) return true;
    if (type == YAML_DOCUMENT_START_EVENT && ++documents == 2) {
      out.add(FindingId::Y001, at, "a second document begins here").help =
          "one file is one document: split the file, or remove the `---`";
      return false;
    }
    if (type == YAML_SEQUENCE_START_EVENT || type == YAML_MAPPING_START_EVENT) {
      if (++depth > kDeepestNesting) {
        out.add(FindingId::Y001, at, fmt::format("nested deeper than {} levels", kDeepestNesting));
        return false;
      }
    } else if (type == YAML_SEQUENCE_END_EVENT || type == YAML_MAPPING_END_EVENT) {
      --depth;
    }
  }
}

}  // namespace ipucnn::load
