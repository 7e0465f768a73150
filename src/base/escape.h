#pragma once

#include <string>
#include <string_view>

namespace ipucnn {

/// Text as XML and HTML hold it between tags and in attributes. What neither may hold, a control
/// character that is no line feed, becomes a blank.
std::string markup_text(std::string_view raw);

/// A field of comma-separated values (RFC 4180).
std::string csv_field(std::string_view raw);

/// Text in a cell of a table of Markdown.
std::string table_cell(std::string_view raw);

}  // namespace ipucnn
