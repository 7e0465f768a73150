// Bounds of figures as files hold them.
#include "ipucnn/expectation.h"

#include <fmt/format.h>

#include <cmath>
#include <set>

#include "ipucnn/extends.h"
#include "ipucnn/file_schema.h"

namespace ipucnn {
namespace {

void take_number(const Field& field, Node value, Expectation& bound) {
  if (field.kind == FieldKind::Percent) {
    bound.within = value.is_null() ? 0 : parse_percent(value.text()).value_or(0);
    return;
  }
  std::optional<double> number;
  if (value.type() == ScalarType::Int)
    number = static_cast<double>(yaml_int(value.text()).value_or(0));
  else if (!value.is_null())
    number = yaml_float(value.text());
  (field.key == "at_least" ? bound.at_least : bound.at_most) = number;
}

/// What a mapping says goes above what was said before, and above what it merges.
void take(Node body, std::string_view shape, Expectation& bound) {
  load::each_merged(body, [&](Node key, Node value) {
    const auto field = find_field(shape, key.text());
    if (field && value.is_scalar() && refusal(*field, value.text(), value.type()).empty() &&
        (field->kind == FieldKind::Real || field->kind == FieldKind::Percent))
      take_number(*field, value, bound);
  });
}

/// Whether what a figure may miss the bounds by does not bring them together.
bool is_impossible(const Expectation& bound) {
  const auto slack = [&](double limit) { return bound.within * std::abs(limit); };
  return bound.at_least && bound.at_most &&
         *bound.at_least - slack(*bound.at_least) > *bound.at_most + slack(*bound.at_most);
}

}  // namespace

std::vector<Expectation> expectations_of(Node expect, std::string_view target,
                                         std::string_view release) {
  std::vector<Expectation> all;
  expect.each_pair([&](Node name, Node body) {
    Expectation bound;
    bound.metric = std::string(name.text());
    bound.at = name.at();
    take(body, "expect", bound);
    take(body.find("releases").find(release), "expect_release", bound);
    const Node on_target = body.find("targets").find(target);
    take(on_target, "expect_target", bound);
    take(on_target.find("releases").find(release), "expect_release", bound);
    if (bound.at_least || bound.at_most) all.push_back(std::move(bound));
  });
  return all;
}

bool check_bounds(Node expect, Diagnostics& out) {
  std::set<std::string_view> targets = {""};
  std::set<std::string_view> releases = {""};
  const auto add_names = [](Node map, std::set<std::string_view>& names) {
    map.each_pair([&](Node name, Node) { names.insert(name.text()); });
  };
  expect.each_pair([&](Node, Node body) {
    add_names(body.find("targets"), targets);
    add_names(body.find("releases"), releases);
    body.find("targets").each_pair(
        [&](Node, Node target) { add_names(target.find("releases"), releases); });
  });
  std::set<std::string> said;
  for (const std::string_view target : targets)
    for (const std::string_view release : releases)
      for (const Expectation& bound : expectations_of(expect, target, release))
        if (is_impossible(bound) && said.insert(bound.metric).second)
          out.add(FindingId::K070, bound.at,
                  fmt::format("no {} is at least {} and at most {}", bound.metric, *bound.at_least,
                              *bound.at_most));
  return said.empty();
}

}  // namespace ipucnn
