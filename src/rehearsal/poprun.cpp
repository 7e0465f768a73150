#include <fmt/format.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "base/text.h"
#include "ipucnn/rehearsal.h"
#include "rehearsal/poprun_line.h"
#include "rehearsal/ranks.h"

namespace ipucnn {
namespace {

using rehearsing::PoprunLine;
using rehearsing::RankPlan;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

void say(const std::string& text) {
  const std::string line = text + "\n";
  if (::write(STDERR_FILENO, line.data(), line.size()) < 0) return;
}

/// A line of poprun's own, in its shape: HH:MM:SS.mmm PID POPRUN [I] text.
void log(char level, const std::string& text) {
  timeval now{};
  ::gettimeofday(&now, nullptr);
  std::tm parts{};
  ::localtime_r(&now.tv_sec, &parts);
  say(fmt::format("{:02}:{:02}:{:02}.{:03} {} POPRUN [{}] {}", parts.tm_hour, parts.tm_min,
                  parts.tm_sec, now.tv_usec / 1000, ::getpid(), level, text));
}

int refuse(const std::string& why) {
  say("poprun (REHEARSAL): " + why);
  return 1;
}

std::string help(Node options) {
  std::string text =
      "poprun (REHEARSAL): a stand-in that starts every rank on this machine, without IPUs\n\n"
      "Usage: poprun [options] program [program args]\n\n";
  options.each_pair([&](Node name, Node option) {
    const bool alone = option.find_text("takes") == "nothing";
    const auto letter = option.find_text("short");
    text += fmt::format("  {:<36} {}\n",
                        fmt::format("{}--{}{}", letter ? std::string(*letter) + " [ " : "",
                                    name.text(), letter ? " ]" : "") +
                            (alone ? "" : " arg"),
                        option.find_text("about").value_or(""));
  });
  return text;
}

std::string topology(const RankPlan& plan) {
  std::string text;
  const std::size_t per_host = plan.ranks.size() / static_cast<std::size_t>(plan.hosts);
  for (std::int64_t host = 0; host < plan.hosts; ++host)
    text += fmt::format("{}host {}: instances {} to {}", host == 0 ? "" : "\n", host,
                        static_cast<std::size_t>(host) * per_host,
                        static_cast<std::size_t>(host + 1) * per_host - 1);
  return text;
}

bool is_on_path(std::string_view program) {
  const std::string path = variable("PATH");
  std::string_view rest = path;
  while (!rest.empty()) {
    const std::size_t colon = rest.find(':');
    const std::string file = std::string(rest.substr(0, colon)) + "/" + std::string(program);
    if (::access(file.c_str(), X_OK) == 0) return true;
    rest.remove_prefix(colon == rest.npos ? rest.size() : colon + 1);
  }
  return false;
}

/// Becomes mpirun, so that signals and exit status are its own. Returns only when that failed.
int become(std::vector<std::string> words) {
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execvp(argv.front(), argv.data());
  return refuse(fmt::format("cannot start mpirun: {}", std::strerror(errno)));
}

}  // namespace

int rehearse_poprun(Node launcher, const std::vector<std::string>& words) {
  const Node options = launcher.find("options");
  std::string error;
  const auto line = PoprunLine::parse(options, words, error);
  if (!line) return refuse(error);
  if (line->has("help")) return std::fputs(help(options).c_str(), stdout) < 0 ? 1 : 0;
  if (line->has("version"))
    return std::puts("poprun (REHEARSAL): a stand-in, of no version") < 0 ? 1 : 0;
  const auto plan = rehearsing::plan_ranks(*line, variable("POPLAR_TARGET_OPTIONS"), error);
  if (!plan) return refuse(error);
  const bool debug = line->has("vv");
  const bool verbose = debug || line->has("verbose");
  if (verbose) {
    log('I', fmt::format("REHEARSAL: {} for {} on this machine, without IPUs",
                         counted(static_cast<std::int64_t>(plan->ranks.size()), "instance"),
                         counted(plan->hosts, "host")));
    if (line->has("vipu-partition"))
      log('I', fmt::format("Partition {} already exists and is in state: PS_ACTIVE (REHEARSAL)",
                           line->text("vipu-partition")));
  }
  if (debug || line->yes("print-topology")) say(topology(*plan));
  if (!is_on_path("mpirun")) {
    if (verbose) log('I', "REHEARSAL: there is no mpirun, so the ranks are started without it");
    return rehearsing::run_ranks(*plan);
  }
  std::vector<std::string> forwarded;
  for (const char* name : {"PATH", "LD_LIBRARY_PATH", "PYTHONPATH"})
    if (std::getenv(name) != nullptr) forwarded.emplace_back(name);
  const auto command = rehearsing::mpirun_command(*plan, forwarded, ::geteuid() == 0);
  if (debug) {
    std::string text;
    for (const std::string& word : command) text += " " + word;
    log('D', "Running command:" + text);
  }
  // The process stays the same when it becomes mpirun.
  if (verbose) log('I', fmt::format("Waiting for mpirun (PID {})", ::getpid()));
  return become(command);
}

int rehearse_mpirun(const std::vector<std::string>& words) {
  if (!is_on_path("mpirun")) {
    say("mpirun (REHEARSAL): a job that mpirun starts is rehearsed with Open MPI's own mpirun, and "
        "there is none on PATH; Debian has it in openmpi-bin");
    return 1;
  }
  // Variables, because the words are the job's own; what is set already stays.
  for (const char* name : {"OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM",
                           "OMPI_MCA_rmaps_base_oversubscribe"})
    ::setenv(name, "1", 0);
  ::setenv("OMPI_MCA_hwloc_base_binding_policy", "none", 0);
  std::vector<std::string> command = {"mpirun"};
  command.insert(command.end(), words.begin(), words.end());
  rehearsing::let_bindings_overload(command);
  return become(std::move(command));
}

}  // namespace ipucnn
