#pragma once

#include <string>
#include <string_view>

namespace ipucnn {

/// `printable`, with line ends kept: formats of text have no place for control characters.
std::string printable_lines(std::string_view text);

/// Text as XML and HTML hold it between tags and in attributes. What neither may hold, a control
/// character that is no line feed, becomes a blank, and a byte that is no UTF-8 a question mark.
std::string markup_text(std::string_view raw);

/// A field of comma-separated values (RFC 4180). A text that a spreadsheet would work out, as one
/// that begins with =, has an apostrophe in front, which spreadsheets take for the mark of a text;
/// control characters and bytes that are no UTF-8 are question marks.
std::string csv_field(std::string_view raw);

/// Text in a cell of a table of Markdown, where it means itself: no markup, no end of the cell.
std::string table_cell(std::string_view raw);

}  // namespace ipucnn
