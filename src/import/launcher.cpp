// A launcher's options as launch settings: launch_words.def read the other way round.
#include "import/launcher.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "base/text.h"
#include "import/launch_order.h"
#include "import/launcher_faults.h"
#include "ipucnn/host_list.h"
#include "ipucnn/launch_words.h"
#include "ipucnn/launcher.h"
#include "ipucnn/launcher_line.h"
#include "ipucnn/launcher_spelling.h"
#include "ipucnn/numbers.h"

namespace ipucnn::importing {
namespace {

using load::LauncherFault;
using load::LauncherOption;
using load::LauncherValue;
using resolving::LaunchWord;
using resolving::WordKind;

/// Words and where each byte of them stands.
using Words = std::vector<Located>;

class LauncherReader {
 public:
  LauncherReader(const Catalog& catalog, const CommandLine& line, std::string_view launcher,
                 std::string_view sdk, const Places& places, JobNode& launch, Diagnostics& out)
      : catalog_(catalog),
        line_(line),
        launcher_(launcher),
        program_(launcher_program(launcher)),
        sdk_(sdk),
        spellings_(catalog, program_, sdk),
        places_(places),
        launch_(launch),
        out_(out) {}

  LauncherFigures run() {
    words_ = &outer_;
    for (const ShellWord& word : line_.launch) outer_.push_back(word.value);
    read();
    write_tags();
    if (program_ == "mpirun") count_processes();
    const std::vector<std::string> order = order_.options(launcher_ == "poprun");
    const Span at = places_.span(line_.begin, line_.begin + 1);
    for (const std::string& option : order)
      list("spelling", "order", at).children.push_back(JobNode::scalar(option, at));
    return std::move(figures_);
  }

 private:
  static std::vector<std::string> texts(const Words& words) {
    std::vector<std::string> out;
    for (const Located& word : words) out.push_back(word.text);
    return out;
  }

  Span span(std::size_t word, std::size_t begin, std::size_t length) const {
    const std::vector<std::uint32_t>& from = (*words_)[word].from;
    if (from.empty()) return places_.span(line_.begin, line_.begin + 1);
    begin = std::min(begin, from.size() - 1);
    const std::size_t last = std::min(begin + std::max<std::size_t>(length, 1), from.size()) - 1;
    return places_.span(from[begin], from[last] + 1);
  }
  Span span(const LauncherValue& value) const {
    return span(value.word, value.offset, value.text.size());
  }
  Span span(const LauncherOption& option) const { return span(option.word, 0, option.flag.size()); }

  void read() {
    const Node table = load::launcher_options(catalog_, program_);
    const auto all = load::read_launcher_line(table, texts(*words_));
    for (const LauncherOption& option : all.options) {
      const bool abbreviated = option.fault == LauncherFault::Abbreviated;
      if (abbreviated || option.fault == LauncherFault::Unknown) unknown(option, program_, table);
      if (option.fault == LauncherFault::Unknown) continue;
      const bool repeated = option.fault == LauncherFault::Repeated;
      if (option.fault != LauncherFault::None && !repeated && !abbreviated) {
        refuse(option, program_);
        continue;
      }
      if (repeated) {
        lose(option.flag, option.name);
        out_.add(FindingId::L054, span(option),
                 fmt::format("{} has {} twice", line_.launcher, option.flag))
            .help = "leave one of them out";
      }
      take(option);
    }
  }

  void unknown(const LauncherOption& option, std::string_view program, Node table) {
    lose(option.flag, option.name);
    // A figure that is only misspelt is none that is missing.
    const std::size_t name = std::min(option.flag.find_first_not_of('-'), option.flag.size());
    const Node meant = table.find(replace_char(option.flag.substr(name), '_', '-'));
    if (meant && meant.find_text("takes") == "number") figures_.elsewhere = true;
    const std::string_view launcher = program == program_ ? line_.launcher : program;
    report_unknown_option(option, launcher, table, span(option), out_);
  }

  void refuse(const LauncherOption& option, std::string_view program) {
    const bool missing = option.fault == LauncherFault::Missing;
    report_refused_option(option, program, missing ? span(option) : span(option.values.front()),
                          out_);
    // Figures that follow from one that is none would only repeat it.
    if (option.option.find_text("takes") == "number") figures_.elsewhere = true;
  }

  /// The row that writes this option; null when no plan does.
  const LaunchWord* row_of(const LauncherOption& option) const {
    for (const LaunchWord& row : resolving::kLaunchWords) {
      if (row.launcher != launcher_) continue;
      if (row.option == "--" + std::string(option.name.text()) ||
          row.option == option.option.find_text("short"))
        return &row;
    }
    return nullptr;
  }

  void take(const LauncherOption& option) {
    const bool poprun = launcher_ == "poprun";
    if (poprun && option.name.text() == "vv") return verbosity(option, "2");
    const LaunchWord* row = row_of(option);
    if (row == nullptr) {
      if (poprun || !is_further_word(option)) return left_out(option);
      order_.add(find_row(launcher_, WordKind::Words), option.flag);
      return further_words(option, "mpi_global");
    }
    judge_release(option, *row);
    order_.add(row, std::string(row->option));
    note_equals(option, row->option);
    const auto text = [&] { return option.values.front(); };
    switch (row->kind) {
      case WordKind::Verbosity:
        order_.take_back();
        return verbosity(option, "1");
      case WordKind::Hosts:
      case WordKind::Slots:
        return hosts(text(), row->kind == WordKind::Slots);
      case WordKind::Text:
        return set(row->source, text(), plain_scalar_type(text().text));
      case WordKind::YesNo:
        return yes_no(option, *row);
      case WordKind::Flag:
        order_.take_back();
        return take_root(option);
      case WordKind::Tag:
        order_.take_back();
        return take_tag(option, poprun ? std::string(where_) : "global");
      case WordKind::Count:
      case WordKind::Domains:
        return count(*row, text());
      case WordKind::Mca:
        return mca(option);
      case WordKind::Forward:
        return forward(text());
      case WordKind::MpiGlobal:
      case WordKind::MpiLocal:
        return nested(text(), row->kind == WordKind::MpiGlobal);
      case WordKind::Repeated:
        list(row->source, {}, span(option))
            .children.push_back(JobNode::scalar(text().text, span(text())));
        return;
      case WordKind::Words:
        return;
    }
  }

  void figures_elsewhere(Span at, std::string_view what) {
    figures_.elsewhere = true;
    Diagnostic& d = out_.add(FindingId::L048, at,
                             fmt::format("instances and replicas depend on {}, which is not read, "
                                         "so the command is not checked",
                                         what));
    d.severity = Severity::Warning;
    d.help = program_ == "poprun" ? "write --num-instances and its like out" : "write -np out";
  }

  /// Findings speak of it, so that the line and its plan may differ in it.
  void lose(const std::string& flag, Node name = {}) {
    figures_.lost.push_back(flag);
    if (name) figures_.lost.push_back("--" + std::string(name.text()));
  }

  /// Where -np is silent: so many on each host, else one for each slot of the hosts, else one for
  /// each core of the machine.
  void count_processes() {
    if (figures_.elsewhere) return;
    const std::size_t hosts = figures_.hosts;
    const bool known = hosts > 0 || (!launch_.has("hosts") && !launch_.has("hostfile"));
    if (launch_.has("instances"))
      return compare_counts(known ? std::max<std::size_t>(hosts, 1) : 0);
    std::int64_t count = 0;
    if (each_host_ > 0 && known)
      count = each_host_ * static_cast<std::int64_t>(std::max<std::size_t>(hosts, 1));
    else if (each_host_ == 0 && hosts > 0)
      count = slots_;
    const Span at = each_host_ > 0 ? each_host_at_ : figures_.hosts_at;
    if (count > 0)
      launch_.set("instances", JobNode::scalar(std::to_string(count), at, ScalarType::Int));
    else if (line_.started)
      figures_elsewhere(places_.span(line_.started->begin, line_.started->end),
                        launch_.has("hostfile") ? "the file of hosts" : "the machine");
    lose("--np");
  }

  /// `-np` beside so many on each host. 0 hosts: not known how many.
  void compare_counts(std::size_t hosts) {
    const auto all = parse_int64(launch_.entry("instances", each_host_at_).text);
    if (each_host_ == 0 || (all && hosts > 0 && *all == product_of(each_host_, hosts))) return;
    if (all && hosts > 0 && *all > product_of(each_host_, hosts)) {
      out_.add(FindingId::L053, each_host_at_,
               fmt::format("{} does not start {} processes with {} on each of {}", line_.launcher,
                           *all, each_host_, counted(static_cast<std::int64_t>(hosts), "host")))
          .help = "leave -np out, or make both agree";
      return;
    }
    out_.add(FindingId::L048, each_host_at_,
             "how many processes go on each host is left out: a job holds how many there are")
        .severity = Severity::Warning;
  }

  static std::int64_t product_of(std::int64_t each, std::size_t hosts) {
    return resolving::product({each, static_cast<std::int64_t>(hosts)})
        .value_or(std::numeric_limits<std::int64_t>::max());
  }

  /// Whether the option can be kept as it is: it neither gives figures nor prints and stops.
  static bool is_further_word(const LauncherOption& option) {
    const std::string_view name = option.name.text();
    return !gives_figures(option) && name != "host" && name != "np" && name != "help" &&
           name != "version";
  }

  static const LaunchWord* find_row(std::string_view launcher, WordKind kind) {
    for (const LaunchWord& row : resolving::kLaunchWords)
      if (row.launcher == launcher && row.kind == kind) return &row;
    return nullptr;
  }

  /// Keeps an option of mpirun's word for word.
  void further_words(const LauncherOption& option, std::string_view key) {
    JobNode& words = list(key, {}, span(option));
    std::string first = option.flag;
    const bool joined = !option.values.empty() && option.values.front().word == option.word;
    if (joined) first = (*words_)[option.word].text;
    words.children.push_back(JobNode::scalar(std::move(first), span(option)));
    for (std::size_t i = joined ? 1 : 0; i < option.values.size(); ++i)
      words.children.push_back(JobNode::scalar(option.values[i].text, span(option.values[i])));
  }

  void left_out(const LauncherOption& option) {
    const bool counts = program_ == "mpirun" && words_ == &outer_;
    if (const auto each = processes_of_a_host(option); each && counts) {
      if (each_host_ > 0 && each_host_ != *each)
        out_.add(FindingId::L054, span(option),
                 fmt::format("{} has two numbers of processes on each host", line_.launcher))
            .help = "leave one of them out";
      each_host_ = *each;
      each_host_at_ = span(option.values.front());
      lose("--" + std::string(option.name.text()));
      return;
    }
    lose(option.flag, option.name);
    if (gives_figures(option) && words_ == &outer_)
      return figures_elsewhere(span(option), option.flag);
    Diagnostic& d = out_.add(FindingId::L048, span(option),
                             fmt::format("{} is left out: no job can hold it", option.flag));
    d.severity = Severity::Warning;
  }

  void judge_release(const LauncherOption& option, const LaunchWord& row) {
    if (const std::string_view until = spellings_.gone_since(row.option); !until.empty()) {
      const std::string now = spellings_.name_of(row.option);
      out_.add(FindingId::L055, span(option),
               fmt::format("{} is in no public line from SDK {} on, and the SDK here is {}",
                           option.flag, until, sdk_))
          .help = now.empty() ? std::string("leave it out") : fmt::format("write {}", now);
    }
    if (const std::string_view since = spellings_.comes_with(row.option); !since.empty())
      out_.add(FindingId::L055, span(option),
               fmt::format("{} is in no public line before SDK {}, and the SDK here is {}",
                           option.flag, since, sdk_));
  }

  /// The option has its value behind a `=`, and a plan would not write it so by itself.
  void note_equals(const LauncherOption& option, std::string_view canonical) {
    if (option.values.empty() || option.values.front().word != option.word ||
        option.flag != canonical || option.values.front().text.substr(0, 1) == "-")
      return;
    JobNode& equals = list("spelling", "equals", span(option));
    equals.children.push_back(JobNode::scalar(std::string(canonical), span(option)));
  }

  JobNode& list(std::string_view key, std::string_view inner, Span at) {
    JobNode& outer = inner.empty() ? launch_ : launch_.entry(key, at);
    JobNode& found = outer.entry(inner.empty() ? key : inner, at);
    if (found.kind == NodeKind::Map) found = JobNode::list(at);
    return found;
  }

  void set(std::string_view key, const LauncherValue& value, ScalarType type = ScalarType::String) {
    launch_.set(key, JobNode::scalar(value.text, span(value), type));
  }

  void verbosity(const LauncherOption& option, const char* level) {
    launch_.set("verbosity", JobNode::scalar(level, span(option), ScalarType::Int));
    const bool most = level[0] == '2';
    if (option.flag == "--vv")
      launch_.entry("spelling", span(option)).set("verbose", JobNode::scalar("--vv", span(option)));
    order_.add(&resolving::kLaunchWords[0], most ? std::string(option.flag) : "-v");
  }

  /// Split at commas outside brackets and variables. A variable alone can hold any number.
  void hosts(const LauncherValue& value, bool slots) {
    figures_.hosts_at = span(value);
    JobNode all = JobNode::list(span(value));
    bool known = true;
    bool broken = false;
    for (std::size_t begin = 0; begin <= value.text.size();) {
      const std::size_t comma = resolving::host_end(value.text, begin);
      std::string host = value.text.substr(begin, comma - begin);
      if (slots && host.find(kVariableOpen) == std::string::npos) {
        const std::size_t colon = std::min(host.find(':'), host.size());
        slots_ += parse_int64(std::string_view(host).substr(colon).substr(colon < host.size()))
                      .value_or(1);
        host = host.substr(0, colon);
      }
      known = known && !(host.starts_with(kVariableOpen) && host.ends_with('}'));
      broken = broken || resolving::has_broken_range(host);
      figures_.hosts += resolving::hosts_in(host);
      const Span at = span(value.word, value.offset + begin, host.size());
      all.children.push_back(JobNode::scalar(std::move(host), at));
      begin = comma + 1;
    }
    if (broken) figures_.hosts = 0;
    if (all.children.size() > 1 || known) {
      launch_.set("hosts", std::move(all));
      return;
    }
    figures_.hosts = 0;
    launch_.set("hosts", JobNode::scalar(value.text, span(value)));
  }

  void yes_no(const LauncherOption& option, const LaunchWord& row) {
    const LauncherValue& value = option.values.front();
    if (value.text.find(kVariableOpen) != std::string::npos) return left_out(option);
    const bool yes = load::parse_yes_no(value.text).value_or(false);
    launch_.set(row.source, JobNode::scalar(yes ? "true" : "false", span(value), ScalarType::Bool));
    if (value.text == "yes" || value.text == "no")
      list("spelling", "yes_no", span(value))
          .children.push_back(JobNode::scalar(std::string(row.option), span(value)));
  }

  void count(const LaunchWord& row, const LauncherValue& value) {
    const Word word{value.text, span(value)};
    if (row.source == "replicas") figures_.replicas = word;
    if (row.source == "ipus_per_replica") figures_.ipus_per_replica = word;
    if (row.source != "replicas") set(row.source, value, ScalarType::Int);
  }

  void nested(const LauncherValue& value, bool global) {
    const Located& outer = (*words_)[value.word];
    const auto inner = load::inner_words(value.text);
    if (!inner) {
      out_.add(FindingId::L051, span(value), "a quote inside this value is never closed");
      return;
    }
    Words words;
    for (const load::InnerWord& word : *inner) {
      // Quotes inside a word shift its bytes, which no finding needs to know.
      Located part = outer.part(value.offset + word.begin, value.offset + word.end);
      part.text = word.text;
      part.from.resize(word.text.size(), part.from.empty() ? line_.begin : part.from.back());
      words.push_back(std::move(part));
    }
    const Words* before = std::exchange(words_, &words);
    where_ = global ? "global" : "local";
    const auto read =
        load::read_launcher_line(load::launcher_options(catalog_, "mpirun"), texts(words));
    for (const auto& option : read.options) take_nested(option);
    if (read.program < words.size())
      out_.add(FindingId::L053, span(read.program, 0, words[read.program].text.size()),
               fmt::format("{} is no option: mpirun takes it for the program",
                           words[read.program].text))
          .help = "a variable is handed on with -x NAME=VALUE";
    words_ = before;
  }

  void take_nested(const LauncherOption& option) {
    const bool abbreviated = option.fault == LauncherFault::Abbreviated;
    if (abbreviated || option.fault == LauncherFault::Unknown)
      unknown(option, "mpirun", load::launcher_options(catalog_, "mpirun"));
    if (option.fault == LauncherFault::Unknown) return;
    if (option.fault != LauncherFault::None && option.fault != LauncherFault::Repeated &&
        !abbreviated)
      return refuse(option, "mpirun");
    const std::string_view name = option.name.text();
    if (name == "mca")
      mca(option);
    else if (name == "x")
      forward(option.values.front());
    else if (name == "tag-output")
      take_tag(option, std::string(where_));
    else if (name == "allow-run-as-root" && where_ == "global")
      take_root(option);
    else if (name == "hostfile" && where_ == "global" && !launch_.has("hostfile"))
      set("hostfile", option.values.front());
    else if (is_further_word(option))
      further_words(option, where_ == "global" ? "mpi_global" : "mpi_local");
    else
      left_out(option);
  }

  void take_tag(const LauncherOption& option, std::string where) {
    if (tag_.empty() || where == "global") tag_ = std::move(where);
    tag_at_ = span(option);
    if (tag_ == "global") order_.add(nullptr, "--tag-output");
  }

  void take_root(const LauncherOption& option) {
    launch_.set("as_root", JobNode::scalar("true", span(option), ScalarType::Bool));
    order_.add(nullptr, "--allow-run-as-root");
  }

  void mca(const LauncherOption& option) {
    const LauncherValue& name = option.values[0];
    const LauncherValue& value = option.values[1];
    JobNode& all = launch_.entry("mca", span(option));
    if (all.has(name.text)) {
      Diagnostic& d = out_.add(FindingId::L050, span(name),
                               fmt::format("mpirun gets the parameter {} twice", name.text));
      d.help = "leave one of them out: mpirun does not start, even when both have the same value";
      return;
    }
    all.children.push_back(JobNode::scalar(name.text, span(name)));
    all.children.push_back(JobNode::scalar(value.text, span(value)));
  }

  void forward(const LauncherValue& value) {
    list("forward", {}, span(value)).children.push_back(JobNode::scalar(value.text, span(value)));
  }

  void write_tags() {
    if (!tag_.empty()) launch_.set("tag_output", JobNode::scalar(tag_, tag_at_));
  }

  const Catalog& catalog_;
  const CommandLine& line_;
  std::string_view launcher_;  ///< that the line's is taken for
  std::string_view program_;
  std::string_view sdk_;
  load::LauncherSpellings spellings_;
  const Places& places_;
  JobNode& launch_;
  Diagnostics& out_;
  Words outer_;
  const Words* words_ = nullptr;
  std::string_view where_ = "global";
  std::string tag_;
  Span tag_at_;
  std::int64_t each_host_ = 0;  ///< processes on each host; 0: not said
  Span each_host_at_;
  std::int64_t slots_ = 0;  ///< of all hosts that are listed
  LaunchOrder order_;
  LauncherFigures figures_;
};

}  // namespace

LauncherFigures read_launcher(const Catalog& catalog, const CommandLine& line,
                              std::string_view launcher, std::string_view sdk, const Places& places,
                              JobNode& launch, Diagnostics& out) {
  return LauncherReader(catalog, line, launcher, sdk, places, launch, out).run();
}

}  // namespace ipucnn::importing
