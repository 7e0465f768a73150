#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/edits.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/input_files.h"
#include "cli/lock_file.h"
#include "cli/request.h"
#include "ipucnn/emit.h"
#include "ipucnn/mended.h"
#include "ipucnn/record.h"
#include "ipucnn/render.h"

namespace ipucnn::cli {
namespace {

std::string summary(const CheckedSubjects& checked, const std::string& read) {
  std::int64_t errors = 0;
  std::int64_t warnings = 0;
  for (const Diagnostic* d : checked.findings.sorted()) {
    errors += d->severity == Severity::Error ? 1 : 0;
    warnings += d->severity == Severity::Warning ? 1 : 0;
  }
  const auto& not_read = checked.not_read;
  const std::string left = not_read.empty() ? ""
                                            : fmt::format("{} not checked ({}), ", not_read.size(),
                                                          join(not_read, ", "));
  const std::size_t commands = checked.checked.size() - not_read.size();
  const std::string plain =
      checked.plain == 0 ? "" : fmt::format("{} of no known application, ", checked.plain);
  return fmt::format("{}{}{} checked, {}{}{}, {}", read, read.empty() ? "" : " read, ",
                     counted(static_cast<std::int64_t>(commands), "command"), plain, left,
                     counted(errors, "error"), counted(warnings, "warning"));
}

bool denied(const Diagnostics& findings, const SplitArgv& split) {
  const auto& all = findings.all();
  return findings.has_errors() ||
         (split.has(Option::Deny) && std::any_of(all.begin(), all.end(), [](const Diagnostic& d) {
            return d.severity == Severity::Warning;
          }));
}

/// `usage` is set where a file cannot be read.
CheckedSubjects check_all(InputFiles& files, const SplitArgv& split, std::string& usage) {
  CheckedSubjects checked;
  const auto scope = read_scope(files, split, usage);
  if (!scope) {
    checked.findings = files.findings;
    return checked;
  }
  std::optional<LockFile> lock;
  if (split.has(Option::Locked)) lock = read_lock(files.sources, files.world, files.findings);
  return check_subjects(files, *scope, std::move(lock), shell_text);
}

/// Writes them, and says which. Set when one cannot be written: the status to end with.
std::optional<int> write_mended(const std::vector<MendedFile>& files, const SplitArgv& split,
                                const Streams& streams) {
  namespace fs = std::filesystem;
  for (const MendedFile& file : files) {
    // What a link leads to is written, and stays readable for whom it was.
    std::error_code code;
    const fs::path path = fs::canonical(file.path, code);
    const fs::perms mode = fs::status(path, code).permissions();
    std::string error = code.message();
    if (code || !write_file(path.string(), file.after, error)) return usage(streams, error, split);
    fs::permissions(path, mode, code);
    say(streams, fmt::format("{}: {} mended", file.path,
                             counted(static_cast<std::int64_t>(file.fixes), "finding")));
  }
  return std::nullopt;
}

/// What --fix would write, and nothing is written.
void show_fixes(const std::vector<MendedFile>& mended, const Streams& streams) {
  for (const MendedFile& file : mended)
    streams.out(unified_diff(file.path, file.before, file.after));
  if (mended.empty()) say(streams, "nothing that --fix would change");
}

void print_report(const CheckedSubjects& checked, const InputFiles& files, const SplitArgv& split,
                  const Streams& streams) {
  const std::string_view format = format_of(split);
  const RenderStyle style{use_color(split, streams.out_is_terminal, files.world), streams.width};
  const FindingReport report{checked.findings,
                             files.sources,
                             style,
                             checked.checked,
                             std::string(program_version()),
                             repository_paths(files.world)};
  streams.out(*render(report, format));
  if (format == "text" && checked.nothing)
    say(streams,
        "nothing to check: there is no ipucnn.yml in this folder or above it.\n"
        "Name files or --config PRESET; --builtin checks the presets that ipucnn ships");
  else if (format == "text")
    say(streams, summary(checked, entries_read(files.catalog, checked.files)));
}

}  // namespace

int cmd_check(const SplitArgv& split, const Streams& streams, const World& world) {
  const bool only_shows = split.has(Option::FixDiff);
  // Behind what keeps a file from being read there may be more to mend.
  constexpr int kMostPasses = 8;
  for (int passes = split.has(Option::Fix) && !only_shows ? kMostPasses : 0;; --passes) {
    InputFiles files(split, world);
    FileReader reader;
    std::string error;
    const CheckedSubjects checked = check_all(files, split, error);
    if (!error.empty()) return usage(streams, error, split);
    const auto mended = passes > 0 || only_shows ? mended_files(checked.findings, files, reader)
                                                 : std::vector<MendedFile>();
    if (only_shows)
      show_fixes(mended, streams);
    else if (mended.empty())
      print_report(checked, files, split, streams);
    else if (const auto status = write_mended(mended, split, streams))
      return *status;
    else
      continue;
    return denied(checked.findings, split) ? kFindings : kDone;
  }
}

}  // namespace ipucnn::cli
