#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "ipucnn/run.h"

// What backends that keep a list of jobs of their own do alike.
namespace ipucnn::running {

/// The job of this name; null when the backend does not know it.
template <typename Job>
Job* job_named(const std::vector<std::unique_ptr<Job>>& jobs, const Submitted& name) {
  const auto it = std::find_if(jobs.begin(), jobs.end(),
                               [&](const auto& known) { return known->name() == name; });
  return it == jobs.end() ? nullptr : it->get();
}

/// Takes these out of the list.
template <typename Job>
void forget_jobs(std::span<const Submitted> names, std::vector<std::unique_ptr<Job>>& jobs) {
  std::erase_if(jobs, [&](const auto& job) {
    return std::find(names.begin(), names.end(), job->name()) != names.end();
  });
}

/// Whether a job that waits for others may begin.
enum class Turn : std::uint8_t {
  NotYet,  ///< one of them goes on
  Now,
  Never,  ///< one of them has not ended well, or nobody knows it
};
template <typename Job>
Turn turn_of(const After& after, const std::vector<std::unique_ptr<Job>>& jobs) {
  bool well = true;
  for (const Submitted& name : after.ended_well) {
    const Job* other = job_named(jobs, name);
    if (other != nullptr && !other->over()) return Turn::NotYet;
    well = well && other != nullptr && other->ended_well();
  }
  return well ? Turn::Now : Turn::Never;
}

}  // namespace ipucnn::running
