#include "ipucnn/diagnostic.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <unordered_set>
#include <utility>

namespace ipucnn {
namespace {

constexpr FindingInfo kFindings[] = {
#define FINDING(id, name, severity, on, allowance, summary) \
  {#id, #name, Severity::severity, FindingClass::on, Allowance::allowance, summary},
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
      Diagnostic{id, finding_info(id).severity, std::move(message), at, {}, {}, {}, {}});
}

bool Diagnostics::has_errors() const {
  return std::any_of(all_.begin(), all_.end(),
                     [](const Diagnostic& d) { return d.severity == Severity::Error; });
}

void Diagnostics::add(const Diagnostics& others) {
  all_.insert(all_.end(), others.all_.begin(), others.all_.end());
}

Diagnostics Diagnostics::merged_presets() const {
  Diagnostics merged = *this;
  merged.merge_presets();
  return merged;
}

void Diagnostics::merge_presets() {
  const auto place = [](const Diagnostic& d) { return std::tie(d.at, d.id, d.severity); };
  // Those of one place follow each other in this order, and in each place the oldest comes first.
  std::vector<std::size_t> order(all_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return place(all_[a]) < place(all_[b]); });
  std::vector<bool> merged(all_.size(), false);
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && place(all_[order[end]]) == place(all_[order[begin]])) ++end;
    merge_place({order.begin() + static_cast<std::ptrdiff_t>(begin),
                 order.begin() + static_cast<std::ptrdiff_t>(end)},
                merged);
    begin = end;
  }
  std::size_t i = 0;
  std::erase_if(all_, [&](const Diagnostic&) { return merged[i++]; });
}

void Diagnostics::merge_place(const std::vector<std::size_t>& same_place,
                              std::vector<bool>& merged) {
  struct Kept {
    std::size_t index;
    std::unordered_set<std::string> presets;
  };
  std::vector<Kept> kept;
  for (const std::size_t index : same_place) {
    Diagnostic& d = all_[index];
    const std::string first = d.found_in.empty() ? std::string() : d.found_in.front();
    const auto known = std::find_if(kept.begin(), kept.end(), [&](const Kept& other) {
      return other.presets.count(first) == 0 || all_[other.index].message == d.message;
    });
    if (known == kept.end()) {
      kept.push_back({index, {d.found_in.begin(), d.found_in.end()}});
      continue;
    }
    merged[index] = true;
    for (std::string& preset : d.found_in)
      if (known->presets.insert(preset).second)
        all_[known->index].found_in.push_back(std::move(preset));
  }
}

std::vector<const Diagnostic*> Diagnostics::sorted() const {
  const auto key = [](const Diagnostic* d) { return std::tie(d->at, d->id, d->message); };
  std::vector<const Diagnostic*> out;
  out.reserve(all_.size());
  for (const Diagnostic& d : all_) out.push_back(&d);
  std::stable_sort(out.begin(), out.end(),
                   [&](const Diagnostic* a, const Diagnostic* b) { return key(a) < key(b); });
  out.erase(std::unique(out.begin(), out.end(),
                        [&](const Diagnostic* a, const Diagnostic* b) { return key(a) == key(b); }),
            out.end());
  return out;
}

}  // namespace ipucnn
