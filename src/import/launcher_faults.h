#pragma once

#include "ipucnn/diagnostic.h"
#include "ipucnn/launcher_line.h"

namespace ipucnn::importing {

/// An option that the table of its launcher has not, or not by this name.
void report_unknown_option(const load::LauncherOption& option, std::string_view launcher,
                           Node table, Span at, Diagnostics& out);

/// An option whose value is missing, too much, or none that it takes.
void report_refused_option(const load::LauncherOption& option, std::string_view program, Span at,
                           Diagnostics& out);

/// Whether instances and replicas come of what the option says, in a way that is not read.
bool gives_figures(const load::LauncherOption& option);

/// `-npernode N`, `--map-by ppr:N:node`; absent for any other option or a number not known.
std::optional<std::int64_t> processes_of_a_host(const load::LauncherOption& option);

}  // namespace ipucnn::importing
