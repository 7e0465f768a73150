// Any text as a script, a document or a list of commands: jobs or findings, never a crash, and no
// place outside of the text. The first byte says which.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "ipucnn/import.h"

// libFuzzer looks for this name.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  ipucnn::Sources sources;
  const ipucnn::Catalog catalog(sources);
  const ipucnn::SourceId source =
      sources.add("text", std::string(reinterpret_cast<const char*>(data) + 1, size - 1));
  ipucnn::ImportRequest request;
  request.kind = static_cast<ipucnn::CommandSource>(data[0] % 3);
  request.everything = data[0] > 99;
  ipucnn::Diagnostics findings;
  for (const ipucnn::ImportedJob& job :
       import_commands(catalog, sources, source, request, findings))
    if (!job.entry() || job.line.empty() || job.at.line > job.last_line) std::abort();
  for (const ipucnn::Diagnostic& d : findings.all())
    if (d.at.source == source && d.at.column > sources.line(d.at).size() + 1) std::abort();
  return 0;
}
