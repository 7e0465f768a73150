// poprun's words, in the order and spelling of the documents: `--option value`, 1 and 0 for yes and
// no,
// `--option=value` only where the value begins with a dash.
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "plan/parts.h"
#include "plan/words.h"

namespace ipucnn::planning {
namespace {

struct PoprunOption {
  std::string_view option;
  std::string_view key;  ///< launch setting
  bool is_flag;
};
constexpr PoprunOption kBeforeLayout[] = {
    {"--numa-aware", "numa_aware", true},
    {"--process-placement", "process_placement", false},
    {"--vipu-server-host", "vipu_server_host", false},
    {"--vipu-server-port", "vipu_server_port", false},
    {"--vipu-server-timeout", "vipu_server_timeout", false},
    {"--vipu-partition", "vipu_partition", false},
    {"--vipu-partition-attempts", "vipu_partition_attempts", false},
    {"--vipu-cluster", "vipu_cluster", false},
    {"--vipu-allocation", "vipu_allocation", false},
    {"--reset-partition", "reset_partition", true},
    {"--update-partition", "update_partition", true},
    {"--remove-partition", "remove_partition", true},
    {"--sync-type", "sync_type", false},
    {"--executable-cache-path", "executable_cache_path", false},
    {"--print-topology", "print_topology", true},
    {"--offline-mode", "offline_mode", true},
    {"--only-output-from-instance", "only_output_from_instance", false},
};

class PoprunWords {
 public:
  explicit PoprunWords(const PlanInput& in) : launch_(in.launch), g_(in.geometry) {}

  std::vector<Arg> run() {
    words_ = program(launch_, "poprun", "launcher");
    if (const std::string_view level = launch_.text("verbosity"); !level.empty() && level != "0")
      add_flag(words_, level == "1" ? "-v" : "-vv", "verbosity");
    hosts();
    for (const PoprunOption& option : kBeforeLayout) add(option);
    if (g_.ilds && g_.ilds->value > 1) number("--num-ilds", g_.ilds);
    number("--num-instances", g_.instances);
    number("--num-replicas", g_.replicas);
    number("--ipus-per-replica", g_.ipus_per_replica);
    mpi_global();
    mpi_local();
    return std::move(words_);
  }

 private:
  bool several_hosts() const { return g_.hosts && g_.hosts->value > 1; }

  void hosts() {
    const auto& known = launch_.list("hosts");
    if (!several_hosts() || known.empty()) return;
    std::string joined;
    for (std::size_t i = 0; i < known.size() && i < static_cast<std::size_t>(g_.hosts->value); ++i)
      joined += (i == 0 ? "" : ",") + known[i].text;
    add_option(words_, "--host", to_arg(joined, {}), "hosts");
  }

  void add(const PoprunOption& option) {
    const std::string_view text = launch_.text(option.key);
    if (text.empty()) return;
    add_option(words_, option.option,
               to_arg(option.is_flag ? (launch_.flag(option.key) ? "1" : "0") : text, {}),
               option.key);
  }

  void number(std::string_view option, const std::optional<Quantity>& quantity) {
    if (quantity)
      add_option(words_, option, to_arg(std::to_string(quantity->value), {}), option.substr(2));
  }

  void inner(Arg& outer, std::string_view text) { append_inner_word(outer, to_arg(text, {})); }

  void mpi_global() {
    Arg words;
    if (launch_.text("tag_output") == "global") inner(words, "--tag-output");
    if (launch_.flag("as_root")) inner(words, "--allow-run-as-root");
    const Settings parameters = mca();
    for (const Setting& parameter : parameters.all()) {
      inner(words, "--mca");
      inner(words, parameter.key);
      inner(words, parameter.value.items.front().text);
    }
    if (!words.pieces.empty())
      add_option(words_, "--mpi-global-args", std::move(words), "mpi_global_args");
  }

  /// Open MPI takes each parameter once, so those for several hosts join the profile's own by name.
  Settings mca() const {
    Settings all = launch_.mca;
    if (several_hosts() && !launch_.list("hosts").empty())
      for (const Setting& parameter : launch_.several_hosts_mca.all())
        if (all.find(parameter.key) == nullptr)
          all.assign(parameter.key, parameter.value, parameter.origin);
    return all;
  }

  void mpi_local() {
    Arg words;
    if (launch_.text("tag_output") == "local") inner(words, "--tag-output");
    std::vector<std::string> done;
    const auto forward = [&](const std::vector<Scalar>& names) {
      for (const Scalar& name : names) {
        const std::string variable = name.text.substr(0, name.text.find('='));
        if (std::find(done.begin(), done.end(), variable) != done.end()) continue;
        done.push_back(variable);
        inner(words, "-x");
        inner(words, name.text);
      }
    };
    if (several_hosts()) forward(launch_.several_hosts_forward);
    forward(launch_.list("forward"));
    if (!words.pieces.empty())
      add_option(words_, "--mpi-local-args", std::move(words), "mpi_local_args");
  }

  const LaunchSettings& launch_;
  const Geometry& g_;
  std::vector<Arg> words_;
};

}  // namespace

std::vector<Arg> poprun_words(const PlanInput& in) { return PoprunWords(in).run(); }

}  // namespace ipucnn::planning
