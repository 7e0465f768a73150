// Family L: the launch line and its environment.
#include <fmt/format.h>

#include <string_view>

#include "base/text.h"
#include "check/rules.h"

namespace ipucnn::checking {
namespace {

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool looks_secret(std::string_view name) {
  const std::string upper = to_upper(name);
  for (const std::string_view end :
       {"_KEY", "_TOKEN", "_SECRET", "_PASSWORD", "_PASSWD", "_CREDENTIALS"})
    if (ends_with(upper, end)) return true;
  return upper == "PASSWORD" || upper == "TOKEN" || upper == "SECRET";
}

/// A shell would have expanded `$NAME`, `${...}` or `$(...)`; `${env:...}` is our own way to ask
/// for it.
bool has_literal_dollar(std::string_view text) {
  for (std::size_t at = text.find('$'); at != std::string_view::npos; at = text.find('$', at + 1)) {
    const std::string_view rest = text.substr(at + 1);
    if (rest.substr(0, 5) == "{env:") continue;
    const char next = rest.empty() ? '\0' : rest.front();
    if (next == '{' || next == '(' || next == '_' || (next >= 'a' && next <= 'z') ||
        (next >= 'A' && next <= 'Z'))
      return true;
  }
  return false;
}

void warn_about_dollar(const Scalar& scalar, Diagnostics& out) {
  if (!has_literal_dollar(scalar.text)) return;
  out.add(FindingId::L003, scalar.at,
          fmt::format("'{}' is passed on as it is: no shell expands the dollar sign", scalar.text))
      .help = "write ${env:NAME} for a variable of the launching environment";
}

void report_secret(std::string_view name, Span at, Diagnostics& out) {
  out.add(FindingId::L004, at, fmt::format("{} looks like a secret and is written out here", name))
      .help = fmt::format(
      "forward it by name: `forward: [{}]`, and set it in the launching environment", name);
}

}  // namespace

void literal_dollar(const CheckInput& in, Diagnostics& out) {
  for (const Setting& set : in.settings.all())
    if (set.origin.kind > OriginKind::Derived)
      for (const Scalar& item : set.value.items) warn_about_dollar(item, out);
  for (const Settings* layer : {&in.launch.values, &in.launch.env, &in.launch.mca})
    for (const Setting& set : layer->all())
      for (const Scalar& item : set.value.items) warn_about_dollar(item, out);
}

void secret_in_the_open(const CheckInput& in, Diagnostics& out) {
  for (const Setting& set : in.launch.env.all()) {
    const Scalar* value = set.value.scalar();
    if (looks_secret(set.key) && value != nullptr && value->text.rfind("${env:", 0) != 0)
      report_secret(set.key, set.origin.at, out);
  }
  const auto in_forward = [&](const std::vector<Scalar>& words) {
    for (const Scalar& word : words) {
      const std::size_t equals = word.text.find('=');
      if (equals != std::string::npos && looks_secret(word.text.substr(0, equals)))
        report_secret(word.text.substr(0, equals), word.at, out);
    }
  };
  in_forward(in.launch.list("forward"));
  in_forward(in.launch.several_hosts_forward);
}

}  // namespace ipucnn::checking
