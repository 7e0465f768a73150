#include "unit/support/test_job.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "cli/app.h"
#include "ipucnn/render.h"

namespace ipucnn::testing {

std::string text_of(const Diagnostics& findings, const Sources& sources) {
  return render_text(findings, sources, {});
}

Loaded::Loaded(std::string text) {
  const SourceId source = sources.add("file.yml", std::move(text));
  document = load_yaml(sources, source, findings);
}

TestJob::TestJob(std::string_view project_file) {
  std::string pattern = std::filesystem::temp_directory_path() / "ipucnn-XXXXXX";
  folder_ = ::mkdtemp(pattern.data());
  std::ofstream(folder_ + "/ipucnn.yml") << project_file;
}

TestJob::~TestJob() { std::filesystem::remove_all(folder_); }

TestJob& TestJob::run(std::string_view words, const std::vector<std::string>& more) {
  std::istringstream stream{std::string(words)};
  std::vector<std::string> args;
  for (std::string word; stream >> word;) args.push_back(word);
  args.insert(args.end(), more.begin(), more.end());
  out.clear();
  err.clear();
  cli::Streams streams;
  streams.out = [this](std::string_view text) { out += text; };
  streams.err = [this](std::string_view text) { err += text; };
  cli::World world;
  world.folder = folder_;
  world.variable = [this](std::string_view name) -> std::optional<std::string> {
    for (const auto& [known, value] : variables_)
      if (known == name) return value;
    return std::nullopt;
  };
  status = cli::run(args, streams, world);
  // The folder has another name in every run.
  const std::string place = folder_ + "/";
  for (std::size_t at = err.find(place); at != std::string::npos; at = err.find(place, at))
    err.erase(at, place.size());
  return *this;
}

TestJob& TestJob::set(std::string name, std::string value) {
  variables_.emplace_back(std::move(name), std::move(value));
  return *this;
}

}  // namespace ipucnn::testing
