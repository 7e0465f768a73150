#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/migrate.h"
#include "ipucnn/overrides.h"
#include "ipucnn/plan.h"

namespace ipucnn::job {

/// Words with a blank before each; options on lines of their own where what they take the place of,
/// with the blank before it, stands on one.
std::string options_text(const std::vector<Arg>& words, Span place, const CommandText& text);

/// Whether a word is an item of a list of YAML, which no shell splits: only that item can become
/// another word.
bool is_item(Span at, const CommandText& text);

/// Edits the words of one command; a word that cannot be edited stands in the way of all.
class WordEditor {
 public:
  WordEditor(const ImportedJob& command, const CommandText& text, MigratedWords& out)
      : command_(command), text_(text), out_(out) {}

  /// Takes an option out, with its values.
  void remove(const resolving::Override& given, const std::string& instead = {});
  /// Makes of an option the other release's, with these values; null: it keeps its flag.
  void edit(const resolving::Override& given, const OptionSpec* there, const Value& value);
  void stay(Span at) { out_.in_the_way = at; }

 private:
  bool edit_switch(const resolving::Override& given, const OptionSpec& there, const Value& value);

  const ImportedJob& command_;
  const CommandText& text_;
  MigratedWords& out_;
};

}  // namespace ipucnn::job
