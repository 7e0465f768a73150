#pragma once

#include <vector>

#include "ipucnn/plan.h"
#include "ipucnn/resolve.h"

namespace ipucnn::planning {

/// The script's own words behind its name.
std::vector<Arg> script_args(const PlanInput& in);

/// `python3 train.py` with the folder and programs of profile and site.
std::vector<Arg> program_words(const PlanInput& in);

/// The launcher and its options, up to the program; only its name for a launcher without words.
std::vector<Arg> launcher_words(const PlanInput& in);

/// What a run, a report or a scheduler needs beside the words.
void add_details(const PlanInput& in, Step& step);

/// What the site says of Kubernetes.
KubernetesRequest kubernetes_request(const PlanInput& in);

/// How long phases may take and what is tried again: the job's word stands above the site's, and
/// the site's above the application's.
std::vector<Limit> limits_of(const PlanInput& in);
std::optional<Retry> retry_of(const PlanInput& in);

}  // namespace ipucnn::planning
