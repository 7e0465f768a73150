#include "ipucnn/mended.h"

#include <algorithm>
#include <map>

#include "base/edits.h"
#include "ipucnn/suppression.h"

namespace ipucnn {
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

std::vector<MendedFile> mended_files(const Diagnostics& findings, const JobInputs& inputs,
                                     InputReader& reader) {
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
    if (reader.read(file.path, error) != file.before) continue;
    file.after = with_edits(file.before, std::move(of_file));
    file.fixes = fixes[source];
    if (file.after != file.before) mended.push_back(std::move(file));
  }
  return mended;
}

}  // namespace ipucnn
