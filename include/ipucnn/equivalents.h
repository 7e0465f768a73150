#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/check.h"
#include "ipucnn/solve.h"

namespace ipucnn {

/// The network that a step's settings make, by its name under `networks:` of the application;
/// absent when they make none of them.
std::optional<std::string_view> network_of(const CheckInput& in);

/// What an option of one application is in another.
struct Counterpart {
  std::string key;
  std::string value;
  std::string here;        ///< key of the option that means the same; empty: there is none
  std::string value_here;  ///< the value in force; empty: none
};

/// One for each option that somebody set there, but for those that make the network and for the
/// figures of the batch: named under `counterparts:` there, else bound to the same quantity.
std::vector<Counterpart> counterparts(const CheckInput& there, const CheckInput& here);

/// Presets of other applications for the network and the global batch of a job.
struct Equivalents {
  struct Proposal {
    std::string preset;  ///< as --config takes it
    Answer answer;       ///< the best for that batch
  };
  struct Refusal {
    std::string preset;
    std::string why;
  };

  std::string job;
  std::string application;  ///< the job's
  std::string network;
  std::int64_t global_batch = 1;
  std::vector<Proposal> proposals;   ///< best first
  std::vector<Counterpart> options;  ///< the job's, held to the first proposal
  std::vector<Refusal> refused;
};

}  // namespace ipucnn
