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

std::vector<std::string_view> finding_ids() {
  std::vector<std::string_view> ids;
  for (const FindingInfo& info : kFindings) ids.push_back(info.id);
  return ids;
}

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
      Diagnostic{id, finding_info(id).severity, std::move(message), at, {}, {}, {}});
}

bool Diagnostics::has_errors() const {
  return std::any_of(all_.begin(), all_.end(),
                     [](const Diagnostic& d) { return d.severity == Severity::Error; });
}

void Diagnostics::merge_presets(std::size_t from) {
  std::vector<Diagnostic> kept(all_.begin(), all_.begin() + static_cast<std::ptrdiff_t>(from));
  for (std::size_t i = from; i < all_.size(); ++i) {
    Diagnostic& d = all_[i];
    const auto known = std::find_if(
        kept.begin() + static_cast<std::ptrdiff_t>(from), kept.end(), [&](const Diagnostic& other) {
          const bool elsewhere =
              std::find(other.found_in.begin(), other.found_in.end(),
                        d.found_in.empty() ? "" : d.found_in.front()) == other.found_in.end();
          return other.id == d.id && other.at == d.at && other.severity == d.severity &&
                 (elsewhere || other.message == d.message);
        });
    if (known == kept.end()) {
      kept.push_back(std::move(d));
      continue;
    }
    for (std::string& preset : d.found_in)
      if (std::find(known->found_in.begin(), known->found_in.end(), preset) ==
          known->found_in.end())
        known->found_in.push_back(std::move(preset));
  }
  all_ = std::move(kept);
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
