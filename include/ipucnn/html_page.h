#pragma once

#include <string>

namespace ipucnn::reporting {

/// A whole page of HTML, with its style, that needs nothing else. `body` is markup, the title is
/// text.
std::string page(const std::string& title, const std::string& body);

/// What stands around such a body. `pictures`: it has some.
struct PageFrame {
  std::string head, foot;
};
PageFrame page_frame(const std::string& title, bool pictures);

}  // namespace ipucnn::reporting
