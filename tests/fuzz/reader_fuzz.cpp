// Any bytes as a file: a tree or findings, never a crash, and every node lies inside the text.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "ipucnn/catalog.h"
#include "ipucnn/resolve.h"

// libFuzzer looks for this name.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ipucnn::Sources sources;
  ipucnn::Catalog catalog(sources);
  ipucnn::Diagnostics findings;
  const auto source = sources.add("fuzz", std::string(reinterpret_cast<const char*>(data), size));
  const bool read =
      catalog.add(sources, source, ipucnn::Layer::Named, "tensorflow1_cnns@2.3", findings);
  if (!read && !findings.has_errors()) std::abort();
  for (const ipucnn::Diagnostic& d : findings.all()) {
    const std::string_view line = sources.line(d.at);
    if (d.at.source == source && d.at.column > line.size() + 1) std::abort();
  }
  if (!read) return 0;
  for (const ipucnn::PresetRef& preset : catalog.presets({}))
    if (preset.layer == ipucnn::Layer::Named) flatten(catalog, preset, findings);
  return 0;
}
