// One way of reading a file of presets, timed without the start of the process.
//   bench_load events FILE        yaml-cpp's events, thrown away
//   bench_load load FILE          as we read it, every preset expanded
//   bench_load one FILE PRESET    as we read it, one preset expanded
// Prints seconds and the peak of the resident memory in MiB.
#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/parser.h>

#include <chrono>
#include <fstream>
#include <string>

#include "cli/files.h"
#include "ipucnn/resolve.h"

namespace {

struct Nothing final : YAML::EventHandler {
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

void parse_events(const std::string& path) {
  std::ifstream file(path);
  YAML::Parser parser(file);
  Nothing nothing;
  parser.HandleNextDocument(nothing);
}

/// True when the file was read and every preset asked for was expanded; a refusal counts as done.
bool load(const std::string& path, const std::string& wanted) {
  std::string error;
  auto text = ipucnn::cli::read_file(path, error);
  if (!text) return false;
  ipucnn::Sources sources;
  ipucnn::Catalog catalog(sources);
  ipucnn::Diagnostics findings;
  const auto source = sources.add(path, std::move(*text));
  if (!catalog.add(sources, source, ipucnn::Layer::Named, "tensorflow1_cnns@2.3", findings, wanted))
    return true;
  const auto presets = wanted.empty() ? catalog.presets({}) : catalog.find_presets(wanted, {});
  for (const ipucnn::PresetRef& preset : presets) ipucnn::flatten(catalog, preset, findings);
  return !presets.empty();
}

/// getrusage would count what the caller held when it started us.
double peak_mib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind("VmHWM:", 0) == 0) return std::stod(line.substr(6)) / 1024;
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const std::string mode = argv[1];
  const auto from = std::chrono::steady_clock::now();
  if (mode == "events")
    parse_events(argv[2]);
  else if (!load(argv[2], argc > 3 ? argv[3] : ""))
    return 1;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - from;
  fmt::print("{:.4f} {:.1f}\n", took.count(), peak_mib());
  return 0;
}
