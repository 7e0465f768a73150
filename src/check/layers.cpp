#include "check/layers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

#include "base/suggest.h"

namespace ipucnn::checking {
namespace {

using namespace std::string_view_literals;

constexpr std::int64_t kLetters = 26;

void add_list(Node names, std::vector<std::string>& out) {
  if (names.is_list())
    for (const Node name : names) out.emplace_back(name.text());
}

std::string filled(std::string_view pattern, std::int64_t group, std::int64_t unit) {
  std::string out;
  bool has_group = false;
  bool has_unit = false;
  bool has_number = false;
  bool has_letter = false;
  // Of a hole that stands twice the first is filled.
  const auto take = [&](std::string_view hole, bool& known) {
    // No two of them begin alike.
    if (known || pattern.size() < hole.size() || pattern[1] != hole[1]) return false;
    if (!pattern.starts_with(hole)) return false;
    pattern.remove_prefix(hole.size());
    return known = true;
  };
  out.reserve(pattern.size());
  while (!pattern.empty()) {
    const std::size_t open = std::min(pattern.find('{'), pattern.size());
    out.append(pattern, 0, open);
    pattern.remove_prefix(open);
    if (pattern.empty()) break;
    if (take("{group}"sv, has_group)) {
      out += std::to_string(group);
    } else if (take("{unit}"sv, has_unit)) {
      out += std::to_string(unit);
    } else if (take("{number}"sv, has_number)) {
      out += std::to_string(unit + 1);
    } else if (take("{letter}"sv, has_letter)) {
      out += static_cast<char>('a' + unit % kLetters);
    } else {
      out += '{';
      pattern.remove_prefix(1);
    }
  }
  return out;
}

/// No network has as many; a slip in a descriptor must not fill the memory.
constexpr std::int64_t kMostUnits = 1000;

/// `units` per group: groups count from 1, units from 0, unless the descriptor says otherwise.
void add_units(Node units, Node kind, std::vector<std::string>& out) {
  const std::int64_t first = kind.find_int("units_from").value_or(0);
  std::int64_t group = kind.find_int("groups_from").value_or(1) - 1;
  const Node begins = kind.find("first_unit");
  for (const Node count : units) {
    ++group;
    const std::int64_t last = first + std::min(yaml_int(count.text()).value_or(0), kMostUnits);
    for (std::int64_t unit = first; unit < last; ++unit)
      for (const Node pattern : begins&& unit == first ? begins : kind.find("unit"))
        out.push_back(filled(pattern.text(), group, unit));
  }
}

/// The names that an option changes in one part, the descriptor's `layer_renames`; absent nodes
/// where it changes none.
Node renames_of(RuleFacts& facts) {
  const AppSchema& schema = facts.input().in.schema;
  const Node renames = facts.field(AppField::LayerRenames);
  const bool holds = renames.find_text("from") && renames.find_text("to") &&
                     all_hold(schema.condition(renames.find("when")), facts) == Holds::Yes;
  return holds ? renames : Node();
}

void rename(Node renames, std::vector<std::string>& names) {
  const auto from = renames.find_text("from").value_or("");
  const auto to = renames.find_text("to").value_or("");
  if (!renames) return;
  for (std::string& name : names)
    if (const std::size_t at = name.find(from); at != std::string::npos)
      name.replace(at, from.size(), to);
}

/// How often the units of a group stand one behind the other: a factor of the model's size, or of
/// an option that replaces it. Absent when the descriptor does not know the size.
std::optional<double> depth_of(Node kind, RuleFacts& facts) {
  const Node depth = kind.find("depth");
  const Fact& own = facts.find(depth.find_text("option").value_or(""));
  if (own.number && *own.number != 0) return own.number;
  const Fact& size = facts.find(kind.find_text("size").value_or(""));
  const Node of_size = depth.find("of_size").find(size.text);
  if (!of_size.is_scalar()) return std::nullopt;
  return of_size.type() == ScalarType::Int
             ? std::optional(static_cast<double>(yaml_int(of_size.text()).value_or(0)))
             : yaml_float(of_size.text());
}

/// Groups whose units repeat by the depth of the model. The unit that begins a group has layers of
/// its own.
void add_repeated(Node kind, double depth, std::vector<std::string>& out) {
  add_list(kind.find("first"), out);
  std::int64_t group = 0;
  for (const Node count : kind.find("repeats")) {
    ++group;
    const double units = std::ceil(depth * static_cast<double>(yaml_int(count.text()).value_or(0)));
    if (units > static_cast<double>(kLetters)) return out.clear();
    const Node begins = group == 1 ? kind.find("first_group") : kind.find("first_unit");
    for (const Node pattern : begins) out.push_back(filled(pattern.text(), group, 0));
    for (std::int64_t unit = 1; unit < static_cast<std::int64_t>(units); ++unit)
      for (const Node pattern : kind.find("unit"))
        out.push_back(filled(pattern.text(), group, unit));
  }
  add_list(kind.find("last"), out);
}

/// What decides on the names: the entry of `layers`, the units of the model's size or its depth,
/// and whether some are called otherwise.
struct LayerKind {
  Node kind;
  Node units;
  double depth = 0;  ///< 0: unknown
  Node renames;

  auto key() const {
    return std::tuple(kind.record_at(), units.record_at(), depth, renames.record_at());
  }
  bool is_built_in() const {
    const auto built_in = [](Node node) { return !node || node.tree()->built_in; };
    return built_in(kind) && built_in(units) && built_in(renames);
  }
};

/// Absent for a model or a size that the descriptor does not know.
std::optional<LayerKind> kind_of(RuleFacts& facts) {
  const Node kinds = facts.field(AppField::Layers);
  if (!kinds.is_list()) return std::nullopt;
  for (const Node kind : kinds) {
    if (all_hold(facts.input().in.schema.condition(kind.find("when")), facts) != Holds::Yes)
      continue;
    LayerKind found{kind, {}, 0, renames_of(facts)};
    if (kind.find("repeats").is_list()) {
      if (const auto depth = depth_of(kind, facts); depth && *depth > 0) found.depth = *depth;
    } else if (const Node sizes = kind.find("units")) {
      found.units = sizes.find(facts.find(kind.find_text("size").value_or("")).text);
    }
    return found;
  }
  return std::nullopt;
}

Layers layers_of(const LayerKind& of) {
  Layers out;
  const Node kind = of.kind;
  out.in_order = !kind.find_bool("any_order", false);
  if (kind.find("repeats").is_list()) {
    if (of.depth > 0) add_repeated(kind, of.depth, out.names);
  } else if (kind.find("units")) {
    if (!of.units.is_list()) return out;
    add_list(kind.find("first"), out.names);
    add_units(of.units, kind, out.names);
    add_list(kind.find("last"), out.names);
  } else {
    add_list(kind.find("names"), out.names);
  }
  rename(of.renames, out.names);
  return out;
}

}  // namespace

const Layers& model_layers(RuleFacts& facts) {
  static const Layers kUnknown;
  using Known = std::map<decltype(std::declval<LayerKind>().key()), Layers>;
  const auto kind = kind_of(facts);
  if (!kind) return kUnknown;
  // Releases share what the program's own files say of a model.
  const ResolveInput& in = facts.input().in;
  Memo& memo = kind->is_built_in() ? in.catalog.memo() : in.schema.memo();
  const auto [found, added] = memo.of<Known>().try_emplace(kind->key());
  if (added) found->second = layers_of(*kind);
  return found->second;
}

std::string near_layers(std::string_view name, const std::vector<std::string>& layers) {
  const std::vector<std::string_view> views(layers.begin(), layers.end());
  const auto near = nearest_names(name, views);
  if (!near.empty()) return suggestion(name, views);
  return fmt::format("layers run from {} to {}; {} is one of them", layers.front(), layers.back(),
                     layers[layers.size() / 2]);
}

}  // namespace ipucnn::checking
