// Placeholders of other programs in texts of their YAML files.
#include "import/placeholders.h"

#include <algorithm>
#include <initializer_list>
#include <optional>

#include "import/shell_words.h"
#include "import/yaml_masks.h"

namespace ipucnn::importing {
namespace {

/// A placeholder at the front of a text: what stands in it, and how long it is.
struct Placeholder {
  std::string name;
  std::size_t size = 0;
};

std::string_view without_blanks(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\n");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\n") + 1 - begin);
}

bool begins_with_one(std::string_view text, std::initializer_list<std::string_view> fronts) {
  return std::any_of(fronts.begin(), fronts.end(),
                     [&](std::string_view front) { return text.starts_with(front); });
}

/// What stands between `open` and `close` at the front of a text.
std::optional<std::string_view> between(std::string_view text, std::string_view open,
                                        std::string_view close) {
  constexpr std::size_t kLongest = 1000;  // so that no text is gone through again and again
  if (!text.starts_with(open)) return std::nullopt;
  const std::size_t end = text.substr(0, kLongest).find(close, open.size());
  if (end == text.npos) return std::nullopt;
  return text.substr(open.size(), end - open.size());
}

std::optional<Placeholder> placeholder_at(std::string_view text, const Placeholders& known) {
  const auto of = [](std::string_view inside, std::size_t marks) {
    return Placeholder{placeholder_name(inside), inside.size() + marks};
  };
  if (const auto inside = between(text, "${{", "}}")) {
    std::string_view name = without_blanks(*inside);
    for (const std::string_view context : {"env.", "variables."})
      if (name.starts_with(context)) name.remove_prefix(context.size());
    return Placeholder{placeholder_name(name), inside->size() + 5};
  }
  if (const auto inside = between(text, "{{", "}}")) {
    // A filter says what becomes of the value, or what it is where nobody gives one.
    return Placeholder{placeholder_name(inside->substr(0, inside->find('|'))), inside->size() + 4};
  }
  if (const auto inside = between(text, kOpenMask, kCloseMask))
    return Placeholder{placeholder_name(inside->substr(0, inside->find('~'))), inside->size() + 4};
  if (const auto inside = between(text, "<<", ">>");
      inside && begins_with_one(without_blanks(*inside), {"parameters.", "pipeline.", "matrix."}))
    return of(*inside, 4);
  if (const auto inside = between(text, "$[[", "]]");
      inside && without_blanks(*inside).starts_with("inputs."))
    return of(*inside, 5);
  if (!known.in_parentheses) return std::nullopt;
  if (const auto inside = between(text, "$(", ")"); inside && known.in_parentheses(*inside))
    return of(*inside, 3);
  return std::nullopt;
}

/// Where a shell's text is in single quotes.
class Quotes {
 public:
  bool single() const { return open_ == '\''; }

  void pass(char c) {
    const bool begins_word = white_;
    white_ = c == ' ' || c == '\t' || c == '\n';
    if (comment_) {
      comment_ = c != '\n';
    } else if (escaped_) {
      escaped_ = false;
    } else if (open_ != '\0') {
      if (c == open_) open_ = '\0';
      escaped_ = c == '\\' && open_ == '"';
    } else if (c == '\'' || c == '"') {
      open_ = c;
    } else {
      escaped_ = c == '\\';
      comment_ = c == '#' && begins_word;
    }
  }

 private:
  char open_ = '\0';
  bool escaped_ = false;
  bool comment_ = false;
  bool white_ = true;
};

/// `begins` says how the variable begins at a place that was passed by.
template <typename Begins, typename Pass>
Located replaced(const Located& text, const Placeholders& known, Begins begins, Pass pass) {
  Located out;
  const std::string_view all = text.text;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (const auto found = placeholder_at(all.substr(i), known)) {
      const std::size_t last = i + found->size - 1;
      out.add(std::string(begins()) + found->name, text.from[i]);
      out.add('}', text.from[last]);
      i = last;
      continue;
    }
    if (known.dollars_doubled && all.substr(i, 2) == "$$") ++i;
    out.add(all[i], text.from[i]);
    pass(all[i]);
  }
  return out;
}

}  // namespace

std::string placeholder_name(std::string_view inside) {
  inside = without_blanks(inside);
  inside.remove_prefix(std::min(inside.find_first_not_of('.'), inside.size()));
  std::string name;
  for (const char c : inside) {
    const std::string_view one(&c, 1);
    if (c == '.' || c == '-')
      name += '_';
    else if (is_variable_name("_" + std::string(one)))
      name += c;
  }
  if (name.empty()) return "value";
  return is_variable_name(name) ? name : "_" + name;
}

Located with_variables(const Located& text, const Placeholders& known) {
  Quotes quotes;
  return replaced(
      text, known, [&] { return quotes.single() ? kVariableOpen : std::string_view("${"); },
      [&](char c) { quotes.pass(c); });
}

Located with_values_open(const Located& text, const Placeholders& known) {
  return replaced(
      text, known, [] { return kVariableOpen; }, [](char) {});
}

}  // namespace ipucnn::importing
