// What a job of a file adds to a request, and the requests that its axes make of it.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "ipucnn/named_entry.h"
#include "job/parts.h"

namespace ipucnn {
namespace job {

std::optional<Word> word_of(Node value) {
  if (!value.is_scalar() || value.is_null()) return std::nullopt;
  return Word{std::string(value.text()), value.at()};
}

std::optional<Word> usual(const JobRequest& request, const Catalog& catalog, std::string_view key) {
  return request.command ? std::nullopt : word_of(catalog.find_default(key).body);
}

Entry find_job(const JobRequest& request, const Catalog& catalog) {
  return request.entry ? request.entry
         : request.job ? catalog.find(Section::Jobs, request.job->text)
                       : Entry{};
}

void take_job(const FlatProfile& job, JobRequest& request) {
  const auto take = [&](std::optional<Word>& word, std::string_view key) {
    if (!word) word = word_of(job.find(key));
  };
  const Node unread = job.find("preset_in_application");
  if (!unread.is_scalar() || !yaml_bool(unread.text())) take(request.preset, "preset");
  take(request.application, "application");
  take(request.purpose, "purpose");
  take(request.then, "then");
  take(request.target, "target");
  take(request.site, "site");
  take(request.profile, "profile");
  take(request.hosts, "hosts");
  // What a job lets pass need not occur with every word that is typed beside it.
  const auto allow = [&](Node id) {
    request.suppressions.push_back({std::string(id.text()), id.at(), 0, true});
  };
  const Node allowed = job.find("allow");
  allowed.each_pair([&](Node id, Node) { allow(id); });  // ids and reasons
  if (allowed.is_list())
    for (const Node id : allowed) allow(id);
}

}  // namespace job

std::vector<JobRequest> expand(JobRequest request, const Catalog& catalog, Diagnostics& out) {
  std::vector<JobRequest> all;
  const Entry entry = job::find_job(request, catalog);
  if (!entry && !request.job) {
    all.push_back(std::move(request));
    return job::sweep(std::move(all), out);
  }
  if (!entry) {
    report_unknown(catalog, Section::Jobs, request.job->text, request.job->at, out);
    return {};
  }
  const auto flat = flatten_job(catalog, entry, {}, out);
  if (!flat) return {};
  request.entry = entry;
  request.entry_flat = *flat;
  job::take_job(*flat, request);
  for (std::vector<SweepValue>& values : sweep_points(*flat, out)) {
    all.push_back(request);
    all.back().sweep_point = std::move(values);
  }
  return job::sweep(std::move(all), out);
}

PresetName parse_preset_name(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == text.npos) return {{}, text};
  return {parse_app_id(text.substr(0, colon)), text.substr(colon + 1)};
}

std::vector<Suppression> given_suppressions(const Catalog& catalog, const Sources& sources,
                                            const std::vector<Word>& allowed) {
  std::vector<Suppression> all;
  for (const Catalog::File& file : catalog.files()) {
    if (file.layer == Layer::BuiltIn) continue;
    for (Suppression& leave : read_suppressions(sources, file.tree.source))
      all.push_back(std::move(leave));
  }
  for (const Word& id : allowed) all.push_back({id.text, id.at, 0, false});
  return all;
}

void report_unused_words(std::vector<Suppression> suppressions, Diagnostics& out) {
  std::erase_if(suppressions, [](const Suppression& leave) { return leave.line > 0; });
  report_unused(suppressions, out);
}

}  // namespace ipucnn
