#include "import/sweep_file.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "base/shell_quote.h"
#include "import/placeholders.h"
#include "import/shell_words.h"
#include "import/yaml_scalar.h"

namespace ipucnn::importing {
namespace {

/// Puts a sweep's command together.
class SweepText {
 public:
  SweepText(const Places& places, Node document) : places_(places), document_(document) {}

  Located run() {
    const Node parameters = document_.find("parameters");
    int loops = 0;
    parameters.each_pair([&](Node name, Node body) {
      const Node values = body.find("values");
      if (!values.is_list() || values.size() == 0) return;
      ++loops;
      add("for " + placeholder_name(name.text()) + " in", name);
      for (const Node value : values) {
        add(" ", value);
        add_value(value);
      }
      add("; do\n", name);
    });
    const Node command = document_.find("command");
    if (command.is_list())
      for (const Node word : command) add_word(word.text(), word);
    else
      for (const std::string_view word : {"python", "${program}", "${args}"})
        add_word(word, document_.find("program"));
    if (text_.text.empty()) return {};
    text_.text.back() = '\n';
    for (; loops > 0; --loops) add("done\n", document_.find("program"));
    return std::move(text_);
  }

 private:
  /// Each byte has a place of its own where there is room: a shell's words are told by theirs.
  void add(std::string_view text, Node at) {
    const std::size_t from = places_.offset_of(at.defined_at());
    for (std::size_t i = 0; i < text.size(); ++i)
      text_.add(text[i], static_cast<std::uint32_t>(from + std::min(i, at.text().size())));
  }

  /// As Python prints it.
  void add_value(Node value) {
    const std::string text(value.text());
    if (value.type() == ScalarType::Bool)
      add(text[0] == 't' || text[0] == 'T' ? "True" : "False", value);
    else if (quoted_for_shell(text) == text && value.is_scalar())
      text_.add(scalar_text(places_, value));
    else
      add(quoted_for_shell(text), value);
  }

  /// A word and the blank behind it.
  void add_word(std::string_view word, Node at) {
    if (word == "${env}") {
      add("/usr/bin/env", at);
    } else if (word == "${interpreter}") {
      add("python", at);
    } else if (word == "${program}") {
      add_value(document_.find("program"));
    } else if (word == "${args}" || word == "${args_no_boolean_flags}") {
      return add_arguments("--");
    } else if (word == "${args_no_hyphens}") {
      return add_arguments("");
    } else if (word.starts_with("${")) {
      add("\"$" + placeholder_name(word.substr(2, word.size() - 3)) + "\"", at);
    } else {
      add(quoted_for_shell(std::string(word)), at);
    }
    add(" ", at);
  }

  void add_arguments(std::string_view hyphens) {
    document_.find("parameters").each_pair([&](Node name, Node body) {
      add(hyphens, name);
      text_.add(scalar_text(places_, name));
      add("=", name);
      if (const Node value = body.find("value"); value.is_scalar())
        add_value(value);
      else
        add("$" + placeholder_name(name.text()), name);
      add(" ", name);
    });
  }

  const Places& places_;
  Node document_;
  Located text_;
};

}  // namespace

bool is_sweep_file(Node document) {
  return document.find("program").is_scalar() && document.find("parameters").is_map();
}

Located sweep_commands(const Places& places, Node document) {
  return SweepText(places, document).run();
}

}  // namespace ipucnn::importing
