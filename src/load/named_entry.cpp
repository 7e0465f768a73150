#include "ipucnn/named_entry.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/suggest.h"
#include "ipucnn/target.h"

namespace ipucnn {
namespace {

struct Kind {
  Section section;
  FindingId unknown;
  std::string_view what;
  std::string_view list;  ///< the word behind `show`
};
constexpr Kind kKinds[] = {
    {Section::Targets, FindingId::K002, "target", "targets"},
    {Section::Applications, FindingId::K003, "application", "apps"},
    {Section::Sites, FindingId::K004, "site", "sites"},
    {Section::Profiles, FindingId::K005, "launch profile", "profiles"},
    {Section::Jobs, FindingId::K050, "job", "jobs"},
};

}  // namespace

Entry find_named(const Catalog& catalog, Section section, std::string_view name) {
  if (section == Section::Targets) return find_target(catalog, name);
  if (section != Section::Applications) return catalog.find(section, name);
  const AppId id = parse_app_id(name);
  return catalog.find_application({id.name, id.release, {}});
}

Diagnostic& report_unknown(const Catalog& catalog, Section section, std::string_view name, Span at,
                           Diagnostics& out) {
  const Kind& kind = *std::find_if(std::begin(kKinds), std::end(kKinds),
                                   [&](const Kind& known) { return known.section == section; });
  Diagnostic& d = out.add(kind.unknown, at, fmt::format("there is no {} '{}'", kind.what, name));
  d.help = suggestion(name, catalog.names(section));
  if (d.help.empty()) d.help = fmt::format("`ipucnn show {}` lists them", kind.list);
  return d;
}

void report_alias(const AppId& asked, std::string_view known, Span at, Diagnostics& out) {
  if (asked.release.empty() || asked.release == parse_app_id(known).release) return;
  out.add(FindingId::K048, at,
          fmt::format("{}@{} is {}: options and presets are the same", asked.name, asked.release,
                      known));
}

}  // namespace ipucnn
