// Which files a request needs beside those that are always in force.
#include <fmt/format.h>

#include <algorithm>

#include "job/parts.h"

namespace ipucnn {
namespace job {

bool is_path(std::string_view text) {
  const auto ends = [&](std::string_view end) {
    return text.size() > end.size() && text.substr(text.size() - end.size()) == end;
  };
  return text.find('/') != text.npos || ends(".yml") || ends(".yaml");
}

std::optional<FoundFolder> find_folder(const JobRequest& request, Entry site) {
  if (request.app_dir) return FoundFolder{*request.app_dir, true};
  // A site's folder can be another machine's, or hold places that only a job fills.
  if (const auto own = word_of(site.body.find("app_dir"))) return FoundFolder{*own, false};
  return std::nullopt;
}

}  // namespace job

namespace {

/// The one preset that the requests are about; empty when there may be others.
std::string only_preset(const std::vector<JobRequest>& requests) {
  if (requests.size() != 1 || !requests.front().preset || requests.front().job) return {};
  return std::string(parse_preset_name(requests.front().preset->text).name);
}

bool is_read(const Surroundings& around, std::string_view path) {
  return std::any_of(around.files.begin(), around.files.end(),
                     [&](const ReadFile& file) { return file.path == path; });
}

bool is_looked_for(const Surroundings& around, std::string_view hostfile) {
  return std::any_of(around.hostfiles.begin(), around.hostfiles.end(),
                     [&](const LookedUpHosts& known) { return known.path == hostfile; });
}

bool is_looked_at(const Surroundings& around, std::string_view folder) {
  return std::any_of(around.checkouts.begin(), around.checkouts.end(),
                     [&](const Checkout& known) { return known.folder == folder; });
}

/// Every release of which marks are known, whether or not there is a descriptor for it.
template <typename Take>
void each_release(const Catalog& catalog, Take take) {
  for (const Catalog::File& file : catalog.files())
    root(file.tree).find("defaults").find("checkouts").each_pair([&](Node name, Node releases) {
      releases.each_pair([&](Node release, Node marks) { take(name, release, marks); });
    });
}

/// Names of the files in which descriptors' marks stand, each once.
std::vector<std::string> marks_of(const Catalog& catalog) {
  std::vector<std::string> names = {"configs.yml"};
  const auto add = [&](Node name) {
    if (std::find(names.begin(), names.end(), name.text()) == names.end())
      names.emplace_back(name.text());
  };
  const auto add_all = [&](Node marks) {
    for (const std::string_view list : {"has", "lacks"})
      if (const Node files = marks.find(list); files.is_list())
        for (const Node file : files) add(file);
    for (const std::string_view texts : {"text", "no_text"})
      marks.find(texts).each_pair([&](Node file, Node) { add(file); });
  };
  for (const Entry& app : catalog.entries(Section::Applications))
    add_all(catalog.own_field(app, "checkout"));
  each_release(catalog, [&](Node, Node, Node marks) { add_all(marks); });
  return names;
}

bool bears(Node marks, const FolderText& text) {
  if (!marks.is_map()) return false;
  const auto exist = [&](std::string_view list, bool expected) {
    const Node files = marks.find(list);
    if (!files.is_list()) return true;
    return std::all_of(files.begin(), files.end(), [&](Node file) {
      return text(std::string(file.text())).has_value() == expected;
    });
  };
  const auto hold = [&](std::string_view texts, bool expected) {
    bool all = true;
    marks.find(texts).each_pair([&](Node file, Node wanted) {
      const auto found = text(std::string(file.text()));
      all = all && (found && found->find(wanted.text()) != std::string::npos) == expected;
    });
    return all;
  };
  return exist("has", true) && exist("lacks", false) && hold("text", true) &&
         hold("no_text", false);
}

/// Files that the words name. What a configs.yml among them is taken for is asked before the job is
/// known, for it may hold the job.
void add_named_files(const std::vector<JobRequest>& requests, const Catalog& catalog,
                     const Surroundings& around, NeededFiles& needed) {
  const auto add = [&](const Word& path, std::string application, std::string only) {
    const bool again = std::any_of(needed.files.begin(), needed.files.end(),
                                   [&](const auto& file) { return file.path.text == path.text; });
    if (!again && !is_read(around, path.text))
      needed.files.push_back({path, Layer::Named, std::move(application), std::move(only)});
  };
  const std::string only = only_preset(requests);
  for (const JobRequest& request : requests) {
    const auto app =
        request.application ? request.application : job::usual(request, catalog, "application");
    for (const Word& path : request.presets) add(path, app ? app->text : "", only);
    if (request.site && job::is_path(request.site->text)) add(*request.site, {}, {});
  }
}

/// The file of machines that the strongest layer names; empty where none does.
std::string hostfile_of(const JobRequest& request, Node launch, Entry site,
                        const Catalog& catalog) {
  constexpr std::string_view kKey = "hostfile";
  for (auto word = request.launch.rbegin(); word != request.launch.rend(); ++word)
    if (word->text.starts_with("hostfile=")) return word->text.substr(kKey.size() + 1);
  if (const auto own = launch.find_text(kKey)) return std::string(*own);
  const Entry profile = catalog.find(
      Section::Profiles, request.profile ? std::string_view(request.profile->text)
                                         : site.body.find_text("profile").value_or("default"));
  if (const auto own = profile.body.find_text(kKey)) return std::string(*own);
  return std::string(site.body.find_text(kKey).value_or(""));
}

/// The folder of a request's scripts, the configs.yml in it, and a file of machines.
void add_places(const JobRequest& asked, const Catalog& catalog, const Surroundings& around,
                NeededFiles& needed) {
  JobRequest request = asked;
  Diagnostics ignored;  // what is wrong with a job or site is reported when it is resolved
  Node launch;
  if (const Entry entry = job::find_job(request, catalog))
    if (const auto flat = flatten_job(catalog, entry, {}, ignored)) {
      job::take_job(*flat, request);
      launch = flat->find("launch");
    }
  const Entry site = job::find_site(request, catalog, around, ignored).entry;
  const auto folder = job::find_folder(request, site);
  const std::string hostfile = hostfile_of(request, launch, site, catalog);
  if (!hostfile.empty() && !is_looked_for(around, hostfile))
    needed.hostfiles.push_back({hostfile, folder ? folder->path.text : std::string()});
  if (!folder) return;
  if (!is_looked_at(around, folder->path.text)) {
    const auto app =
        request.application ? request.application : job::usual(request, catalog, "application");
    needed.folders.push_back(
        {folder->path, app ? app->text : std::string(), marks_of(catalog), folder->named});
    return;
  }
  for (const Checkout& checkout : around.checkouts)
    if (checkout.folder == folder->path.text && !checkout.configs.empty() &&
        !is_read(around, checkout.configs))
      needed.files.push_back(
          {{checkout.configs, folder->path.at}, Layer::Checkout, checkout.application, {}});
}

}  // namespace

NeededFiles files_needed(const std::vector<JobRequest>& requests, const Catalog& catalog,
                         const Surroundings& around) {
  NeededFiles needed;
  add_named_files(requests, catalog, around, needed);
  if (needed.empty())
    for (const JobRequest& request : requests) {
      add_places(request, catalog, around, needed);
      if (!needed.empty()) break;
    }
  return needed;
}

Checkout recognise_checkout(const Catalog& catalog, const NeededFiles::Folder& folder,
                            const FolderText& text, Diagnostics& out) {
  Checkout found{folder.path.text, {}, {}};
  const AppId of = parse_app_id(folder.application);
  for (const Entry& app : catalog.entries(Section::Applications)) {
    const AppId id = parse_app_id(app.name.text());
    const bool wanted =
        of.name.empty() || (of.name == id.name && (of.release.empty() || of.release == id.release));
    if (wanted && bears(catalog.own_field(app, "checkout"), text))
      found.application = std::string(app.name.text());
  }
  if (found.application.empty()) {
    std::string unknown;
    each_release(catalog, [&](Node name, Node release, Node marks) {
      if (bears(marks, text))
        unknown = std::string(name.text()) + "@" + std::string(release.text());
    });
    if (!folder.named && unknown.empty()) return found;
    Diagnostic& d = out.add(
        FindingId::K042, folder.path.at,
        unknown.empty() ? fmt::format("{} is no checkout of a known release", folder.path.text)
                        : fmt::format("{} is a checkout of {}, a release that is not known here",
                                      folder.path.text, unknown));
    d.help = "give the folder of the application's scripts; `ipucnn show apps` lists releases";
    if (!folder.named) d.severity = Severity::Warning;
    return found;
  }
  if (text("configs.yml")) found.configs = folder.path.text + "/configs.yml";
  return found;
}

}  // namespace ipucnn
