// What a shell makes of words in which variables stand.
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "import/shell_state.h"

namespace ipucnn::importing {
namespace {

std::string_view base_of(std::string_view parameter) {
  return parameter.substr(0, parameter.find('['));
}

/// Whether a command sets the variables that its words name.
bool declares(const ShellCommand& command) {
  if (command.words.empty()) return false;
  const std::string_view first = command.words.front().value.text;
  constexpr std::string_view kNames[] = {"export", "declare", "typeset", "local", "readonly"};
  return std::find(std::begin(kNames), std::end(kNames), first) != std::end(kNames);
}

}  // namespace

/// Takes one word apart into those that a shell makes of it.
class ShellState::Expander {
 public:
  Expander(const ShellState& state, ShellCommand& command) : state_(state), command_(command) {}

  void add(const ShellWord& word, bool splits) {
    word_ = &word;
    splits_ = splits;
    begin_field();
    lists_ = false;
    const std::string& text = word.value.text;
    std::size_t at = 0;
    for (std::size_t open = text.find(kVariableOpen); open != std::string::npos;
         open = text.find(kVariableOpen, at)) {
      const std::size_t close = text.find('}', open);
      if (close == std::string::npos) break;
      copy(at, open);
      at = close + 1;
      put(open, close);
    }
    copy(at, text.size());
    if (!field_.value.text.empty() || (word.quoted && !lists_) || text.empty()) end_field();
  }

  std::vector<ShellWord> words;

 private:
  void begin_field() {
    field_ = {};
    field_.begin = word_->begin;
    field_.end = word_->end;
    field_.quoted = word_->quoted;
    field_.known = word_->known;
  }
  void end_field() {
    words.push_back(std::move(field_));
    begin_field();
  }

  void copy(std::size_t begin, std::size_t end) {
    const Located part = word_->value.part(begin, end);
    field_.value.text += part.text;
    field_.value.from.insert(field_.value.from.end(), part.from.begin(), part.from.end());
  }

  /// What stands at `open` in place of a variable that ends at `close`.
  void put(std::size_t open, std::size_t close) {
    const std::string& text = word_->value.text;
    const std::string inside =
        text.substr(open + kVariableOpen.size(), close - open - kVariableOpen.size());
    std::string name = inside;
    std::optional<std::string> fallback;
    if (const std::size_t mark = inside.find_first_of(":?"); mark != std::string::npos) {
      name = inside.substr(0, mark);
      if (inside.substr(mark, 2) == ":-") fallback = inside.substr(mark + 2);
    }
    first_ = word_->value.from[open];
    last_ = word_->value.from[close];
    const bool bare = std::find(word_->bare.begin(), word_->bare.end(), open) != word_->bare.end();
    const std::vector<ShellWord>* values = find(name);
    const bool too_long =
        values != nullptr && length(*values) + field_.value.text.size() + size_ > kLongestText;
    if (values == nullptr || too_long) return keep(open, close, name, inside);
    note_use(std::string(base_of(name)));
    size_ += length(*values);
    const bool is_empty =
        values->empty() || (values->size() == 1 && (*values)[0].value.text.empty());
    if (fallback && is_empty) return put_text(*fallback, bare);
    lists_ = lists_ || is_whole(name);
    // The value of an assignment is one word, whatever stands in it.
    const bool stars = name == "*" || name.ends_with("[*]");
    const bool joined = !splits_ || (!bare && stars);
    const std::string between = joined && stars && values->size() > 1 ? separator() : " ";
    for (std::size_t i = 0; i < values->size(); ++i) {
      if (i > 0 && joined)
        put_text(between, false);
      else if (i > 0)
        end_field();
      put_text((*values)[i].value.text, bare);
    }
  }

  /// What a shell puts between the items of a list that it joins.
  std::string separator() {
    const auto found = state_.variables_.find("IFS");
    if (found == state_.variables_.end()) return " ";
    const Variable& variable = found->second;
    if (variable.known && variable.words.size() == 1 &&
        !holds_variable(variable.words.front().value.text))
      return variable.words.front().value.text.substr(0, 1);
    field_.known = false;
    command_.gaps.push_back({ShellGap::Substitution, first_, last_ + 1});
    return " ";
  }

  void note_use(const std::string& name) {
    const auto found = state_.variables_.find(name);
    if (found != state_.variables_.end())
      command_.used.push_back({name, found->second.begin, found->second.end});
  }

  static std::size_t length(const std::vector<ShellWord>& values) {
    std::size_t sum = values.size();
    for (const ShellWord& value : values) sum += value.value.text.size();
    return sum;
  }

  static bool is_number(std::string_view name) {
    return !name.empty() && name[0] >= '0' && name[0] <= '9';
  }
  static bool is_whole(std::string_view name) {
    return name == "@" || name == "*" || name.ends_with("[@]") || name.ends_with("[*]");
  }

  /// The words of a parameter; null when they are not known.
  const std::vector<ShellWord>* find(const std::string& name) {
    const bool own = is_number(name) || name == "@" || name == "*";
    const std::string base(own ? "@" : base_of(name));
    const auto found = state_.variables_.find(base);
    if (found == state_.variables_.end()) return nullptr;
    const Variable& variable = found->second;
    if (!variable.known) return nullptr;
    if (is_whole(name)) return all_known(variable.words);
    if (own) return item(variable.words, name, 1);
    if (!variable.is_list && name == base) return all_known(variable.words);
    return item(variable.words, name == base ? "0" : name.substr(base.size() + 1), 0);
  }

  static const std::vector<ShellWord>* all_known(const std::vector<ShellWord>& words) {
    const bool known =
        std::all_of(words.begin(), words.end(), [](const ShellWord& word) { return word.known; });
    return known ? &words : nullptr;
  }

  /// One of a list, whose first has the number `first`; none where it has fewer.
  const std::vector<ShellWord>* item(const std::vector<ShellWord>& list, std::string_view number,
                                     std::size_t first) {
    const auto digits = number.substr(0, number.find(']'));
    const auto index = parse_int64(digits);
    if (!index || *index < static_cast<std::int64_t>(first)) return nullptr;
    const auto at = static_cast<std::size_t>(*index) - first;
    one_.clear();
    if (at >= list.size()) return &one_;
    if (!list[at].known) return nullptr;
    one_.push_back(list[at]);
    return &one_;
  }

  /// A variable of the environment stays one; what has no name there is a gap.
  void keep(std::size_t open, std::size_t close, const std::string& name,
            const std::string& inside) {
    if (is_variable_name(name)) {
      if (std::find(word_->bare.begin(), word_->bare.end(), open) != word_->bare.end())
        field_.bare.push_back(static_cast<std::uint32_t>(field_.value.text.size()));
      return copy(open, close + 1);
    }
    const bool given = is_whole(name) && name.back() != ']' && state_.variables_.count("@") == 0;
    if (given && word_->value.text.size() == close + 1 && open == 0) {
      lists_ = true;
      command_.gaps.push_back({ShellGap::Arguments, word_->begin, word_->end});
      return;
    }
    put_text("${" + inside + "}", false);
    field_.known = false;
    command_.gaps.push_back({ShellGap::Substitution, first_, last_ + 1});
  }

  void put_text(std::string_view text, bool bare) {
    const bool splits = bare && splits_;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (splits && (c == ' ' || c == '\t' || c == '\n')) {
        if (!field_.value.text.empty()) end_field();
        continue;
      }
      if (splits && text.compare(i, kVariableOpen.size(), kVariableOpen) == 0)
        field_.bare.push_back(static_cast<std::uint32_t>(field_.value.text.size()));
      field_.value.add(c, first_);
    }
    if (!text.empty() && !field_.value.text.empty()) field_.value.from.back() = last_;
  }

  const ShellState& state_;
  ShellCommand& command_;
  const ShellWord* word_ = nullptr;
  ShellWord field_;
  std::vector<ShellWord> one_;
  std::size_t size_ = 0;  ///< of all that was put in
  std::uint32_t first_ = 0;
  std::uint32_t last_ = 0;
  bool splits_ = false;
  bool lists_ = false;  ///< a list stood in the word, which may come to nothing
};

void ShellState::expand(ShellCommand& command) const {
  const std::vector<ShellWord> words = std::move(command.words);
  command.words = words;
  const bool declared = declares(command);
  bool in_front = true;  // of the program, where assignments keep the blanks of their values
  Expander all(*this, command);
  for (const ShellWord& word : words) {
    const bool assigns = (in_front || declared) && assignment(word);
    in_front = in_front && assigns;
    all.add(word, !assigns);
  }
  Expander defaults(*this, command);
  for (const ShellWord& word : command.defaults) defaults.add(word, false);
  command.defaults = std::move(defaults.words);
  for (ShellList& list : command.lists) {
    Expander items(*this, command);
    for (const ShellWord& word : list.words) items.add(word, true);
    list.words = std::move(items.words);
  }
  for (std::shared_ptr<ShellWord>& input : command.inputs) {
    Expander body(*this, command);
    body.add(*input, false);
    input = std::make_shared<ShellWord>(body.words.empty() ? ShellWord{}
                                                           : std::move(body.words.front()));
  }
  command.words = std::move(all.words);
  command.loops = loops;
  for (const ShellWord& word : command.words) note_unknown(word.value.text, command);
}

/// Variables that stayed in a text and that the text itself sets.
void ShellState::note_unknown(std::string_view text, ShellCommand& command) const {
  for (std::size_t open = text.find(kVariableOpen); open != text.npos;
       open = text.find(kVariableOpen, open + 1)) {
    const std::size_t begin = open + kVariableOpen.size();
    const std::size_t end = text.find_first_of(":}", begin);
    if (end == text.npos) return;
    const auto found = variables_.find(std::string(text.substr(begin, end - begin)));
    if (found != variables_.end() && !found->second.known)
      command.unknown.push_back({found->first, found->second.begin, found->second.end});
  }
}

}  // namespace ipucnn::importing
