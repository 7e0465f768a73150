#pragma once

#include <string>

namespace ipucnn::reporting {

/// A whole page of HTML, with its style, that needs nothing else. `body` is markup, the title is
/// text.
std::string page(const std::string& title, const std::string& body);

}  // namespace ipucnn::reporting
