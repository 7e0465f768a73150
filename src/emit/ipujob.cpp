// An IPUJob of Kubernetes (graphcore.ai/v1alpha1) for each step, one worker of which runs the
// launcher.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "emit/emitters.h"
#include "ipucnn/emit.h"
#include "ipucnn/run_variables.h"

namespace ipucnn::emitting {
namespace {

/// A text in which Kubernetes finds no reference of its own: it takes `$(` for the beginning of one
/// and `$$` for a dollar sign.
void add_literal(std::string_view text, bool before_reference, std::string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    out += text[i];
    if (text[i] != '$') continue;
    const bool special =
        i + 1 < text.size() ? text[i + 1] == '$' || text[i + 1] == '(' : before_reference;
    if (special) out += '$';
  }
}

/// What a variable that no secret holds falls back to; why_no_manifest has seen that there is one.
std::string word_text(const Arg& word, const KubernetesRequest& cluster) {
  const auto is_secret = [&](const Piece& piece) {
    return std::any_of(cluster.secrets.begin(), cluster.secrets.end(),
                       [&](const auto& secret) { return secret.first == piece.text; });
  };
  std::string out;
  for (std::size_t i = 0; i < word.pieces.size(); ++i) {
    const Piece& piece = word.pieces[i];
    const bool last = i + 1 == word.pieces.size();
    const auto refers = [&](const Piece& other) {
      return other.kind == Piece::Kind::Variable && is_secret(other);
    };
    if (refers(piece))
      out += "$(" + piece.text + ")";
    else
      add_literal(piece.kind == Piece::Kind::Text ? piece.text : piece.fallback.value_or(""),
                  !last && refers(word.pieces[i + 1]), out);
  }
  return yaml_quoted(out);
}

/// Lines at a depth; every text is quoted, every key is one of ours.
class Manifest {
 public:
  void line(std::size_t depth, std::string_view text) {
    text_ += std::string(depth * 2, ' ') + std::string(text) + "\n";
  }
  void value(std::size_t depth, std::string_view key, const std::string& text) {
    if (!text.empty()) line(depth, fmt::format("{}: {}", key, yaml_quoted(text)));
  }
  std::string text() && { return std::move(text_); }

 private:
  std::string text_;
};

void add_command(const Step& step, const KubernetesRequest& cluster, Manifest& out) {
  constexpr std::size_t kDepth = 5;
  if (!step.command.cwd.pieces.empty())
    out.line(kDepth, "workingDir: " + word_text(step.command.cwd, cluster));
  out.line(kDepth, "command: [" + word_text(step.command.argv.front(), cluster) + "]");
  if (step.command.argv.size() > 1) out.line(kDepth, "args:");
  for (std::size_t i = 1; i < step.command.argv.size(); ++i)
    out.line(kDepth, "- " + word_text(step.command.argv[i], cluster));
}

void add_environment(const Step& step, const KubernetesRequest& cluster, Manifest& out) {
  constexpr std::size_t kDepth = 5;
  out.line(kDepth, "env:");
  for (const auto& [name, secret] : cluster.secrets) {
    out.line(kDepth, "- name: " + yaml_quoted(name));
    out.line(kDepth, fmt::format("  valueFrom: {{secretKeyRef: {{name: {}, key: {}}}}}",
                                 yaml_quoted(secret), yaml_quoted(name)));
  }
  const auto is_set = [&](std::string_view name) {
    return std::any_of(step.command.env.begin(), step.command.env.end(),
                       [&](const auto& one) { return one.first == name; });
  };
  for (const auto& [name, value] : step.command.env) {
    out.line(kDepth, "- name: " + yaml_quoted(name));
    out.line(kDepth, "  value: " + word_text(value, cluster));
  }
  // The one user of most images, whom Open MPI refuses otherwise.
  for (const char* name : {"OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"}) {
    if (is_set(name)) continue;
    out.line(kDepth, "- name: " + yaml_quoted(name));
    out.line(kDepth, "  value: \"1\"");
  }
}

void add_limits(const KubernetesRequest& cluster, Manifest& out) {
  constexpr std::size_t kDepth = 5;
  if (cluster.cpu.empty() && cluster.memory.empty()) return;
  out.line(kDepth, "resources:");
  out.line(kDepth + 1, "limits:");
  out.value(kDepth + 2, "cpu", cluster.cpu);
  out.value(kDepth + 2, "memory", cluster.memory);
}

void add_volumes(const KubernetesRequest& cluster, Manifest& out) {
  constexpr std::size_t kOfContainer = 5;
  constexpr std::size_t kOfPod = 4;
  out.line(kOfContainer, "volumeMounts:");
  out.line(kOfContainer, "- {name: \"shared-memory\", mountPath: \"/dev/shm\"}");
  for (std::size_t i = 0; i < cluster.volumes.size(); ++i)
    out.line(kOfContainer, fmt::format("- {{name: \"volume-{}\", mountPath: {}}}", i,
                                       yaml_quoted(cluster.volumes[i].first)));
  out.line(kOfPod, "volumes:");
  out.line(kOfPod, "- name: \"shared-memory\"");
  out.line(kOfPod, fmt::format("  emptyDir: {{medium: \"Memory\", sizeLimit: {}}}",
                               yaml_quoted(cluster.shared_memory)));
  for (std::size_t i = 0; i < cluster.volumes.size(); ++i) {
    out.line(kOfPod, fmt::format("- name: \"volume-{}\"", i));
    out.line(kOfPod, fmt::format("  persistentVolumeClaim: {{claimName: {}}}",
                                 yaml_quoted(cluster.volumes[i].second)));
  }
}

}  // namespace

std::vector<Artifact> emit_ipujob(const JobPlan& plan) {
  std::string text;
  for (const Step& step : plan.steps)
    text += (text.empty() ? "" : "---\n") + ipujob_text(plan, step, ipujob_name(plan, step));
  return {{plan.name + ".yml", std::move(text)}};
}

}  // namespace ipucnn::emitting

namespace ipucnn {

std::string ipujob_name(const JobPlan& plan, const Step& step) {
  constexpr std::size_t kMost = kLongestIpujobName - kIpujobSuffix;
  const auto lowered = [](std::string_view text) {
    std::string name;
    for (const char c : to_lower(text))
      name += (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '-';
    return name;
  };
  // The plan's name is cut, for the step's tells the manifests of a plan apart.
  const std::string of_step = plan.steps.size() > 1 ? "-" + lowered(step.name) : "";
  std::string name = lowered(plan.name);
  if (name.empty() || name.front() < 'a') name.insert(0, "job-");
  name.resize(std::min(name.size(), kMost - std::min(of_step.size(), kMost / 2)));
  name = (name + of_step).substr(0, kMost);
  while (name.back() == '-') name.pop_back();
  return name;
}

std::string ipujob_text(const JobPlan& plan, const Step& step, const std::string& name) {
  using emitting::yaml_quoted;
  const KubernetesRequest& cluster = *plan.kubernetes;
  emitting::Manifest out;
  out.line(0, "apiVersion: graphcore.ai/v1alpha1");
  out.line(0, "kind: IPUJob");
  out.line(0, "metadata:");
  out.value(1, "name", name);
  out.value(1, "namespace", cluster.name_space);
  out.line(0, "spec:");
  out.line(1, "jobInstances: 1");
  out.value(1, "ipusPerJobInstance",
            std::to_string(emitting::partition_for(step.geometry.ipus.value_or(0))));
  if (step.launcher == "poprun" && step.geometry.replicas)
    out.value(1, "modelReplicasPerWorker", std::to_string(*step.geometry.replicas));
  out.value(1, "cleanPodPolicy", cluster.clean_pods);
  out.line(1, "restartPolicy:");
  out.line(2, fmt::format("type: {}", cluster.backoff_limit > 0 ? "OnFailure" : "Never"));
  out.line(2, fmt::format("backOffLimit: {}", cluster.backoff_limit));
  out.line(1, "workers:");
  out.line(2, "replicas: 1");
  out.line(2, "template:");
  out.line(3, "spec:");
  out.line(4, "hostIPC: true");
  out.line(4, "restartPolicy: Never");
  out.value(4, "serviceAccountName", cluster.service_account);
  out.line(4, "containers:");
  out.line(4, "- name: \"worker\"");
  out.value(5, "image", cluster.image);
  emitting::add_command(step, cluster, out);
  emitting::add_environment(step, cluster, out);
  emitting::add_limits(cluster, out);
  out.line(5, "securityContext: {capabilities: {add: [IPC_LOCK]}}");
  emitting::add_volumes(cluster, out);
  return std::move(out).text();
}

std::string why_no_manifest(const JobPlan& plan) {
  if (plan.application.empty())
    return "an IPUJob says how many IPUs it needs, and nobody knows that of a command of no known "
           "application";
  if (!plan.kubernetes) return "the plan was not made for Kubernetes, whose image its site names";
  if (!plan.files.empty())
    return "a job of Kubernetes has no run folder, which --config-file needs";
  const auto& secrets = plan.kubernetes->secrets;
  const auto missing = [&](const Arg& word) -> std::optional<std::string> {
    for (const Piece& piece : word.pieces)
      if (piece.kind == Piece::Kind::Variable && !piece.fallback &&
          std::none_of(secrets.begin(), secrets.end(),
                       [&](const auto& secret) { return secret.first == piece.text; }))
        return fmt::format(
            "the variable {} is not known in a cluster; write its value out, or name the secret "
            "that holds it: `kubernetes: {{secrets: {{{}: SECRET}}}}` of the site",
            piece.text, piece.text);
    return std::nullopt;
  };
  for (const Step& step : plan.steps) {
    if (step.geometry.ipus.value_or(0) < 1)
      return fmt::format("an IPUJob asks for IPUs, and the step {} takes none", step.name);
    if (const auto why = missing(step.command.cwd)) return *why;
    for (const Arg& word : step.command.argv)
      if (const auto why = missing(word)) return *why;
    for (const auto& [name, value] : step.command.env)
      if (const auto why = missing(value)) return *why;
  }
  return {};
}

}  // namespace ipucnn
