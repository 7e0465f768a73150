#include "ipucnn/diagnostic.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace ipucnn {
namespace {

constexpr FindingInfo kFindings[] = {
#define FINDING(id, name, severity, summary) {#id, #name, Severity::severity, summary},
#include "ipucnn/findings.def"
#undef FINDING
};

}  // namespace

const FindingInfo& finding_info(FindingId id) { return kFindings[static_cast<std::size_t>(id)]; }

std::string_view severity_name(Severity severity) {
  switch (severity) {
    case Severity::Note:
      return "note";
    case Severity::Warning:
      return "warning";
    case Severity::Error:
      break;
  }
  return "error";
}

Diagnostic& Diagnostics::add(FindingId id, Span at, std::string message) {
  return all_.emplace_back(
      Diagnostic{id, finding_info(id).severity, std::move(message), at, {}, {}});
}

bool Diagnostics::has_errors() const {
  return std::any_of(all_.begin(), all_.end(),
                     [](const Diagnostic& d) { return d.severity == Severity::Error; });
}

std::vector<Diagnostic> Diagnostics::sorted() const {
  const auto key = [](const Diagnostic& d) { return std::tie(d.at, d.id, d.message); };
  std::vector<Diagnostic> out = all_;
  std::stable_sort(out.begin(), out.end(),
                   [&](const Diagnostic& a, const Diagnostic& b) { return key(a) < key(b); });
  out.erase(std::unique(out.begin(), out.end(),
                        [&](const Diagnostic& a, const Diagnostic& b) { return key(a) == key(b); }),
            out.end());
  return out;
}

}  // namespace ipucnn
