#include "campaign/benchmark_file.h"

#include "ipucnn/view.h"

namespace ipucnn::campaigning {

BenchmarkFile::BenchmarkFile(CaseInput in, std::unique_ptr<Document> document)
    : in_(std::move(in)),
      document_(std::move(document)),
      file_(input_file(in_.inputs.sources, root().at().source)) {}

std::vector<BenchmarkEntry> BenchmarkFile::entries(
    const std::function<bool(std::string_view)>& wanted, Diagnostics& out) const {
  return read_benchmarks({in_.inputs.catalog, in_.inputs.sources, in_.import}, root(), out, wanted);
}

PlannedBenchmark BenchmarkFile::plan(const BenchmarkEntry& entry, const BenchmarkVariant& variant,
                                     Diagnostics& out) const {
  return plan_benchmark(in_.inputs, file_, entry, variant, in_.words, in_.import, in_.occasion,
                        out);
}

std::function<std::shared_ptr<const CaseWork>()> BenchmarkFile::maker(const BenchmarkEntry& entry,
                                                                      std::size_t variant,
                                                                      std::size_t point) {
  if (entries_.empty() || entries_.back().first.at() != entry.at)
    entries_.emplace_back(entry.key, entry.body);
  const Place place{static_cast<std::uint32_t>(entries_.size() - 1),
                    static_cast<std::uint16_t>(variant), static_cast<std::uint16_t>(point)};
  return [this, place] { return make(place); };
}

std::shared_ptr<const CaseWork> BenchmarkFile::make(Place place) const {
  Diagnostics said_before;
  const auto& [key, body] = entries_[place.entry];
  BenchmarkEntry entry =
      *read_benchmark({in_.inputs.catalog, in_.inputs.sources, in_.import}, key, body, said_before);
  BenchmarkVariant& variant = entry.variants[place.variant];
  PlannedBenchmark planned = plan(entry, variant, said_before);
  BenchmarkPoint& point = planned.points[place.point];
  const auto work = std::make_shared<CaseWork>();
  work->plan = std::move(*point.plan);
  work->parent = in_.runs_folder(point.runs_dir);
  std::vector<StepSettings> steps;
  for (const auto& [name, settings] : point.settings) steps.push_back({name, settings});
  if (!steps.empty())
    work->files.push_back({"explain.json", explain_json(steps, in_.inputs.sources)});
  work->expectations = expectations_of(entry.expect, work->plan.target, work->plan.release);
  work->figures = std::move(entry.metrics);
  work->derived = std::move(entry.derived);
  work->parameters = std::move(variant.parameters);
  return work;
}

}  // namespace ipucnn::campaigning
