// What a job is before and after its migration.
#include <fmt/format.h>

#include <array>
#include <string>

#include "ipucnn/migrate.h"
#include "job/counterparts.h"

namespace ipucnn {
namespace {

void report(std::string_view what, std::string_view was, std::string_view now,
            const JobStep& before, const JobStep& after, Span at, Diagnostics& out) {
  out.add(FindingId::K046, at,
          fmt::format("{} {} at {}, and {} at {}", what, was, before.schema().id(), now,
                      after.schema().id()));
}

void compare_geometry(const JobStep& before, const JobStep& after, Span at, Diagnostics& out) {
  using Field = std::optional<Quantity> Geometry::*;
  constexpr std::array<std::pair<Field, std::string_view>, 6> kFigures = {{
      {&Geometry::micro_batch, "micro batch"},
      {&Geometry::accumulation, "accumulation"},
      {&Geometry::replicas, "replicas"},
      {&Geometry::ipus_per_replica, "IPUs per replica"},
      {&Geometry::global_batch, "global batch"},
      {&Geometry::ipus, "IPUs"},
  }};
  const auto text = [](const std::optional<Quantity>& figure) {
    return figure ? std::to_string(figure->value) : std::string("not known");
  };
  for (const auto& [field, name] : kFigures) {
    const std::string was = text(before.geometry.*field);
    const std::string now = text(after.geometry.*field);
    if (was != now) report(name, was, now, before, after, at, out);
  }
}

/// What the script works with: set, or its default, or what it fills in late.
std::optional<Value> value_in_force(const Effective& effective, const OptionSpec& option) {
  auto set = effective.setting(option);
  if (set && effective.counts_as_unset(option, *set)) {
    if (auto usual = effective.usual_setting(option)) set = std::move(usual);
  }
  if (!set || set->value.items.empty()) return std::nullopt;
  return set->value;
}

bool same_text(const std::string& a, const std::string& b) {
  if (job::same_scalar(a, b)) return true;
  const auto x = yaml_float(a);
  return x && x == yaml_float(b);
}

bool same_meaning(const std::optional<Value>& a, const std::optional<Value>& b) {
  if (!a || !b) return !a == !b;
  if (a->items.size() != b->items.size()) return false;
  for (std::size_t i = 0; i < a->items.size(); ++i)
    if (!same_text(a->items[i].text, b->items[i].text)) return false;
  return true;
}

std::string shown(const std::optional<Value>& value) {
  return value ? value_text(*value) : std::string("unset");
}

/// Whether the value there is what the other release makes of the one here. What it cannot say was
/// reported when it was migrated.
bool is_kept(const job::Counterpart& counterpart, std::optional<Value> value,
             const std::optional<Value>& there) {
  if (!value) return !there;
  for (Scalar& item : value->items) {
    auto now = job::rewritten(counterpart, item);
    if (!now.scalar) return true;
    item = std::move(*now.scalar);
  }
  return same_meaning(value, there);
}

}  // namespace

void compare_jobs(const JobStep& before, const JobStep& after, Span at, Diagnostics& out) {
  compare_geometry(before, after, at, out);
  const AppSchema& schema = before.schema();
  const job::Counterparts counterparts(before, after.schema());
  const Effective& was = counterparts.effective();
  const Effective now(after.schema(), after.purpose.script, after.settings);
  const auto preset_option = schema.preset_option();
  for (const OptionSpec& option : schema.options(before.purpose.script, was.facts())) {
    if (preset_option && option.key == preset_option->key) continue;
    if (schema.quantity_of(option.key)) continue;  // its figure was compared
    const job::Counterpart counterpart = counterparts.of(option.key);
    const auto there = counterpart.key.empty() ? nullptr : now.option(counterpart.key);
    if (!there) continue;
    const auto value = value_in_force(was, option);
    const auto value_there = value_in_force(now, *there);
    if (is_kept(counterpart, value, value_there)) continue;
    report(counterpart.key, shown(value), shown(value_there), before, after, at, out);
  }
}

}  // namespace ipucnn
