// What a job is made of, read in the order in which one file tells of the next.
#include <algorithm>

#include "ipucnn/file_schema.h"
#include "ipucnn/host_list.h"
#include "ipucnn/job_inputs.h"

namespace ipucnn {
namespace {

/// Absent in the two ways of read_inputs.
std::optional<SourceId> read_one(JobInputs& inputs, const NeededFiles::File& file,
                                 InputReader& reader, std::string& unread) {
  // Another spelling of a file that was read is the same file. What a checkout holds is asked for
  // as such, whoever else named it.
  if (file.layer != Layer::Checkout)
    if (const auto source = find_read(inputs, file.path.text, reader)) {
      inputs.around.files.push_back({file.path.text, *source});
      return source;
    }
  auto text = reader.read(file.path.text, unread);
  return text ? inputs.add_text(file, std::move(*text)) : std::nullopt;
}

LookedUpHosts read_host_file(const NeededFiles::HostFile& file, InputReader& reader) {
  const bool whole = file.folder.empty() || file.path.starts_with('/');
  std::string unread;
  const auto text = reader.read(whole ? file.path : file.folder + "/" + file.path, unread);
  return {file.path,
          text ? std::optional<std::int64_t>(resolving::hosts_of_file(*text)) : std::nullopt};
}

}  // namespace

std::optional<SourceId> JobInputs::add_text(const NeededFiles::File& file, std::string text) {
  const SourceId source = sources.add(file.path.text, std::move(text));
  around.files.push_back({file.path.text, source});
  if (!catalog.add(sources, source, file.layer, file.application, findings, file.only))
    return std::nullopt;
  const Catalog::File& added = catalog.files().back();
  const bool good = !added.application.empty() || added.tree.source != source ||
                    check_file_schema(catalog, added.tree, findings);
  return good ? std::optional(source) : std::nullopt;
}

std::optional<SourceId> find_read(const JobInputs& inputs, const std::string& path,
                                  InputReader& reader) {
  for (const ReadFile& known : inputs.around.files)
    if (reader.is_same(known.path, path)) return known.source;
  return std::nullopt;
}

bool read_inputs(JobInputs& inputs, const std::vector<NeededFiles::File>& in_force,
                 const std::vector<JobRequest>& requests, InputReader& reader,
                 std::string& unread) {
  for (const NeededFiles::File& file : in_force)
    if (!read_one(inputs, file, reader, unread)) return false;
  for (NeededFiles needed = files_needed(requests, inputs.catalog, inputs.around); !needed.empty();
       needed = files_needed(requests, inputs.catalog, inputs.around)) {
    for (const NeededFiles::File& file : needed.files)
      if (!read_one(inputs, file, reader, unread)) return false;
    for (const NeededFiles::HostFile& file : needed.hostfiles)
      inputs.around.hostfiles.push_back(read_host_file(file, reader));
    for (const NeededFiles::Folder& folder : needed.folders) {
      inputs.around.checkouts.push_back(recognise_checkout(
          inputs.catalog, folder, reader.below(folder.path.text), inputs.findings));
      if (inputs.findings.has_errors()) return false;
    }
  }
  return true;
}

}  // namespace ipucnn
