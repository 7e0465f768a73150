#include "run/kube_tools.h"

#include <csignal>
#include <nlohmann/json.hpp>

#include "run/tool.h"

namespace ipucnn::running {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kWorker = "-worker-0";

/// The value at a path of keys; null where there is none.
const Json& at(const Json& json, std::initializer_list<const char*> keys) {
  static const Json kNone;
  const Json* here = &json;
  for (const char* key : keys) {
    const auto it = here->is_object() ? here->find(key) : here->end();
    if (!here->is_object() || it == here->end()) return kNone;
    here = &*it;
  }
  return *here;
}

std::string text_at(const Json& json, std::initializer_list<const char*> keys) {
  const Json& value = at(json, keys);
  return value.is_string() ? value.get<std::string>() : "";
}

std::int64_t number_at(const Json& json, std::initializer_list<const char*> keys) {
  const Json& value = at(json, keys);
  return value.is_number_integer() ? value.get<std::int64_t>() : 0;
}

void read_end(const Json& ended, const std::string& name, ClusterJob& job) {
  const std::string reason = text_at(ended, {"reason"});
  if (reason == "OOMKilled") {
    job.exit = Killed{SIGKILL};
    job.remark = SeenMessage{"kubernetes_out_of_memory", "Kubernetes says OOMKilled of " + name,
                             "the worker used more memory than its limit",
                             "raise `memory` under `kubernetes:` of the site"};
  } else if (const auto signal = number_at(ended, {"signal"}); signal > 0) {
    job.exit = Killed{static_cast<int>(signal)};
  } else {
    job.exit = Exited{static_cast<int>(number_at(ended, {"exitCode"}))};
  }
}

/// The one that our manifest calls worker: a cluster may put others beside it, which do not end.
const Json& container_of(const Json& containers, ClusterJob& job) {
  if (!containers.is_array() || containers.empty()) return at(containers, {"none"});
  const Json* its = &containers.front();
  for (const Json& one : containers)
    if (text_at(one, {"name"}) == "worker") its = &one;
  if (containers.size() > 1) job.container = text_at(*its, {"name"});
  return *its;
}

void read_worker(const Json& pod, const std::string& name, ClusterJob& job) {
  job.worker = true;
  job.node = text_at(pod, {"spec", "nodeName"});
  const std::string reason = text_at(pod, {"status", "reason"});
  if (reason == "Evicted") job.exit = Preempted{};
  if (reason == "NodeLost") job.exit = Lost{"the node of the worker is lost"};
  const Json& container = container_of(at(pod, {"status", "containerStatuses"}), job);
  const Json& state = at(container, {"state"});
  job.runs = at(state, {"running"}).is_object();
  if (const Json& ended = at(state, {"terminated"}); ended.is_object() && !job.exit)
    read_end(ended, name, job);
  if (const std::string why = text_at(state, {"waiting", "reason"}); !why.empty())
    job.waits_for = why;
}

}  // namespace

std::string worker_of(const std::string& job) { return job + std::string(kWorker); }

std::vector<std::string> kubectl(const std::string& name_space, std::vector<std::string> words) {
  words.insert(words.begin(), "kubectl");
  if (!name_space.empty()) words.insert(words.begin() + 1, "--namespace=" + name_space);
  return words;
}

std::map<std::string, ClusterJob> read_cluster_jobs(const std::string& text) {
  std::map<std::string, ClusterJob> jobs;
  const Json json = Json::parse(text, nullptr, false);
  const Json& list = at(json, {"items"});
  const Json items = list.is_array() ? list : Json::array({json});
  for (const Json& item : items)
    if (text_at(item, {"kind"}) == "IPUJob") {
      ClusterJob& job = jobs[text_at(item, {"metadata", "name"})];
      job.waits_for = text_at(item, {"status", "lastMessage"});
      job.restarts = number_at(item, {"status", "restartCount"});
    }
  for (const Json& item : items) {
    const std::string name = text_at(item, {"metadata", "name"});
    if (text_at(item, {"kind"}) != "Pod" || !name.ends_with(kWorker)) continue;
    const auto job = jobs.find(name.substr(0, name.size() - kWorker.size()));
    if (job != jobs.end()) read_worker(item, name, job->second);
  }
  return jobs;
}

std::optional<std::map<std::string, ClusterJob>> ask_cluster(const std::string& name_space,
                                                             const std::vector<std::string>& names,
                                                             std::string& error) {
  std::vector<std::string> words = {"get", "--ignore-not-found", "--output=json"};
  for (const std::string& name : names) {
    words.push_back("ipujobs.graphcore.ai/" + name);
    words.push_back("pods/" + worker_of(name));
  }
  constexpr std::chrono::seconds kLongest(60);
  const auto answer = ask_tool(kubectl(name_space, std::move(words)), kLongest);
  if (!answer || !answer->good()) {
    error = answer ? answer->complaint() : "kubectl does not answer";
    return std::nullopt;
  }
  return read_cluster_jobs(answer->out);
}

}  // namespace ipucnn::running
