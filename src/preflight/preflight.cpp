#include "ipucnn/preflight.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <cctype>

#include "base/split.h"

namespace ipucnn {
namespace {

/// Below this a log or a checkpoint may well not fit any more.
constexpr std::uint64_t kLittleSpace = std::uint64_t{1} << 30U;

std::string joined(const std::string& folder, const std::string& path) {
  if (path.empty()) return folder;
  return path.front() == '/' || folder.empty() || folder == "." ? path : folder + "/" + path;
}

std::int64_t matches(const std::vector<std::string>& names, const std::string& pattern) {
  return std::count_if(names.begin(), names.end(), [&](const std::string& name) {
    return ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
  });
}

/// The columns of a table's line, without blanks around them.
std::vector<std::string_view> cells_of(std::string_view line) {
  std::vector<std::string_view> cells;
  for (std::string_view cell : split(line, '|')) {
    while (!cell.empty() && std::isspace(static_cast<unsigned char>(cell.front())))
      cell.remove_prefix(1);
    while (!cell.empty() && std::isspace(static_cast<unsigned char>(cell.back())))
      cell.remove_suffix(1);
    cells.push_back(cell);
  }
  return cells;
}

/// One step, looked at in the order in which it would meet its troubles.
class StepCheck {
 public:
  StepCheck(const PreflightInput& in, std::size_t number, HostFacts& host, Diagnostics& out)
      : in_(in),
        number_(number),
        step_(in.plan.made().steps[number]),
        command_(in.plan.commands()[number]),
        folder_(joined(in.start, literal_text(command_.cwd))),
        host_(host),
        out_(out) {}

  void look() {
    if (look_at_folder()) {
      look_at_program();
      look_at_script();
      look_at_data();
      look_at_restore();
      look_at_space(step_.output);
    }
    if (in_.plan.made().label) return;  // its machine is played
    if (number_ == in_.first_step) look_at_sdk();
    look_at_partition();
    look_at_hosts();
  }

 private:
  Diagnostic& add(FindingId id, PreflightSubject subject, std::string message) {
    return out_.add(id, in_.place ? in_.place(number_, subject) : Span{}, std::move(message));
  }

  bool look_at_folder() {
    if (command_.cwd.pieces.empty() || host_.kind(folder_) == PathKind::Folder) return true;
    add(FindingId::L032, PreflightSubject::Folder,
        fmt::format("the application's folder {} is not there", folder_))
        .help = "name the checkout's folder with --app-dir DIR, or `app_dir:` of the site";
    return false;
  }

  void look_at_program() {
    if (host_.has_program(command_)) return;
    const std::string program = literal_text(command_.argv.front());
    const bool path = program.find('/') != std::string::npos;
    Diagnostic& d = add(FindingId::L031, PreflightSubject::Program,
                        path ? fmt::format("there is no program {}", program)
                             : fmt::format("there is no program {} on PATH", program));
    d.help = program == "poprun" ? "source the Poplar SDK's enable.sh first (and the virtual "
                                   "environment of the framework); without an SDK, --dry-run shows "
                                   "the command and --site rehearsal plays the whole job through"
                                 : "install it, or let `programs:` of the site name another";
  }

  /// A program of several words is a wrapper, which finds the script in its own way.
  void look_at_script() {
    const std::size_t at = command_.program_at + 1;
    if (step_.script.empty() || at >= command_.argv.size()) return;
    const std::string word = literal_text(command_.argv[at]);
    const std::string folder = value_of(step_.script_dir);
    if (word != (folder.empty() ? step_.script : joined(folder, step_.script))) return;
    const std::string path = joined(folder_, word);
    if (host_.kind(path) == PathKind::File) return;
    add(FindingId::L033, PreflightSubject::Script, fmt::format("there is no {}", path)).help =
        fmt::format("start where {} is, or name the checkout's folder with --app-dir DIR",
                    step_.script);
  }

  void look_at_data() {
    for (const DataNeed& need : step_.data_needs) {
      const std::string given = value_of(need.path);
      if (given.empty() || is_made_before(need.path)) continue;
      const std::string path = joined(folder_, given);
      if (host_.kind(path) != PathKind::Folder) {
        add(FindingId::D010, PreflightSubject::Data,
            fmt::format("the data folder {} is not there", path))
            .help = "give the folder that holds the data set";
        continue;
      }
      look_into(path, need);
    }
  }

  void look_into(const std::string& folder, const DataNeed& need) {
    if (need.files.empty() && need.counts.empty()) return;
    const auto say = [&](const std::string& what) {
      add(FindingId::D011, PreflightSubject::Data,
          fmt::format("the data folder {} {}", folder, what))
          .help = need.help.empty() ? "give the folder that holds the data set" : need.help;
    };
    const auto names = host_.names(folder);
    if (!names) return say("cannot be read");
    for (const std::string& pattern : need.files)
      if (matches(*names, pattern) == 0) say(fmt::format("holds no {}", pattern));
    for (const FileCount& count : need.counts)
      if (const auto there = matches(*names, count.pattern); there != count.exactly)
        say(fmt::format("holds {} {}, and the script takes exactly {}", there, count.pattern,
                        count.exactly));
  }

  /// A checkpoint may be a folder, a file, or the beginning of the names of several files.
  void look_at_restore() {
    const std::string given = value_of(step_.restore);
    if (given.empty() || is_made_before(step_.restore)) return;
    const std::string path = joined(folder_, given);
    if (host_.kind(path) != PathKind::Nothing) return;
    const std::size_t slash = path.rfind('/');
    const auto names = host_.names(slash == std::string::npos ? "." : path.substr(0, slash));
    const std::string begin = path.substr(slash + 1) + ".*";
    if (names && matches(*names, begin) > 0) return;
    add(FindingId::D012, PreflightSubject::Restore, fmt::format("there is no checkpoint {}", path))
        .help = "give the folder or the file that a training wrote";
  }

  /// An earlier step writes there.
  bool is_made_before(const Arg& path) const {
    const auto& steps = in_.plan.made().steps;
    return std::any_of(steps.begin() + static_cast<std::ptrdiff_t>(in_.first_step),
                       steps.begin() + static_cast<std::ptrdiff_t>(number_),
                       [&](const Step& other) { return other.output == path; });
  }

  void look_at_space(const Arg& output) {
    const std::string given = value_of(output);
    if (given.empty()) return;
    const std::string path = joined(folder_, given);
    if (const auto free = host_.free_bytes(path); free && *free < kLittleSpace)
      add(FindingId::L035, PreflightSubject::Folder,
          fmt::format("only {} MiB are free for what is written to {}", *free >> 20U, path))
          .help = "make room, or write elsewhere";
  }

  void look_at_sdk() {
    const auto& wanted = in_.plan.made().sdk_releases;
    const auto path = host_.variable(command_, "POPLAR_SDK_ENABLED");
    const std::string has = path ? sdk_release_in(*path) : "";
    if (has.empty() || wanted.empty() ||
        std::find(wanted.begin(), wanted.end(), has) != wanted.end())
      return;
    const JobPlan& plan = in_.plan.made();
    add(FindingId::L028, PreflightSubject::Sdk,
        fmt::format("the SDK that is enabled is {}, and {}@{} is made for {}", has,
                    plan.application, plan.release, fmt::join(wanted, " or ")))
        .help =
        fmt::format("enable that one, or name the release with --app {}@{}", plan.application, has);
  }

  void look_at_partition() {
    const std::string partition = partition_of(command_);
    if (partition.empty()) return;
    for (std::size_t i = in_.first_step; i < number_; ++i)
      if (partition_of(in_.plan.commands()[i]) == partition) return;  // told already
    const auto table = host_.partitions(
        command_, launcher_value(command_, "vipu_server_host", "IPUOF_VIPU_API_HOST"));
    const auto state = table ? partition_state(*table, partition) : std::nullopt;
    if (!state || *state == "ACTIVE" || *state == "PS_ACTIVE") return;
    Diagnostic& d =
        add(FindingId::L029, PreflightSubject::Partition,
            state->empty() ? fmt::format("vipu lists no partition {}", partition)
                           : fmt::format("the partition {} is {}, not ACTIVE", partition, *state));
    if (!state->empty()) {
      d.help =
          "wait for it, reset it with --launch reset_partition=yes, or ask who runs the machine";
      return;
    }
    d.help = "see `vipu list partitions`, and give another with --launch partition=NAME";
    if (step_.launcher == "poprun") {
      d.severity = Severity::Warning;  // poprun makes one where it may
      d.notes.push_back({"poprun makes it where it may", {}});
    }
  }

  std::string partition_of(const Command& command) const {
    return launcher_value(command, "vipu_partition", "IPUOF_VIPU_API_PARTITION_ID");
  }

  /// The launcher starts its processes on them by ssh, in the same folder.
  void look_at_hosts() {
    const std::string names = launcher_value(command_, "hosts", "");
    // Another way of Open MPI to other hosts, which is nothing that could be tried here.
    if (names.empty() || host_.variable(command_, "OMPI_MCA_plm_rsh_agent")) return;
    std::vector<std::string> hosts;
    for (const std::string_view name : split(names, ','))
      hosts.emplace_back(name.substr(0, name.find(':')));  // behind it stand Open MPI's slots
    std::vector<std::string> paths = {folder_.empty() ? "." : folder_};
    for (const DataNeed& need : step_.data_needs)
      if (const std::string given = value_of(need.path); !given.empty())
        if (const std::string path = joined(folder_, given); host_.kind(path) != PathKind::Nothing)
          paths.push_back(path);
    for (const OtherHost& other : host_.not_ready(hosts, paths)) {
      if (!other.why_not.empty())
        add(FindingId::L039, PreflightSubject::Hosts,
            fmt::format("{} is not reached by ssh: {}", other.name, other.why_not))
            .help =
            fmt::format("try `ssh {} true`: without a password, and with a known key", other.name);
      for (const std::string& path : other.missing)
        add(FindingId::L039, PreflightSubject::Hosts, fmt::format("{} has no {}", other.name, path))
            .help = "put it at the same place on every host, or where all of them see it";
    }
  }

  /// What the launcher is told by the words of a setting, else by a variable; a launcher that is
  /// told to start without IPUs has no use for either.
  std::string launcher_value(const Command& command, std::string_view setting,
                             const std::string& variable) const {
    for (std::size_t i = 0; i < command.program_at; ++i) {
      const Arg& word = command.argv[i];
      if (word.cause == "offline_mode") return {};
      if (word.cause != setting) continue;
      std::string text = literal_text(word);
      if (!word.begins) return text;
      if (const std::size_t equals = text.find('='); equals != std::string::npos)
        return text.substr(equals + 1);
    }
    return variable.empty() ? "" : host_.variable(command, variable).value_or("");
  }

  /// A path as the script is told; empty where it is not known before the start.
  std::string value_of(const Arg& arg) const { return in_.plan.text_of(arg).value_or(""); }

  const PreflightInput& in_;
  std::size_t number_;
  const Step& step_;
  const Command& command_;
  std::string folder_;
  HostFacts& host_;
  Diagnostics& out_;
};

void look_at_tool(const std::string& tool, HostFacts& host, Diagnostics& out) {
  Arg word;
  word.pieces = {{Piece::Kind::Text, tool, std::nullopt}};
  if (!host.has_program({{std::move(word)}, {}, {}}))
    out.add(FindingId::L031, Span{}, fmt::format("there is no program {} on PATH", tool)).help =
        "start on a host of the scheduler, or print the job with --dry-run";
}

void look_at_runs(const PreflightInput& in, HostFacts& host, Diagnostics& out) {
  const Span at = in.place ? in.place(0, PreflightSubject::Runs) : Span{};
  if (!host.can_write(in.runs)) {
    out.add(FindingId::L034, at, fmt::format("no run folder can be made in {}", in.runs)).help =
        "start where you may write";
    return;
  }
  if (const auto free = host.free_bytes(in.runs); free && *free < kLittleSpace)
    out.add(FindingId::L035, at,
            fmt::format("only {} MiB are free for the logs in {}", *free >> 20U, in.runs))
        .help = "make room, or write elsewhere";
}

}  // namespace

std::string sdk_release_in(std::string_view path) {
  const auto digits = [](std::string_view text) {
    return text.substr(0, std::min(text.find_first_not_of("0123456789"), text.size()));
  };
  for (std::size_t at = path.rfind('-'); at != std::string_view::npos && at > 0;
       at = path.rfind('-', at - 1)) {
    const std::string_view rest = path.substr(at + 1);
    const std::string_view major = digits(rest);
    if (major.empty() || rest.size() <= major.size() || rest[major.size()] != '.') continue;
    const std::string_view minor = digits(rest.substr(major.size() + 1));
    const std::string_view behind = rest.substr(major.size() + 1 + minor.size());
    if (!minor.empty() && behind.starts_with("."))
      return std::string(rest.substr(0, major.size() + 1 + minor.size()));
  }
  return {};
}

std::optional<std::string> partition_state(std::string_view table, std::string_view partition) {
  std::optional<std::size_t> name_at;
  std::optional<std::size_t> state_at;
  for (const std::string_view line : split(table, '\n')) {
    const std::vector<std::string_view> cells = cells_of(line);
    if (!state_at) {
      for (std::size_t i = 0; i < cells.size(); ++i) {
        if (cells[i] == "Partition") name_at = i;
        if (cells[i] == "State") state_at = i;
      }
      if (!name_at) state_at.reset();
    } else if (cells.size() > std::max(*name_at, *state_at) && cells[*name_at] == partition) {
      return std::string(cells[*state_at]);
    }
  }
  return state_at ? std::optional<std::string>("") : std::nullopt;
}

Diagnostics preflight(const PreflightInput& in, HostFacts& host) {
  Diagnostics out;
  for (std::size_t i = in.first_step; in.tools.empty() && i < in.plan.commands().size(); ++i)
    StepCheck(in, i, host, out).look();
  for (const std::string& tool : in.tools) look_at_tool(tool, host, out);
  look_at_runs(in, host, out);
  return out;
}

}  // namespace ipucnn
