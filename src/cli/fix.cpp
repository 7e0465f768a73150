#include "cli/fix.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "base/edits.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "ipucnn/record.h"
#include "ipucnn/suppression.h"

namespace ipucnn::cli {
namespace {

bool is_of_others(const Catalog& catalog, SourceId source) {
  const Catalog::File* file = catalog.file_of(source);
  return file != nullptr && file->layer < Layer::Project;
}

/// What is allowed is to stay as it is.
bool is_allowed(const Diagnostic& d) {
  return std::any_of(d.notes.begin(), d.notes.end(),
                     [](const Note& note) { return note.text == kAllowed; });
}

}  // namespace

std::vector<MendedFile> mended_files(const Diagnostics& findings, const JobInputs& inputs) {
  std::map<SourceId, std::vector<Edit>> edits;
  std::map<SourceId, std::size_t> fixes;
  for (const Diagnostic* d : findings.sorted()) {
    if (is_allowed(*d) || is_of_others(inputs.catalog, d->at.source)) continue;
    const std::vector<Edit> of_finding = edits_of(*d, inputs.sources);
    if (of_finding.empty()) continue;
    ++fixes[d->at.source];
    for (const Edit& edit : of_finding) edits[edit.at.source].push_back(edit);
  }
  std::vector<MendedFile> mended;
  for (auto& [source, of_file] : edits) {
    MendedFile file;
    file.path = inputs.sources.name(source);
    file.before = inputs.sources.text(source);
    std::string error;
    if (read_file(file.path, error) != file.before) continue;
    file.after = with_edits(file.before, std::move(of_file));
    file.fixes = fixes[source];
    if (file.after != file.before) mended.push_back(std::move(file));
  }
  return mended;
}

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

}  // namespace ipucnn::cli
