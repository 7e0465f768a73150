#include "load/yaml_problems.h"

#include <fmt/format.h>

namespace ipucnn::load {
namespace {

enum class Place : std::uint8_t { Problem, Context };

struct Row {
  std::string_view problem;  ///< how libyaml's text begins
  std::string_view context;  ///< a part of its context; empty fits every one
  Place place;
  std::string_view message;
  std::string_view help;
};

constexpr std::string_view kQuoteIt = "put the text in quotes";
constexpr std::string_view kIndent = "keys of one mapping begin in the same column";

// The first row that fits is taken.
constexpr Row kRows[] = {
    {"found unexpected end of stream", "quoted scalar", Place::Context,
     "the quote that opens here is never closed", "close it at the end of the text"},
    {"found unexpected document indicator", "quoted scalar", Place::Context,
     "the quote that opens here is not closed before the document ends", ""},
    {"found unknown escape character", "", Place::Problem,
     "a backslash in double quotes begins an escape, and this is none",
     "write \\\\ for a backslash, or use single quotes"},
    {"did not find expected hexdecimal number", "", Place::Problem,
     "an escape needs hexadecimal digits here", "\\x takes 2 digits, \\u 4 and \\U 8"},
    {"found invalid Unicode character escape code", "", Place::Problem,
     "the escape names no character", ""},
    {"could not find expected ':'", "", Place::Context, "no ':' follows this key",
     "a key and its value are written `key: value`"},
    {"mapping values are not allowed", "", Place::Problem, "a ':' makes no sense here",
     "a text that holds ': ' is put in quotes; keys of one mapping begin in the same column"},
    {"mapping keys are not allowed", "", Place::Problem, "a '?' cannot begin a key here", kQuoteIt},
    {"block sequence entries are not allowed", "", Place::Problem,
     "a list item cannot begin on this line",
     "write `key: [a, b]`, or begin the items on the next line"},
    {"found a tab character that violates ind", "", Place::Problem,
     "a tab stands where the line is indented", "indent with blanks"},
    {"found a tab character where an ind", "", Place::Problem,
     "a tab stands where the line is indented", "indent with blanks"},
    {"did not find expected key", "block mapping", Place::Problem, "here a key is expected",
     kIndent},
    {"did not find expected '-' indicator", "", Place::Problem,
     "here a further list item is expected", "items of one list begin with '-' in the same column"},
    {"did not find expected ',' or ']'", "", Place::Context,
     "the list that opens here is not closed with ']'", "its items are separated by commas"},
    {"did not find expected ',' or '}'", "", Place::Context,
     "the mapping that opens here is not closed with '}'", "its pairs are separated by commas"},
    {"did not find expected node content", "", Place::Problem, "here a value is expected", ""},
    {"did not find expected <document start>", "", Place::Problem,
     "the document ended above, and more text follows",
     "keys of one mapping begin in the same column; one file is one document"},
    {"did not find expected alphabetic or numeric character", "anchor", Place::Context,
     "an anchor's name is letters, digits, '-' and '_'",
     "a text that begins with '&' is put in quotes"},
    {"did not find expected alphabetic or numeric character", "alias", Place::Context,
     "an alias's name is letters, digits, '-' and '_'",
     "a text that begins with '*' is put in quotes"},
    {"did not find expected comment or line break", "block scalar", Place::Problem,
     "text stands behind the '|' or '>' of a block",
     "begin the text on the next line, indented; or put it in quotes"},
    {"found an indentation indicator equal to 0", "", Place::Problem,
     "a block's indentation is 1 to 9", ""},
    {"found unexpected ':'", "", Place::Problem, "a ':' makes no sense here", kQuoteIt},
    {"found undefined tag handle", "", Place::Context, "this tag's prefix is not defined",
     "values need no tags; a text that begins with '!' is put in quotes"},
    {"did not find URI escaped octet", "", Place::Context, "this tag is malformed", kQuoteIt},
    {"did not find expected", "tag", Place::Context, "this tag is malformed",
     "values need no tags; a text that begins with '!' is put in quotes"},
    {"found incompatible YAML document", "", Place::Problem, "this version of YAML is not read",
     "leave the %YAML line out"},
    {"", "directive", Place::Context,
     "a line that begins with '%' is a directive, and this is none", kQuoteIt},
    {"control characters are not allowed", "", Place::Problem, "a control character", "remove it"},
    {"incomplete UTF-8", "", Place::Problem, "the text ends in the middle of a character",
     "save the file as UTF-8"},
    {"invalid", "UTF-8", Place::Problem, "a byte that is not UTF-8", "save the file as UTF-8"},
};

const Row* find_row(const YamlProblem& problem) {
  for (const Row& row : kRows)
    if (problem.problem.substr(0, row.problem.size()) == row.problem &&
        problem.context.find(row.context) != std::string_view::npos)
      return &row;
  return nullptr;
}

void report_character(const YamlProblem& problem, Diagnostics& out) {
  if (problem.character == '\t') {
    out.add(FindingId::Y001, problem.at, "a tab stands outside of a text").help =
        "indent and separate with blanks";
    return;
  }
  out.add(FindingId::Y001, problem.at,
          fmt::format("a '{}' cannot begin a value", problem.character))
      .help = kQuoteIt;
}

}  // namespace

void report_problem(const YamlProblem& problem, Diagnostics& out) {
  if (problem.problem == "found character that cannot start any token") {
    report_character(problem, out);
    return;
  }
  const Row* row = find_row(problem);
  if (row == nullptr) {
    Diagnostic& d = out.add(FindingId::Y001, problem.at, std::string(problem.problem));
    if (!problem.context.empty())
      d.notes.push_back({std::string(problem.context), problem.context_at});
    return;
  }
  const bool at_context = row->place == Place::Context && problem.context_at.line > 0;
  Diagnostic& d = out.add(FindingId::Y001, at_context ? problem.context_at : problem.at,
                          std::string(row->message));
  d.help = row->help;
}

}  // namespace ipucnn::load
