// Any words (separated by line feeds) behind a preset: settings or findings, never a crash.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "cli/split_argv.h"
#include "ipucnn/resolve.h"

// libFuzzer looks for this name.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::string> words = {"run"};
  words.emplace_back();
  for (std::size_t i = 0; i < size; ++i) {
    const char c = static_cast<char>(data[i]);
    if (c == '\n')
      words.emplace_back();
    else if (c != '\0')
      words.back() += c;
  }
  ipucnn::Sources sources;
  const ipucnn::Catalog catalog(sources);
  ipucnn::Diagnostics findings;
  const auto schema = ipucnn::AppSchema::load(
      catalog, catalog.find_application(ipucnn::parse_app_id("tensorflow1_cnns@2.3")), findings);
  const auto split = ipucnn::cli::split_argv("ipucnn", words);
  ipucnn::ResolveInput in{catalog, *schema, *schema->purpose("train")};
  in.overrides = split.overrides;
  in.sets = split.values(ipucnn::cli::Option::Set);
  in.unsets = split.values(ipucnn::cli::Option::Unset);
  const ipucnn::Settings settings = resolve(in, findings);
  if (settings.all().empty() && !words.empty() && findings.all().empty() &&
      !split.overrides.empty())
    std::abort();
  // A value that is missing at the end is pointed at right behind it.
  for (const ipucnn::Diagnostic& d : findings.all())
    if (d.at.source == ipucnn::kCommandLine && d.at.column + d.at.length > split.text.size() + 2)
      std::abort();
  return 0;
}
