#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ipucnn/end.h"
#include "ipucnn/record.h"

// What kubectl says of IPUJobs and their workers.
namespace ipucnn::running {

/// An IPUJob and its first worker.
struct ClusterJob {
  bool worker = false;    ///< there is a pod
  bool runs = false;      ///< and its container does
  std::string container;  ///< name of that; empty where the pod has no other
  std::string node;       ///< that it is on
  std::string waits_for;
  std::int64_t restarts = 0;  ///< of the whole job
  std::optional<Exit> exit;   ///< its container's
  std::optional<SeenMessage> remark;
};

struct JobName {
  std::string name_space;  ///< empty: kubectl's own
  std::string name;
};

/// One question for all jobs of a namespace, which are given by their names; one that is gone has
/// no row. Absent, with kubectl's complaint, when it could not be answered.
std::optional<std::map<std::string, ClusterJob>> ask_cluster(const std::string& name_space,
                                                             const std::vector<std::string>& names,
                                                             std::string& error);
/// The same of what kubectl has printed.
std::map<std::string, ClusterJob> read_cluster_jobs(const std::string& json);

/// The words of kubectl for a namespace.
std::vector<std::string> kubectl(const std::string& name_space, std::vector<std::string> words);
std::string worker_of(const std::string& job);

}  // namespace ipucnn::running
