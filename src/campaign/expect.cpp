// Bounds of figures as files hold them.
#include <fmt/format.h>

#include <cmath>

#include "ipucnn/campaign.h"
#include "ipucnn/file_schema.h"

namespace ipucnn {
namespace {

class ExpectReader {
 public:
  explicit ExpectReader(Diagnostics& out) : out_(out) {}

  /// What a mapping says goes above what was said before.
  void take(Node body, std::string_view shape, Expectation& bound) {
    body.each_pair([&](Node key, Node value) {
      const auto field = find_field(shape, key.text());
      if (!field) {
        out_.add(FindingId::Y009, key.at(),
                 fmt::format("nothing reads the key {} of an expected figure", key.text()));
      } else if (field->kind == FieldKind::Real || field->kind == FieldKind::Percent) {
        take_number(*field, value, bound);
      }
    });
  }

 private:
  void take_number(const Field& field, Node value, Expectation& bound) {
    if (value.is_null()) return clear(field.key, bound);
    const std::string needed =
        value.is_scalar() ? refusal(field, value.text(), value.type()) : "a single value";
    if (!needed.empty()) {
      out_.add(FindingId::K070, value.at(), fmt::format("{} needs {}", field.key, needed));
    } else if (field.kind == FieldKind::Percent) {
      bound.within = parse_percent(value.text()).value_or(0);
    } else {
      const auto number =
          value.type() == ScalarType::Int
              ? std::optional<double>(static_cast<double>(yaml_int(value.text()).value_or(0)))
              : yaml_float(value.text());
      (field.key == "at_least" ? bound.at_least : bound.at_most) = number;
    }
  }

  static void clear(std::string_view key, Expectation& bound) {
    if (key == "at_least") bound.at_least.reset();
    if (key == "at_most") bound.at_most.reset();
    if (key == "within") bound.within = 0;
  }

  Diagnostics& out_;
};

}  // namespace

std::vector<Expectation> expectations_of(Node expect, std::string_view target,
                                         std::string_view release, Diagnostics& out) {
  std::vector<Expectation> all;
  if (expect && !expect.is_null() && !expect.is_map())
    out.add(FindingId::Y005, expect.at(), "expect needs a mapping of figures to bounds");
  ExpectReader reader(out);
  expect.each_pair([&](Node name, Node body) {
    Expectation bound;
    bound.metric = std::string(name.text());
    bound.at = name.at();
    if (!body.is_map()) {
      out.add(FindingId::Y005, name.at(), fmt::format("{} needs a mapping", name.text()));
      return;
    }
    reader.take(body, "expect", bound);
    reader.take(body.find("releases").find(release), "expect_release", bound);
    const Node on_target = body.find("targets").find(target);
    reader.take(on_target, "expect_target", bound);
    reader.take(on_target.find("releases").find(release), "expect_release", bound);
    // What a figure may miss the bounds by brings them together.
    const auto slack = [&](double limit) { return bound.within * std::abs(limit); };
    if (bound.at_least && bound.at_most &&
        *bound.at_least - slack(*bound.at_least) > *bound.at_most + slack(*bound.at_most))
      out.add(FindingId::K070, bound.at,
              fmt::format("no {} is at least {} and at most {}", name.text(), *bound.at_least,
                          *bound.at_most));
    if (bound.at_least || bound.at_most) all.push_back(std::move(bound));
  });
  return all;
}

}  // namespace ipucnn
