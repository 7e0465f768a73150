// What poprun sets for each of its ranks (names, meaning and most values are from public logs of
// it).
#include "rehearsal/ranks.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace ipucnn::rehearsing {
namespace {

/// The partition's part of POPLAR_TARGET_OPTIONS. The names are those of public logs; the values
/// describe no real partition.
nlohmann::ordered_json partition_options(std::int64_t ipus) {
  constexpr std::int64_t kIpusPerDomain = 64;
  return {{"ipuLinkDomainSize", std::to_string(std::min(ipus, kIpusPerDomain))},
          {"ipuLinkConfiguration", "default"},
          {"ipuLinkTopology", "mesh"},
          {"gatewayMode", "true"},
          {"instanceSize", std::to_string(ipus)}};
}

/// What the environment says wins over what the partition reports.
std::optional<std::string> merge_target_options(const std::string& own, std::int64_t ipus,
                                                std::string& error) {
  nlohmann::ordered_json merged = partition_options(ipus);
  if (!own.empty()) {
    const auto given = nlohmann::ordered_json::parse(own, nullptr, false);
    if (!given.is_object()) {
      error = fmt::format("POPLAR_TARGET_OPTIONS is no JSON object: {}", own);
      return std::nullopt;
    }
    merged.update(given);
  }
  return merged.dump();
}

struct Placement {
  std::int64_t instances;
  std::int64_t replicas;
  std::int64_t ipus_per_replica;
  std::int64_t hosts;
};

std::string refusal(const Placement& l, const PoprunLine& line) {
  if (l.replicas % l.instances != 0)
    return fmt::format(
        "the number of replicas ({}) must be divisible by the number of instances "
        "({})",
        l.replicas, l.instances);
  if (l.instances % l.hosts != 0)
    return fmt::format("the number of instances ({}) must be divisible by the number of hosts ({})",
                       l.instances, l.hosts);
  if ((l.ipus_per_replica & (l.ipus_per_replica - 1)) != 0)
    return fmt::format("the number of IPUs per replica ({}) must be a power of two",
                       l.ipus_per_replica);
  if (const auto ilds = line.number("num-ilds"); ilds && l.instances < *ilds)
    return fmt::format("{} instances are fewer than {} IPU-Link domains", l.instances, *ilds);
  constexpr std::int64_t kMostInstances = 4096;
  if (l.instances > kMostInstances || l.replicas > kMostInstances * kMostInstances)
    return fmt::format("{} instances are more than a rehearsal starts on one machine", l.instances);
  if (line.program().empty()) return "no program is given";
  return {};
}

void set_vipu(const PoprunLine& line, std::int64_t instance, Variables& out) {
  const std::string partition = line.text("vipu-partition");
  out.emplace_back("IPUOF_VIPU_API_HOST", line.text("vipu-server-host"));
  out.emplace_back("IPUOF_VIPU_API_PORT", line.text("vipu-server-port"));
  out.emplace_back("IPUOF_VIPU_API_TIMEOUT", line.text("vipu-server-timeout"));
  out.emplace_back("IPUOF_VIPU_API_PARTITION_ID", partition.empty() ? "rehearsal" : partition);
  out.emplace_back("IPUOF_VIPU_API_GCD_ID", std::to_string(instance));
}

/// Words of one option that holds several. False when a quote stays open.
bool append_words(const std::string& text, std::vector<std::string>& out, std::string& error) {
  auto words = split_words(text);
  if (!words) {
    error = fmt::format("a quote stays open in '{}'", text);
    return false;
  }
  out.insert(out.end(), words->begin(), words->end());
  return true;
}

/// `INDEX:WORDS` goes to that instance.
bool append_instance_words(const std::string& text, std::vector<Rank>& ranks, std::string& error) {
  const std::size_t colon = text.find(':');
  const std::string index = text.substr(0, colon);
  for (std::size_t i = 0; colon != text.npos && i < ranks.size(); ++i)
    if (std::to_string(i) == index)
      return append_words(text.substr(colon + 1), ranks[i].mpi_words, error);
  error =
      fmt::format("the argument ('{}') for option '--instance-mpi-local-args' is invalid", text);
  return false;
}

}  // namespace

std::optional<RankPlan> plan_ranks(const PoprunLine& line, const std::string& target_options,
                                   std::string& error) {
  const Placement l{
      line.number("num-instances").value_or(1), line.number("num-replicas").value_or(1),
      line.number("ipus-per-replica").value_or(1),
      std::max<std::int64_t>(1, static_cast<std::int64_t>(line.items("host").size()))};
  if (error = refusal(l, line); !error.empty()) return std::nullopt;
  const std::int64_t local = l.replicas / l.instances;
  const auto options = merge_target_options(target_options, l.replicas * l.ipus_per_replica, error);
  if (!options) return std::nullopt;
  RankPlan plan;
  plan.hosts = l.hosts;
  plan.program = line.program();
  for (const std::string& words : line.texts("mpi-global-args"))
    if (!append_words(words, plan.mpi_words, error)) return std::nullopt;
  const auto only = line.number("only-output-from-instance");
  for (std::int64_t i = 0; i < l.instances; ++i) {
    Rank rank;
    rank.silent = only && *only != i;
    rank.variables = {
        {"POPDIST_NUM_TOTAL_REPLICAS", std::to_string(l.replicas)},
        {"POPDIST_NUM_IPUS_PER_REPLICA", std::to_string(l.ipus_per_replica)},
        {"POPDIST_NUM_LOCAL_REPLICAS", std::to_string(local)},
        {"POPDIST_UNIFORM_REPLICAS_PER_INSTANCE", "1"},
        {"POPDIST_REPLICA_INDEX_OFFSET", std::to_string(i * local)},
        {"POPDIST_LOCAL_INSTANCE_INDEX", std::to_string(i % (l.instances / l.hosts))},
    };
    if (!line.yes("offline-mode")) set_vipu(line, i, rank.variables);
    rank.variables.emplace_back("IPUOF_LOG_LEVEL", "WARN");
    rank.variables.emplace_back("POPLAR_TARGET_OPTIONS", *options);
    if (!append_words(line.text("mpi-local-args"), rank.mpi_words, error)) return std::nullopt;
    plan.ranks.push_back(std::move(rank));
  }
  for (const std::string& words : line.texts("instance-mpi-local-args"))
    if (!append_instance_words(words, plan.ranks, error)) return std::nullopt;
  return plan;
}

void let_bindings_overload(std::vector<std::string>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "rehearsal-app") return;  // its own words
    if (words[i] != "--bind-to" && words[i] != "-bind-to") continue;
    if (++i < words.size() && words[i] != "none" && words[i].find(':') == std::string::npos)
      words[i] += ":overload-allowed";
  }
}

std::vector<std::string> mpirun_command(const RankPlan& plan,
                                        const std::vector<std::string>& forwarded, bool as_root) {
  const auto given = [&](std::string_view word) {
    return std::find(plan.mpi_words.begin(), plan.mpi_words.end(), word) != plan.mpi_words.end();
  };
  std::vector<std::string> words = {"mpirun", "--oversubscribe"};
  // Both are MCA parameters to Open MPI, which takes each once.
  if (!given("--bind-to") && !given("-bind-to")) words.insert(words.end(), {"--bind-to", "none"});
  if (as_root && !given("--allow-run-as-root")) words.emplace_back("--allow-run-as-root");
  words.insert(words.end(), plan.mpi_words.begin(), plan.mpi_words.end());
  for (const Rank& rank : plan.ranks) {
    if (&rank != plan.ranks.data()) words.emplace_back(":");
    words.insert(words.end(), {"-np", "1"});
    for (const auto& [name, value] : rank.variables)
      words.insert(words.end(), {"-x", name + "=" + value});
    for (const std::string& name : forwarded) words.insert(words.end(), {"-x", name});
    words.insert(words.end(), rank.mpi_words.begin(), rank.mpi_words.end());
    if (rank.silent)
      words.insert(words.end(), {"/bin/sh", "-c", R"(exec "$0" "$@" >/dev/null 2>&1)"});
    words.insert(words.end(), plan.program.begin(), plan.program.end());
  }
  let_bindings_overload(words);
  return words;
}

}  // namespace ipucnn::rehearsing
