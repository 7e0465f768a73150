// Family L: the launch line and its environment.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "base/literal_dollar.h"
#include "base/text.h"
#include "check/rules.h"
#include "ipucnn/host_list.h"
#include "ipucnn/launcher_line.h"
#include "ipucnn/placement.h"

namespace ipucnn::checking {
namespace {

/// `end` in capitals; the text may have small letters.
bool ends_with(std::string_view text, std::string_view end) {
  const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; };
  return text.size() >= end.size() && std::equal(end.rbegin(), end.rend(), text.rbegin(),
                                                 [&](char a, char b) { return a == upper(b); });
}

bool looks_secret(std::string_view name) {
  constexpr std::string_view kEnds[] = {"_KEY",   "APIKEY",     "TOKEN",       "SECRET", "PASSWORD",
                                        "PASSWD", "PASSPHRASE", "CREDENTIALS", "_PAT"};
  return std::any_of(std::begin(kEnds), std::end(kEnds),
                     [&](std::string_view end) { return ends_with(name, end); });
}

void report_secret(std::string_view name, Span at, Diagnostics& out) {
  out.add(FindingId::L004, at, fmt::format("{} looks like a secret and is written out here", name))
      .help = fmt::format(
      "forward it by name: `forward: [{}]`, and set it in the launching environment", name);
}

}  // namespace

void literal_dollar(const RuleInput& in, Diagnostics& out) {
  for (const Setting& set : in.settings.all())
    if (set.origin.kind > OriginKind::Derived)
      for (const Scalar& item : set.value.items) report_literal_dollar(item.text, item.at, out);
  for (const Settings* layer : {&in.launch.values, &in.launch.env, &in.launch.mca})
    for (const Setting& set : layer->all())
      for (const Scalar& item : set.value.items) report_literal_dollar(item.text, item.at, out);
}

void secret_in_the_open(const RuleInput& in, Diagnostics& out) {
  for (const Setting& set : in.launch.env.all()) {
    const Scalar* value = set.value.scalar();
    if (looks_secret(set.key) && value != nullptr && !value->text.empty() &&
        !value->text.starts_with(kVariableOpen))
      report_secret(set.key, set.origin.at, out);
  }
  const auto in_forward = [&](const std::vector<Scalar>& words) {
    for (const Scalar& word : words) {
      const std::size_t equals = word.text.find('=');
      if (equals != std::string::npos && equals + 1 < word.text.size() &&
          looks_secret(word.text.substr(0, equals)))
        report_secret(word.text.substr(0, equals), word.at, out);
    }
  };
  in_forward(in.launch.list("forward"));
  in_forward(in.launch.several_hosts_forward);
}

namespace {

/// Variables that hold a JSON object (Poplar's engine, runtime and target options).
constexpr std::string_view kJsonVariables[] = {"POPLAR_ENGINE_OPTIONS", "POPLAR_RUNTIME_OPTIONS",
                                               "POPLAR_TARGET_OPTIONS"};

bool holds_json(std::string_view variable) {
  return std::find(std::begin(kJsonVariables), std::end(kJsonVariables), variable) !=
         std::end(kJsonVariables);
}

void judge_json(std::string_view variable, std::string_view text, Span at, Diagnostics& out) {
  if (!holds_json(variable) || text.find("${") != std::string_view::npos) return;
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (json.is_object()) return;
  out.add(FindingId::L020, at, fmt::format("{} is '{}', which is no JSON object", variable, text))
      .help = R"(write it as '{"opt.enableMultiAccessCopies":"false"}', with both kinds of quotes)";
}

/// Calls visit(name, value or nothing, item) for every variable handed on with -x.
template <typename Visit>
void each_forwarded(const CheckInput& in, Visit visit) {
  const bool several = in.geometry.hosts && in.geometry.hosts->value > 1;
  const std::vector<Scalar>* lists[] = {&in.launch.list("forward"),
                                        several ? &in.launch.several_hosts_forward : nullptr};
  for (const auto* list : lists) {
    if (list == nullptr) continue;
    for (const Scalar& item : *list) {
      const std::string_view text = item.text;
      const std::size_t equals = text.find('=');
      visit(text.substr(0, equals),
            equals == std::string_view::npos ? std::optional<std::string_view>{}
                                             : std::optional(text.substr(equals + 1)),
            item);
    }
  }
}

}  // namespace

void options_variable_not_json(const RuleInput& in, Diagnostics& out) {
  for (const Setting& set : in.launch.env.all())
    if (const Scalar* value = set.value.scalar())
      judge_json(set.key, value->text, set.origin.at, out);
  each_forwarded(
      in, [&](std::string_view name, std::optional<std::string_view> value, const Scalar& item) {
        if (value) judge_json(name, *value, item.at, out);
      });
}

namespace {

/// Whether something that runs on every host is known to read the variable: the SDK, the
/// frameworks, MPI, Python or the loader.
bool is_read_on_every_host(std::string_view name) {
  constexpr std::string_view kBegins[] = {"POPLAR_", "POPART_", "POPTORCH_", "POPDIST_", "GCL_",
                                          "GCDA_",   "PVTI_",   "IPUOF_",    "TF_",      "XLA_",
                                          "OMPI_",   "OPAL_",   "PMIX_",     "UCX_",     "OMP_",
                                          "LD_",     "PYTHON",  "HOROVOD_",  "WANDB_"};
  constexpr std::string_view kNames[] = {"PATH", "CPATH", "DATA_DIR", "DATASETS_DIR"};
  return std::any_of(std::begin(kBegins), std::end(kBegins),
                     [&](std::string_view begin) { return name.starts_with(begin); }) ||
         std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

}  // namespace

void variable_not_forwarded(const RuleInput& in, Diagnostics& out) {
  const Geometry& g = in.geometry;
  if (g.launcher != "poprun" || !g.hosts || g.hosts->value < 2) return;
  std::vector<std::string_view> forwarded = {"POPLAR_TARGET_OPTIONS"};  // poprun does that itself
  each_forwarded(in, [&](std::string_view name, std::optional<std::string_view>, const Scalar&) {
    forwarded.push_back(name);
  });
  for (const Setting& set : in.launch.env.all()) {
    if (std::find(forwarded.begin(), forwarded.end(), set.key) != forwarded.end()) continue;
    Diagnostic& d = out.add(
        FindingId::L021, set.origin.at,
        fmt::format("{} is set for the launching host alone: the other {} of {} start without it",
                    set.key, g.hosts->value - 1, g.hosts->value));
    d.help = fmt::format("hand it on with -x {} (`forward: [{}]` in a file)", set.key, set.key);
    // Whether the script reads a variable of the user's own is not known.
    if (!is_read_on_every_host(set.key)) d.severity = Severity::Warning;
  }
}

void broken_host_list(const RuleInput& in, Diagnostics& out) {
  for (const Scalar& host : in.launch.list("hosts")) {
    if (resolving::has_broken_range(host.text)) {
      out.add(FindingId::L022, host.at, fmt::format("'{}' is no range of hosts", host.text)).help =
          "numbers go up in it, with both brackets: h[1-4] or h[1,3]";
      continue;
    }
    if (!host.text.empty() && host.text.find_first_of(" \t") == std::string::npos &&
        resolving::host_end(host.text, 0) == host.text.size())
      continue;
    out.add(FindingId::L022, host.at,
            host.text.empty()
                ? std::string("a host without a name")
                : fmt::format("'{}' is no name of one host: the launcher splits its list at "
                              "commas, and the shell at blanks",
                              host.text))
        .help = "give each host an entry of its own";
  }
}

void json_handed_on_by_value(const RuleInput& in, Diagnostics& out) {
  if (in.geometry.launcher != "poprun") return;
  each_forwarded(
      in, [&](std::string_view name, std::optional<std::string_view> value, const Scalar& item) {
        if (!value || value->find_first_of("{\"") == std::string_view::npos ||
            value->find("${") != std::string_view::npos)
          return;
        Diagnostic& d = out.add(FindingId::L023, item.at,
                                fmt::format("{} is handed on by value, through poprun's own "
                                            "splitting of words",
                                            name));
        d.notes.push_back({"how poprun splits quotes and braces is not known", {}});
        d.help = fmt::format("set it under `env:` and forward the name: `forward: [{}]`", name);
      });
}

void two_ways_to_attach(const RuleInput& in, Diagnostics& out) {
  const Setting* file = in.launch.env.find("IPUOF_CONFIG_PATH");
  if (file == nullptr || in.launch.text("vipu_partition").empty()) return;
  Diagnostic& d = out.add(FindingId::L024, file->origin.at,
                          fmt::format("IPUOF_CONFIG_PATH names IPUs, and so does the partition {}",
                                      in.launch.text("vipu_partition")));
  d.notes.push_back({"which of them wins is not known", {}});
  d.help = "leave out one of them";
}

void ipus_per_replica_differ(const RuleInput& in, Diagnostics& out) {
  const Setting* said = in.launch.values.find("ipus_per_replica");
  const auto& takes = in.geometry.ipus_per_replica;
  if (said == nullptr || !takes) return;
  const auto count = yaml_int(in.launch.text("ipus_per_replica"));
  if (!count || *count == takes->value) return;
  Diagnostic& d = out.add(FindingId::L057, said->origin.at,
                          fmt::format("the launcher gives each replica {}, and the model takes {}",
                                      counted(*count, "IPU"), takes->value));
  d.notes.push_back({"this is what the model takes", takes->origin.at});
  d.help = fmt::format("write --ipus-per-replica {}", takes->value);
}

/// Words that a file or the command line adds have to leave the program where it is.
void words_of_no_launcher(const RuleInput& in, Diagnostics& out) {
  for (const std::string_view key : {"mpi_global", "mpi_local"}) {
    const auto& words = in.launch.list(key);
    if (words.empty()) continue;
    std::vector<std::string> texts;
    for (const Scalar& word : words) texts.push_back(word.text);
    const auto read =
        load::read_launcher_line(load::launcher_options(in.in.catalog, "mpirun"), texts);
    if (read.program < words.size())
      out.add(FindingId::L025, words[read.program].at,
              fmt::format("'{}' in {} is no option: mpirun takes it for the program",
                          words[read.program].text, key))
          .help = "give each word of an option an entry of its own";
    else if (!read.options.empty() && read.options.back().fault == load::LauncherFault::Missing)
      out.add(FindingId::L025, words.back().at,
              fmt::format("{} in {} needs a value: mpirun takes the next word",
                          read.options.back().flag, key));
  }
  const auto& python = in.launch.list("python_options");
  for (std::size_t i = 0; i < python.size(); ++i) {
    const std::string& word = python[i].text;
    const bool value = i > 0 && (python[i - 1].text == "-W" || python[i - 1].text == "-X");
    if (value || (word.size() > 1 && word.front() == '-' && word != "-m" && word != "-c")) continue;
    out.add(FindingId::L025, python[i].at,
            fmt::format("'{}' in python_options makes Python run something else than the script",
                        word))
        .help = "these are words like -u, or -W with its value";
  }
}

void unusual_ilds(const RuleInput& in, Diagnostics& out) {
  const auto& ilds = in.geometry.ilds;
  if (!ilds || ilds->origin.kind == OriginKind::Derived || !in.geometry.ipus) return;
  const std::int64_t usual = resolving::ilds_in_use(in.geometry.ipus->value);
  if (ilds->value == usual) return;
  Diagnostic& d = out.add(FindingId::L058, ilds->origin.at,
                          fmt::format("{} for {}", counted(ilds->value, "IPU-Link domain"),
                                      counted(in.geometry.ipus->value, "IPU")));
  d.notes.push_back({"seen in public command lines; what poprun does otherwise is not known", {}});
  d.help = fmt::format("public lines have {}", counted(usual, "domain"));
}

}  // namespace ipucnn::checking
