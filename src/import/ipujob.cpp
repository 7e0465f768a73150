// IPUJobs of Kubernetes that somebody wrote: the mistakes that their documents warn of.
#include "import/ipujob.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

#include "base/text.h"
#include "ipucnn/value.h"

namespace ipucnn::importing {
namespace {

using Words = std::initializer_list<std::string_view>;

constexpr std::string_view kVersion = "graphcore.ai/v1alpha1";
constexpr std::int64_t kMostIpus = 64;
constexpr std::size_t kLongestName = 36;

bool is_in(std::string_view word, Words words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// As names of pods are made of it.
bool is_label(std::string_view name) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !name.empty() && plain(name.front()) && plain(name.back()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return plain(c) || c == '-'; });
}

class Manifest {
 public:
  explicit Manifest(Diagnostics& out) : out_(out) {}

  void check(Node job) {
    if (const Node version = job.find("apiVersion"); version.text() != kVersion)
      wrong(version ? version.at() : job.find_key("kind").at(),
            fmt::format("apiVersion of an IPUJob is {}", kVersion), "");
    check_name(job);
    const Node spec = job.find("spec");
    if (!spec.is_map()) return wrong(job.find_key("kind").at(), "an IPUJob needs a spec", "");
    check_fields(
        spec, "spec",
        {"jobInstances", "ipusPerJobInstance", "modelReplicasPerWorker", "workersPerJobInstance",
         "workers", "launcher", "restartPolicy", "cleanPodPolicy", "interactive"});
    check_number(spec, "jobInstances", true);
    check_ipus(spec);
    for (const std::string_view key : {"modelReplicasPerWorker", "workersPerJobInstance"})
      check_quoted(spec.find(key), key);
    check_restart(spec);
    check_one_of(spec, "cleanPodPolicy", {"None", "Workers", "All"});
    check_launcher(spec);
    check_workers(spec);
  }

 private:
  void wrong(Span at, std::string message, std::string help) {
    out_.add(FindingId::J001, at, std::move(message)).help = std::move(help);
  }

  void check_name(Node job) {
    const Node metadata = job.find("metadata");
    const Node name = metadata.find("name");
    if (!name && !metadata.find("generateName"))
      return wrong(metadata ? metadata.at() : job.find_key("kind").at(), "an IPUJob needs a name",
                   "");
    if (!name || !check_quoted(name, "name")) return;
    if (!is_label(name.text()))
      wrong(name.at(),
            "a name has lower-case letters, digits and hyphens, and begins and ends without one",
            "");
    if (name.text().size() > kLongestName)
      out_.add(FindingId::J003, name.at(),
               fmt::format("the name has {} characters; with more than {} the job may fail to "
                           "acquire its IPUs",
                           name.text().size(), kLongestName))
          .help = "give it a shorter name";
  }

  void check_fields(Node mapping, std::string_view where, Words known) {
    mapping.each_pair([&](Node key, Node) {
      if (is_in(key.text(), known)) return;
      Diagnostic& d =
          out_.add(FindingId::J002, key.at(),
                   fmt::format("{} of an IPUJob has no field {}, and the cluster drops it without "
                               "a word",
                               where, key.text()));
      d.help = fmt::format("it has {}", join({known.begin(), known.end()}, ", "));
    });
  }

  void check_number(Node mapping, std::string_view key, bool required) {
    const Node value = mapping.find(key);
    if (!value) {
      if (required) wrong(mapping.at(), fmt::format("an IPUJob needs {}", key), "");
      return;
    }
    const auto number = value.is_plain() ? parse_int64(value.text()) : std::nullopt;
    if (!number || *number < 1)
      wrong(value.at(), fmt::format("{} is a whole number from 1 on, without quotes", key), "");
  }

  /// With the name of a field, where `what` is one.
  static std::string quoted_form(std::string_view what, std::string_view text) {
    const bool field = what.find(' ') == what.npos;
    return fmt::format("write it in quotes: {}\"{}\"", field ? fmt::format("{}: ", what) : "",
                       text);
  }

  /// False where it is wrong.
  bool check_quoted(Node value, std::string_view key) {
    if (!value || (value.is_scalar() && value.type() == ScalarType::String)) return true;
    const std::string_view is = !value.is_scalar()                 ? "a mapping or a list"
                                : value.type() == ScalarType::Bool ? "a yes or no"
                                : value.type() == ScalarType::Null ? "nothing"
                                                                   : "a number";
    wrong(value.at(), fmt::format("{} is a text, and this is {}", key, is),
          value.is_scalar() ? quoted_form(key, value.text()) : "");
    return false;
  }

  void check_ipus(Node spec) {
    const Node value = spec.find("ipusPerJobInstance");
    if (!value) return wrong(spec.at(), "an IPUJob needs ipusPerJobInstance", "");
    check_quoted(value, "ipusPerJobInstance");
    const auto ipus = parse_int64(value.text());
    const auto bits = static_cast<std::uint64_t>(ipus.value_or(0));
    if (!ipus || *ipus < 1 || (bits & (bits - 1)) != 0)
      return wrong(value.at(), "ipusPerJobInstance is a power of two", "");
    if (*ipus > kMostIpus)
      out_.add(FindingId::L037, value.at(),
               fmt::format("an IPUJob has at most {} IPUs, for its operator makes no larger "
                           "partition; this one asks for {}",
                           kMostIpus, *ipus));
  }

  void check_one_of(Node mapping, std::string_view key, Words words) {
    const Node value = mapping.find(key);
    if (value && !is_in(value.text(), words))
      wrong(value.at(),
            fmt::format("{} is {}, not {}", key, join({words.begin(), words.end()}, ", "),
                        value.is_scalar() ? fmt::format("'{}'", value.text()) : "a mapping"),
            "");
  }

  void check_restart(Node spec) {
    const Node policy = spec.find("restartPolicy");
    if (!policy) return;
    if (!policy.is_map())
      return wrong(policy.at(), "restartPolicy of an IPUJob is a mapping, not a word as a pod's",
                   fmt::format("restartPolicy: {{type: {}}}",
                               policy.text().empty() ? "Never" : policy.text()));
    check_fields(policy, "restartPolicy", {"type", "backOffLimit", "exitCodes"});
    if (!policy.find("type")) wrong(policy.at(), "restartPolicy needs a type", "");
    check_one_of(policy, "type", {"Always", "OnFailure", "Never", "ExitCode"});
  }

  void check_launcher(Node spec) {
    const Node launcher = spec.find("launcher");
    if (!launcher) return;
    check_fields(launcher, "launcher", {"command", "env"});
    if (!launcher.find("command"))
      wrong(launcher.at(), "launcher needs a command, which is a list of words", "");
    check_words(launcher);
    if (spec.find("workers").find_int("replicas").value_or(1) < 2)
      wrong(spec.find_key("launcher").at(), "a launcher is for several workers, and there is one",
            "let the worker's own command be poprun");
  }

  void check_workers(Node spec) {
    const Node workers = spec.find("workers");
    if (!workers.is_map()) return wrong(spec.at(), "an IPUJob needs workers", "");
    check_fields(workers, "workers", {"replicas", "strategy", "template"});
    check_number(workers, "replicas", false);
    const Node pod = workers.find("template").find("spec");
    const Node containers = pod.find("containers");
    if (!containers.is_list() || containers.size() == 0)
      return wrong(workers.at(), "the pod template of workers needs containers", "");
    for (const Node container : containers) check_words(container);
    check_host_access(pod, containers);
  }

  /// What the server refuses of a container: words and variables that are no texts.
  void check_words(Node container) {
    for (const std::string_view key : {"command", "args"}) {
      const Node list = container.find(key);
      if (list && !list.is_list()) wrong(list.at(), fmt::format("{} is a list of words", key), "");
      if (!list.is_list()) continue;
      for (const Node word : list) check_quoted(word, fmt::format("a word of {}", key));
    }
    const Node env = container.find("env");
    if (!env.is_list()) return;
    for (const Node variable : env)
      check_quoted(variable.find("value"),
                   fmt::format("the value of {}", variable.find("name").text()));
  }

  void lacks(Span at, std::string_view what, std::string help) {
    out_.add(FindingId::J004, at, fmt::format("the worker {}", what)).help = std::move(help);
  }

  void check_host_access(Node pod, Node containers) {
    if (!pod.find_bool("hostIPC", false))
      lacks(pod.at(), "does not share the host's IPC", "add hostIPC: true to the pod's spec");
    bool locks = false;
    bool mounts = false;
    for (const Node container : containers) {
      const Node added = container.find("securityContext").find("capabilities").find("add");
      locks = locks || added.contains("IPC_LOCK") ||
              container.find("securityContext").find_bool("privileged", false);
      const Node list = container.find("volumeMounts");
      if (!list.is_list()) continue;
      for (const Node mount : list) mounts = mounts || mount.find("mountPath").text() == "/dev/shm";
    }
    if (!locks)
      lacks(containers.at(), "may not lock memory, which RDMA needs",
            "add securityContext: {capabilities: {add: [IPC_LOCK]}} to the container");
    if (!mounts)
      lacks(containers.at(), "has a /dev/shm of 64 MiB, which data loaders fill",
            "mount an emptyDir of medium Memory at /dev/shm");
  }

  Diagnostics& out_;
};

}  // namespace

void check_ipujob(Node document, Diagnostics& out) {
  if (!document.is_map()) return;
  const Node kind = document.find("kind");
  if (kind.text() == "List" && document.find("items").is_list())
    for (const Node item : document.find("items")) check_ipujob(item, out);
  if (kind.text() == "IPUJob")
    Manifest(out).check(document);
  else if (to_lower(kind.text()) == "ipujob")
    out.add(FindingId::J001, kind.at(), "the kind is written IPUJob");
}

}  // namespace ipucnn::importing
