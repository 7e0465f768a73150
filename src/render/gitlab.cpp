// The code quality report of GitLab, shown beside the lines of a merge request.
#include <map>
#include <nlohmann/json.hpp>

#include "base/sha256.h"
#include "render/renderers.h"

namespace ipucnn::rendering {
namespace {

std::string_view severity_of(Severity severity) {
  switch (severity) {
    case Severity::Error:
      return "major";
    case Severity::Warning:
      return "minor";
    case Severity::Note:
      break;
  }
  return "info";
}

}  // namespace

std::string render_gitlab(const FindingReport& report) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  std::map<std::string, int> seen;
  for (const Diagnostic* d : report.findings.sorted()) {
    const FindingInfo& info = finding_info(d->id);
    const std::string path = file_name(report, d->at);
    const std::string text = plain_text(*d, report.sources);
    // The same finding on a line that moved is no new one; equal ones of a file are told apart.
    const std::string same = path + '\n' + std::string(info.id) + '\n' + d->message;
    const std::string fingerprint = sha256(same + '\n' + std::to_string(seen[same]++));
    list.push_back({{"description", text},
                    {"check_name", info.id},
                    {"fingerprint", fingerprint},
                    {"severity", severity_of(d->severity)},
                    {"location",
                     {{"path", path}, {"lines", {{"begin", d->at.line == 0 ? 1U : d->at.line}}}}}});
  }
  return list.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace ipucnn::rendering
