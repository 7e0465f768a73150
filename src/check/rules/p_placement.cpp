// Family P: replicas, IPUs, instances, hosts, IPU-Link domains.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"
#include "check/partition.h"
#include "check/rules.h"
#include "ipucnn/check.h"
#include "ipucnn/numbers.h"
#include "ipucnn/placement.h"

namespace ipucnn {

bool report_ipus_beyond_target(const CheckInput& in, Diagnostics& out) {
  const auto& has = in.target.target.ipus;
  const auto& asked = in.geometry.available_ipus;
  if (!has && asked && in.requests.ipus && in.target.target.instances_per_host) {
    out.add(FindingId::P001, asked->origin.at,
            fmt::format("{} has no IPUs, so a number of them changes nothing", in.target.target.id))
        .help = "leave it out; --instances N says how many processes there are";
    return true;
  }
  if (!has || !asked || asked->value <= *has) return false;
  out.add(
         FindingId::P001, asked->origin.at,
         fmt::format("{} IPUs are more than the {} of {}", asked->value, *has, in.target.target.id))
      .help = "choose a larger target; `ipucnn show targets` lists them";
  return true;
}

namespace checking {

using resolving::is_power_of_two;
using resolving::powers_around;

namespace {

/// A help lists no more numbers.
constexpr std::size_t kMostShown = 64;

/// Instance counts that satisfy every rule, smallest first.
std::vector<std::int64_t> legal_instances(const Geometry& g) {
  std::vector<std::int64_t> legal = resolving::divisors(g.replicas->value);
  std::erase_if(legal, [&](std::int64_t n) {
    return !resolving::instances_fit(n, g.replicas->value, g.hosts->value, g.ilds->value);
  });
  if (legal.size() > kMostShown) legal.resize(kMostShown);
  return legal;
}

std::string nearest_instances(const Geometry& g) {
  if (!g.replicas || !g.hosts || !g.ilds) return {};
  const auto legal = legal_instances(g);
  if (legal.empty())
    return "no number of instances fits these hosts; --hosts N needs a divisor of the replicas";
  std::string out = "instances that fit:";
  for (const std::int64_t n : legal) out += fmt::format("{} {}", n == legal.front() ? "" : ",", n);
  return out;
}

}  // namespace

bool fits_no_partition(const CheckInput& in) {
  return in.requests.ipus && in.geometry.available_ipus &&
         !is_power_of_two(in.geometry.available_ipus->value);
}

void too_many_ipus(const RuleInput& in, Diagnostics& out) {
  if (report_ipus_beyond_target(in, out)) return;
  const Geometry& g = in.geometry;
  const auto& has = in.target.target.ipus;
  if (!has && !g.available_ipus) return;
  const std::int64_t room = g.available_ipus ? g.available_ipus->value : *has;
  if (!g.ipus || g.ipus->value <= room) return;
  Diagnostic& d = out.add(
      FindingId::P001, g.replicas->origin.at,
      fmt::format("{} x {} need {}, and {}", counted(g.replicas->value, "replica"),
                  counted(g.ipus_per_replica->value, "IPU"), counted(g.ipus->value, "IPU"),
                  !has || room < *has ? fmt::format("{} may be used", room)
                                      : fmt::format("{} has {}", in.target.target.id, room)));
  d.help = fmt::format("at most {} fit", counted(room / g.ipus_per_replica->value, "replica"));
}

void replicas_do_not_fill(const RuleInput& in, Diagnostics& out) {
  const Geometry& g = in.geometry;
  if (g.replicas || !g.available_ipus || !g.ipus_per_replica || fits_no_partition(in)) return;
  if (g.available_ipus->value % g.ipus_per_replica->value == 0) return;
  Diagnostic& d = out.add(
      FindingId::P006, g.ipus_per_replica->origin.at,
      g.available_ipus->value < g.ipus_per_replica->value
          ? fmt::format("one replica needs {}, and there {} only {}",
                        counted(g.ipus_per_replica->value, "IPU"),
                        g.available_ipus->value == 1 ? "is" : "are", g.available_ipus->value)
          : fmt::format("{} {} not divide into replicas of {}",
                        counted(g.available_ipus->value, "IPU"),
                        g.available_ipus->value == 1 ? "does" : "do", g.ipus_per_replica->value));
  d.notes.push_back({fmt::format("the IPUs come from here ({})", in.target.target.id),
                     g.available_ipus->origin.at});
  d.help = "choose a larger target, or a number of IPUs per replica that is a power of two";
}

void no_instance_count(const RuleInput& in, Diagnostics& out) {
  const Geometry& g = in.geometry;
  if (!g.most_instances || !g.replicas || !g.hosts) return;
  Diagnostic& d =
      out.add(FindingId::P002, g.hosts->origin.at,
              fmt::format("no number of instances up to {} divides {} and is a multiple "
                          "of {}",
                          *g.most_instances, counted(g.replicas->value, "replica"),
                          counted(g.hosts->value, "host")));
  d.help = "use fewer hosts with --hosts N, N a divisor of the replicas";
}

void ipus_not_a_power_of_two(const RuleInput& in, Diagnostics& out) {
  const Geometry& g = in.geometry;
  if (!fits_no_partition(in)) return;
  const auto [below, above] = powers_around(g.available_ipus->value);
  out.add(FindingId::P003, g.available_ipus->origin.at,
          fmt::format("{} IPUs are no partition: its size is a power of two",
                      g.available_ipus->value))
      .help = fmt::format("use {} or {}", below, above);
}

void instances_do_not_divide(const RuleInput& in, Diagnostics& out) {
  const Geometry& g = in.geometry;
  if (!g.instances || !g.replicas || g.processes != ProcessModel::ShareReplicas) return;
  if (g.replicas->value % g.instances->value == 0) return;
  out.add(FindingId::P004, g.instances->origin.at,
          fmt::format("{} {} not divide evenly among {}", counted(g.replicas->value, "replica"),
                      g.replicas->value == 1 ? "does" : "do",
                      counted(g.instances->value, "instance")))
      .help = nearest_instances(g);
}

void instances_do_not_divide_hosts(const RuleInput& in, Diagnostics& out) {
  const Geometry& g = in.geometry;
  if (!g.instances || !g.hosts || g.instances->value % g.hosts->value == 0) return;
  Diagnostic& d = out.add(
      FindingId::P005, g.instances->origin.at,
      fmt::format("{} {} not divide evenly among {}", counted(g.instances->value, "instance"),
                  g.instances->value == 1 ? "does" : "do", counted(g.hosts->value, "host")));
  // With fewer instances than hosts poprun is known to leave some hosts idle instead.
  if (g.instances->value < g.hosts->value) d.severity = Severity::Warning;
  d.help = nearest_instances(g);
}

void instances_below_ilds(const RuleInput& in, Diagnostics& out) {
  const Geometry& g = in.geometry;
  if (!g.instances || !g.ilds || g.processes != ProcessModel::ShareReplicas) return;
  if (g.instances->value >= g.ilds->value) return;
  out.add(FindingId::P011, g.instances->origin.at,
          fmt::format("{} cannot serve {} IPU-Link domains: each needs a process of its own",
                      counted(g.instances->value, "instance"), g.ilds->value))
      .help = nearest_instances(g);
}

void fewer_ipus_than_target(const RuleInput& in, Diagnostics& out) {
  const Geometry& g = in.geometry;
  const auto& has = in.target.target.ipus;
  if (!has || !g.ipus || g.ipus->value >= *has || fits_no_partition(in)) return;
  out.add(FindingId::P007, g.ipus->origin.at,
          fmt::format("{} of the {} IPUs of {} {} used", g.ipus->value, *has, in.target.target.id,
                      g.ipus->value == 1 ? "is" : "are"));
}

void too_few_hosts(const RuleInput& in, Diagnostics& out) {
  const auto known = in.launch.host_count();
  const Geometry& g = in.geometry;
  if (!known || !g.hosts || g.hosts->value <= *known) return;
  const bool in_file = in.launch.list("hosts").empty();
  out.add(FindingId::P009, g.hosts->origin.at,
          fmt::format("{} {}, not {}",
                      in_file      ? fmt::format("{} lists", in.launch.text("hostfile"))
                      : in.in.site ? fmt::format("the site {} lists", in.in.site.name.text())
                                   : std::string("the launch settings list"),
                      counted(*known, "host"), g.hosts->value));
}

void hostfile_not_read(const RuleInput& in, Diagnostics& out) {
  const Geometry& g = in.geometry;
  const Setting* file = in.launch.values.find("hostfile");
  if (file == nullptr || in.launch.text("hostfile").empty() || in.launch.host_count()) return;
  if (!g.hosts || g.processes == ProcessModel::One) return;
  out.add(FindingId::P012, file->origin.at,
          fmt::format("{} cannot be read here, so {} {} reckoned with", in.launch.text("hostfile"),
                      counted(g.hosts->value, "host"), g.hosts->value == 1 ? "is" : "are"))
      .help = "say with --hosts N how many machines it lists";
}

void hosts_unknown(const RuleInput& in, Diagnostics& out) {
  const Geometry& g = in.geometry;
  if (!g.hosts || g.hosts->value < 2 || in.launch.names_hosts()) return;
  const bool asked = g.hosts->origin.kind > OriginKind::Derived;
  out.add(FindingId::P008, asked ? g.hosts->origin.at : in.target.origin.at,
          fmt::format("{} has {}; their addresses are not known, so --host is left out",
                      asked ? "the job" : in.target.target.id, counted(g.hosts->value, "host")))
      .help = "give them with --site; `ipucnn show sites` lists what is known";
}

void way_to_ipus_unknown(const RuleInput& in, Diagnostics& out) {
  const bool on_ipus = in.geometry.ipus && in.geometry.ipus->value > 0;
  if (!in.in.for_slurm || !on_ipus || in.in.site.body.find("resources")) return;
  Diagnostic& d = out.add(
      FindingId::L036, in.in.site ? in.in.site.name.at() : in.target.origin.at,
      in.in.site ? fmt::format("the site {} does not say how Slurm is asked for {}",
                               in.in.site.name.text(), counted(in.geometry.ipus->value, "IPU"))
                 : fmt::format("without a site it is not known how Slurm is asked for {}",
                               counted(in.geometry.ipus->value, "IPU")));
  d.help =
      "add `resources:` to the site: ipus-option, gres-ipu, gres-vipu, nodes-exclusive or none";
}

/// The operator makes no larger partition.
constexpr std::int64_t kMostIpusOfAJob = 64;

void too_many_ipus_for_a_cluster(const RuleInput& in, Diagnostics& out) {
  const auto& ipus = in.geometry.ipus;
  if (!in.in.for_kubernetes || !ipus || ipus->value <= kMostIpusOfAJob) return;
  out.add(FindingId::L037, in.target.origin.at,
          fmt::format("an IPUJob has at most {} IPUs, for its operator makes no larger partition; "
                      "this one asks for {}",
                      kMostIpusOfAJob, ipus->value))
      .help = fmt::format("use part of the target with --ipus {}", kMostIpusOfAJob);
}

void no_image(const RuleInput& in, Diagnostics& out) {
  if (!in.in.for_kubernetes || in.in.site.body.find("kubernetes").find_text("image")) return;
  out.add(FindingId::L038, in.in.site ? in.in.site.name.at() : in.target.origin.at,
          in.in.site ? fmt::format("the site {} names no container image", in.in.site.name.text())
                     : "without a site no container image is known")
      .help = "add `kubernetes: {image: NAME}` to the site";
}

void wrong_hardware(const RuleInput& in, Diagnostics& out) {
  const Node runs_on = in.in.schema.field(AppField::Generations);
  const std::string_view has = in.target.target.generation;
  if (!runs_on.is_list() || has == "none" || runs_on.contains(has)) return;
  Diagnostic& d = out.add(FindingId::P030, in.target.origin.at,
                          fmt::format("{} does not run on {} ({})", in.in.schema.id(),
                                      in.target.target.id, in.target.target.name));
  for (const Entry& entry : in.in.catalog.entries(Section::Targets)) {
    const auto generation = entry.body.find_text("generation");
    if (generation && runs_on.contains(*generation))
      d.help += fmt::format("{}{}", d.help.empty() ? "targets for it: " : ", ", entry.name.text());
  }
}

void launcher_not_supported(const RuleInput& in, Diagnostics& out) {
  const std::string_view launcher = in.geometry.launcher;
  if (in.in.purpose.allows(launcher) && in.geometry.processes) return;
  const Setting* set = in.launch.values.find("launcher");
  const bool asked = set != nullptr && set->origin.kind > OriginKind::Derived;
  Diagnostic& d = out.add(
      FindingId::P010, asked ? set->origin.at : in.target.origin.at,
      fmt::format("{} cannot be started by the launcher '{}'", in.in.purpose.name, launcher));
  const Node launchers = in.in.purpose.node.find("launchers");
  if (!launchers.is_list()) return;
  for (const Node known : launchers)
    d.help += fmt::format("{}{}", d.help.empty() ? "launchers for it: " : ", ", known.text());
}

void replica_not_a_power_of_two(const RuleInput& in, Diagnostics& out) {
  const Geometry& g = in.geometry;
  // Without replicas it is already said that such a replica does not fit.
  if (g.launcher != "poprun" || !g.ipus_per_replica || !g.replicas) return;
  if (is_power_of_two(g.ipus_per_replica->value)) return;
  const auto [below, above] = powers_around(g.ipus_per_replica->value);
  out.add(FindingId::P020, g.ipus_per_replica->origin.at,
          fmt::format("a replica of {} fits no partition: it is a power of two",
                      counted(g.ipus_per_replica->value, "IPU")))
      .help = fmt::format("use {} or {} IPUs a replica", below, above);
}

void process_not_a_power_of_two(const RuleInput& in, Diagnostics& out) {
  const Geometry& g = in.geometry;
  const Node block = in.in.schema.field(AppField::ProcessIpus);
  const auto evidence = block.find_text(g.launcher);
  if (!evidence || !g.ipus || !g.instances || g.ipus->value % g.instances->value != 0) return;
  if (fits_no_partition(in)) return;
  if (g.launcher == "poprun" && !is_power_of_two(g.ipus_per_replica->value)) return;
  const std::int64_t each = g.ipus->value / g.instances->value;
  const std::int64_t unit = block.find_int("multiples_of").value_or(0);
  if (is_power_of_two(each) || (unit > 0 && each % unit == 0)) return;
  Diagnostic& d =
      out.add(FindingId::P021, g.replicas->origin.at,
              fmt::format("one process takes {} x {} = {} IPUs, which is not a power of two",
                          counted(g.replicas->value / g.instances->value, "replica"),
                          counted(g.ipus_per_replica->value, "IPU"), each));
  if (*evidence != "code") {
    d.severity = Severity::Warning;
    d.notes.push_back({"this is inferred, nothing documents it", {}});
  }
  const auto [below, above] = powers_around(each);
  d.help = fmt::format("{} or {} IPUs a process would do", below, above);
}

void not_a_multiple_of_ilds(const RuleInput& in, Diagnostics& out) {
  const Geometry& g = in.geometry;
  if (g.launcher != "poprun" || !g.ilds || g.ilds->value < 2) return;
  const auto judge = [&](const std::optional<Quantity>& quantity, std::string_view what) {
    if (!quantity || quantity->value % g.ilds->value == 0) return;
    // Too few instances are an error of their own.
    if (what == "instance" && quantity->value < g.ilds->value) return;
    Diagnostic& d = out.add(
        FindingId::P022, quantity->origin.at,
        fmt::format("{} {} not a multiple of {} IPU-Link domains", counted(quantity->value, what),
                    quantity->value == 1 ? "is" : "are", g.ilds->value));
    d.notes.push_back({"this is inferred: every published layout is one", {}});
    const std::int64_t below = quantity->value / g.ilds->value * g.ilds->value;
    d.help = below > 0 ? fmt::format("use {} or {}", below, below + g.ilds->value)
                       : fmt::format("use {}", g.ilds->value);
  };
  judge(g.replicas, "replica");
  judge(g.instances, "instance");
  judge(g.hosts, "host");
}

void many_instances_on_a_host(const RuleInput& in, Diagnostics& out) {
  const Geometry& g = in.geometry;
  const auto best = in.target.target.instances_per_host;
  if (!g.instances || !g.hosts || !best) return;
  // Where there are no IPUs each process has a device of the host for itself.
  const bool devices = !in.target.target.ipus;
  if (g.launcher != "poprun" && !devices) return;
  // The 2 of a small machine is no measure of the host: 8 is the best known everywhere.
  const std::int64_t most = devices ? *best : std::max<std::int64_t>(8, *best);
  if (g.instances->value <= most * g.hosts->value) return;
  if (devices) {
    // Of a command in a text nobody knows how many hosts an allocation gives it.
    if (g.instances->origin.at.source != kCommandLine) return;
    out.add(FindingId::P023, g.instances->origin.at,
            fmt::format("{} on {}, and {} runs {} on each", counted(g.instances->value, "instance"),
                        counted(g.hosts->value, "host"), in.target.target.id, most))
        .help = fmt::format("use {}, or --hosts {}", most * g.hosts->value,
                            (g.instances->value + most - 1) / most);
    return;
  }
  Diagnostic& d = out.add(
      FindingId::P023, g.instances->origin.at,
      fmt::format("{} on {}, and {} a host is the best known",
                  counted(g.instances->value, "instance"), counted(g.hosts->value, "host"), most));
  d.notes.push_back({"the documents say so; no code checks it", {}});
  d.help = fmt::format("use {}", most * g.hosts->value);
}

}  // namespace checking
}  // namespace ipucnn
