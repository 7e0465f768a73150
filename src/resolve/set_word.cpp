// `--set KEY=VALUE`.
#include <fmt/format.h>

#include <utility>

#include "base/trim.h"
#include "ipucnn/overrides.h"

namespace ipucnn::resolving {
namespace {

/// A quoted text or a list in brackets, as YAML reads it; absent when it is none.
std::optional<Value> yaml_value(std::string_view text, Span at) {
  Sources sources;
  Diagnostics findings;
  const auto document = load_yaml(sources, sources.add("value", std::string(text)), findings);
  if (document == nullptr) return std::nullopt;
  auto value = to_value(root(document->tree), "value", findings);
  if (!value) return std::nullopt;
  value->at = at;
  for (Scalar& item : value->items) item.at = at;
  return value;
}

}  // namespace

std::optional<SetValue> parse_set(const Word& word, std::string_view option, Diagnostics& out) {
  const std::size_t equals = word.text.find('=');
  if (equals == std::string::npos || equals == 0) {
    out.add(FindingId::K010, word.at, fmt::format("{} needs KEY=VALUE", option));
    return std::nullopt;
  }
  SetValue set;
  set.key = word.text.substr(0, equals);
  const std::string_view text = trimmed(std::string_view(word.text).substr(equals + 1), " ");
  const Span at = part_of(word, equals + 1, word.text.size() - equals - 1);
  // Anything else is taken as it is typed, so that nobody has to quote a path for YAML as well.
  const bool is_yaml = !text.empty() && std::string_view("[\"'").find(text.front()) != text.npos;
  if (!is_yaml) {
    set.value = single(std::string(text), at, plain_scalar_type(text));
    return set;
  }
  auto value = yaml_value(text, at);
  if (!value) {
    out.add(FindingId::K012, at, fmt::format("{} is no value that YAML reads", text)).help =
        "a list is written KEY=[A, B], a text in quotes KEY='\"A, B\"'";
    return std::nullopt;
  }
  set.value = std::move(*value);
  return set;
}

}  // namespace ipucnn::resolving
