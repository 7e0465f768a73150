// What became of an option between two releases, from the descriptors' `later`.
#include "job/counterparts.h"

#include <algorithm>
#include <string>

#include "base/hole.h"
#include "base/text.h"
#include "ipucnn/yaml_text.h"
#include "job/name_pattern.h"

namespace ipucnn::job {
namespace {

/// What stands at the hole of `{name: x, momentum: {value}}` in a mapping that is it otherwise.
std::optional<std::string> value_in_map(std::string_view pattern, const std::string& word) {
  const WordEntries* parsed = entries_of_word(with_value(pattern, "HOLE"));
  if (parsed == nullptr) return std::nullopt;
  const WordEntries wanted = *parsed;
  const WordEntries* given = entries_of_word(word);
  if (given == nullptr || given->size() != wanted.size()) return std::nullopt;
  std::optional<std::string> value;
  for (const auto& [key, text] : wanted) {
    const auto has = std::find_if(given->begin(), given->end(),
                                  [&name = key](const auto& entry) { return entry.first == name; });
    if (has == given->end()) return std::nullopt;
    if (text == "HOLE")
      value = has->second;
    else if (text != has->second)
      return std::nullopt;
  }
  return value;
}

}  // namespace

bool same_scalar(std::string_view a, std::string_view b) {
  if (a == b) return true;
  return plain_scalar_type(a) == ScalarType::Bool && plain_scalar_type(b) == ScalarType::Bool &&
         yaml_bool(a) == yaml_bool(b);
}

RewrittenScalar rewritten(const Counterpart& counterpart, const Scalar& scalar) {
  Scalar out = scalar;
  if (!counterpart.text.empty()) {
    if (!counterpart.back) {
      out.text = with_value(counterpart.text, scalar.text);
      out.type = ScalarType::String;
      return {out};
    }
    const auto inner = value_in_map(counterpart.text, scalar.text);
    if (!inner) return {std::nullopt};
    out.text = *inner;
    out.type = plain_scalar_type(out.text);
    return {out};
  }
  bool named = false;
  counterpart.values.each_pair([&](Node old, Node now) {
    const Node before = counterpart.back ? now : old;
    const Node after = counterpart.back ? old : now;
    const auto numbers = fitting_numbers(before.text(), scalar.text);
    if (named || (!numbers && !same_scalar(before.text(), scalar.text))) return;
    named = true;
    out.text = numbers ? with_numbers(after.text(), *numbers) : std::string(after.text());
    // The names of a mapping are texts, whatever they say.
    out.type = counterpart.back ? plain_scalar_type(after.text()) : after.type();
  });
  if (named) return {out.text.empty() ? std::nullopt : std::optional(out)};
  if (!counterpart.renamed || !counterpart.values || !counterpart.back) return {out};
  if (counterpart.otherwise.empty()) return {std::nullopt};
  out.text = counterpart.otherwise;
  out.type = plain_scalar_type(out.text);
  return {out, true};
}

Counterparts::Counterparts(const JobStep& from, const AppSchema& to)
    : from_(from.schema()),
      to_(to),
      up_(release_below(from_.release(), to.release())),
      script_(from.purpose.script),
      effective_(from.schema(), from.purpose.script, from.settings) {
  const auto spec = to.purpose(from.purpose.name);
  there_ = spec ? spec->script : script_;
}

const OptionSpec* Counterparts::there(std::string_view key) const {
  // Models have one name in all releases, and numbers of options differ.
  const Facts known = effective_.facts();
  return to_.option(key, there_, [&](FactName name) { return known(FactName(name.text)); });
}

bool Counterparts::crosses(Node change) const {
  const auto until = change.find_text("until");
  if (!until) return static_cast<bool>(change);
  const std::string_view low = up_ ? from_.release() : to_.release();
  const std::string_view high = up_ ? to_.release() : from_.release();
  return !release_below(*until, low) && release_below(*until, high);
}

Node Counterparts::change_of(std::string_view key) const {
  const Node change = (up_ ? from_ : to_).node().find("later").find(key);
  return crosses(change) ? change : Node{};
}

Counterpart Counterparts::of(std::string_view key) const {
  Counterpart found;
  const Node change = change_of(key);
  if (up_) found.why = change.find_text("why").value_or("");
  if (up_) take_renamed(key, found);
  if (found.key.empty() && take_same(key, found)) return found;
  if (found.key.empty() && !up_) take_back(key, found);
  if (!found.key.empty()) return found;
  if (const auto quantity = from_.quantity_of(key)) {
    const auto bound = to_.key_of(*quantity, there_);
    if (bound && there(*bound)) {
      found.key = *bound;
      found.renamed = true;
    }
  }
  if (found.key.empty() && !from_.knows_key(key)) found.why = "its own release ignores it as well";
  return found;
}

bool Counterparts::take_same(std::string_view key, Counterpart& found) const {
  if (const auto same = there(key)) {
    found.key = same->key;
  } else if (!here(key) && from_.knows_key(key) && to_.knows_key(key)) {
    // Another model would have it, here as there.
    found.key = key;
    return true;
  } else {
    return false;
  }
  const Node change = change_of(key);
  if (change.find("key")) return true;
  found.back = !up_;
  found.values = change.find("values");
  if (const Node back = change.find("back"); back && !up_) {
    found.values = back;
    found.back = false;
  }
  if (found.values) found.why = change.find_text("why").value_or("");
  return true;
}

void Counterparts::take_renamed(std::string_view key, Counterpart& found) const {
  const Node change = change_of(key);
  const auto name = change.find_text("key");
  if (!name || !there(*name)) return;
  found.key = *name;
  found.renamed = true;
  found.values = change.find("values");
  found.text = change.find_text("text").value_or("");
}

/// The option of the older release that became this one.
void Counterparts::take_back(std::string_view key, Counterpart& found) const {
  to_.node().find("later").each_pair([&](Node name, Node change) {
    if (!found.key.empty() || change.find_text("key") != key || !crosses(change) ||
        !there(name.text()))
      return;
    found.key = name.text();
    found.renamed = true;
    found.back = true;
    found.values = change.find("values");
    found.text = change.find_text("text").value_or("");
    found.otherwise = change.find_text("otherwise").value_or("");
    found.why = change.find_text("why").value_or("");
  });
}

}  // namespace ipucnn::job
