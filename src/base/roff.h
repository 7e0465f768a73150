#pragma once

#include <string>
#include <string_view>

namespace ipucnn {

/// A page of the manual as man(7) writes it. Texts are plain; whatever roff would take for a
/// request or an escape is written so that it is shown.
class ManualPage {
 public:
  /// `name` is that of the page, `about` what stands behind the dash of NAME.
  ManualPage(std::string_view name, int section, std::string_view date, std::string_view source,
             std::string_view about);

  void heading(std::string_view title);
  void part(std::string_view title);  ///< below a heading
  void paragraph(std::string_view text);
  /// A term with what it takes, and what it is.
  void item(std::string_view term, std::string_view takes, std::string_view text);
  /// Lines as they are.
  void literal(std::string_view text);
  /// The other pages, `name(section)` each, separated by commas.
  void see_also(std::string_view pages);

  const std::string& text() const { return text_; }

 private:
  std::string text_;
  bool at_heading_ = false;  ///< nothing stands below the last heading yet
};

}  // namespace ipucnn
