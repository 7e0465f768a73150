#pragma once

#include <string_view>

#include "ipucnn/catalog.h"

namespace ipucnn {

/// The entry that a name means, a target by its aliases as well and an application without release
/// by its highest; absent when there is none.
Entry find_named(const Catalog& catalog, Section section, std::string_view name);

/// Reports a name that no target, application, site, profile or job has, with the nearest ones or
/// how to list them. The reference holds until the next finding is added.
Diagnostic& report_unknown(const Catalog& catalog, Section section, std::string_view name, Span at,
                           Diagnostics& out);

/// Tells of a release that was asked for and is another one's alias (K048).
void report_alias(const AppId& asked, std::string_view known, Span at, Diagnostics& out);

}  // namespace ipucnn
