// A launcher's options as launch settings: launch_words.def read the other way round.
#include "import/launcher.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/edits.h"
#include "base/text.h"
#include "import/launcher_faults.h"
#include "import/launcher_reader.h"
#include "ipucnn/host_list.h"
#include "ipucnn/launcher.h"

namespace ipucnn::importing {

using load::LauncherFault;
using load::LauncherOption;
using load::LauncherValue;
using resolving::LaunchWord;
using resolving::WordKind;

/// Whether a scheduler reads options in its comments.
static bool is_batch_script(std::string_view text) {
  constexpr std::string_view kMarks[] = {"#SBATCH ", "#PBS ", "#BSUB ", "#COBALT "};
  return std::any_of(std::begin(kMarks), std::end(kMarks),
                     [&](std::string_view mark) { return text.find(mark) != text.npos; });
}

LauncherFigures LauncherReader::run() {
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

std::vector<std::string> LauncherReader::texts(const Words& words) {
  std::vector<std::string> out;
  for (const Located& word : words) out.push_back(word.text);
  return out;
}

Span LauncherReader::span(std::size_t word, std::size_t begin, std::size_t length) const {
  const std::vector<std::uint32_t>& from = (*words_)[word].from;
  if (from.empty()) return places_.span(line_.begin, line_.begin + 1);
  begin = std::min(begin, from.size() - 1);
  const std::size_t last = std::min(begin + std::max<std::size_t>(length, 1), from.size()) - 1;
  return places_.span(from[begin], from[last] + 1);
}

void LauncherReader::read() {
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

void LauncherReader::unknown(const LauncherOption& option, std::string_view program, Node table) {
  lose(option.flag, option.name);
  // A figure that is only misspelt is none that is missing.
  const std::size_t name = std::min(option.flag.find_first_not_of('-'), option.flag.size());
  const Node meant = table.find(replace_char(option.flag.substr(name), '_', '-'));
  if (meant && meant.find_text("takes") == "number") figures_.elsewhere = true;
  const std::string_view launcher = program == program_ ? line_.launcher : program;
  report_unknown_option(option, launcher, table, span(option), out_);
}

void LauncherReader::refuse(const LauncherOption& option, std::string_view program) {
  const bool missing = option.fault == LauncherFault::Missing;
  const Span at = missing ? span(option) : span(option.values.front());
  // What only a shell can tell has been named as such.
  const bool is_told = std::any_of(out_.all().begin(), out_.all().end(), [&](const Diagnostic& d) {
    return d.id == FindingId::L040 && overlap(d.at, at);
  });
  if (!is_told) report_refused_option(option, program, at, out_);
  // Figures that follow from one that is none would only repeat it.
  if (option.option.find_text("takes") == "number") figures_.elsewhere = true;
}

/// The row that writes this option; null when no plan does.
const LaunchWord* LauncherReader::row_of(const LauncherOption& option) const {
  for (const LaunchWord& row : resolving::kLaunchWords) {
    if (row.launcher != launcher_) continue;
    if (row.option == "--" + std::string(option.name.text()) ||
        row.option == option.option.find_text("short"))
      return &row;
  }
  return nullptr;
}

void LauncherReader::take(const LauncherOption& option) {
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

void LauncherReader::figures_elsewhere(Span at, std::string_view what) {
  figures_.elsewhere = true;
  Diagnostic& d = out_.add(FindingId::L048, at,
                           fmt::format("instances and replicas depend on {}, which is not read, "
                                       "so the command is not checked",
                                       what));
  d.severity = Severity::Warning;
  d.help = program_ == "poprun" ? "write --num-instances and its like out" : "write -np out";
}

/// Findings speak of it, so that the line and its plan may differ in it.
void LauncherReader::lose(const std::string& flag, Node name) {
  figures_.lost.push_back(flag);
  if (name) figures_.lost.push_back("--" + std::string(name.text()));
}

void LauncherReader::count_processes() {
  if (figures_.elsewhere) return;
  const bool given = launch_.has("instances");
  const bool queued = is_batch_script(places_.text());
  const bool known = processes_.write_instances(line_, figures_, queued, launch_, out_);
  if (!known && line_.started)
    figures_elsewhere(places_.span(line_.started->begin, line_.started->end),
                      launch_.has("hostfile") ? "the file of hosts"
                      : queued                ? "the hosts of the allocation"
                                              : "the machine");
  if (!given) lose("--np");
}

const LaunchWord* LauncherReader::find_row(std::string_view launcher, WordKind kind) {
  for (const LaunchWord& row : resolving::kLaunchWords)
    if (row.launcher == launcher && row.kind == kind) return &row;
  return nullptr;
}

void LauncherReader::judge_release(const LauncherOption& option, const LaunchWord& row) {
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
void LauncherReader::note_equals(const LauncherOption& option, std::string_view canonical) {
  if (option.values.empty() || option.values.front().word != option.word ||
      option.flag != canonical || option.values.front().text.substr(0, 1) == "-")
    return;
  JobNode& equals = list("spelling", "equals", span(option));
  equals.children.push_back(JobNode::scalar(std::string(canonical), span(option)));
}

JobNode& LauncherReader::list(std::string_view key, std::string_view inner, Span at) {
  JobNode& outer = inner.empty() ? launch_ : launch_.entry(key, at);
  JobNode& found = outer.entry(inner.empty() ? key : inner, at);
  if (found.kind == NodeKind::Map) found = JobNode::list(at);
  return found;
}

void LauncherReader::set(std::string_view key, const LauncherValue& value, ScalarType type) {
  launch_.set(key, JobNode::scalar(value.text, span(value), type));
}

void LauncherReader::verbosity(const LauncherOption& option, const char* level) {
  launch_.set("verbosity", JobNode::scalar(level, span(option), ScalarType::Int));
  const bool most = level[0] == '2';
  if (option.flag == "--vv")
    launch_.entry("spelling", span(option)).set("verbose", JobNode::scalar("--vv", span(option)));
  order_.add(&resolving::kLaunchWords[0], most ? std::string(option.flag) : "-v");
}

/// Split at commas outside brackets and variables. A variable alone can hold any number.
void LauncherReader::hosts(const LauncherValue& value, bool slots) {
  figures_.hosts_at = span(value);
  JobNode all = JobNode::list(span(value));
  bool known = true;
  bool broken = false;
  for (std::size_t begin = 0; begin <= value.text.size();) {
    const std::size_t comma = resolving::host_end(value.text, begin);
    std::string host = value.text.substr(begin, comma - begin);
    if (slots && !holds_variable(host)) processes_.take_slots(host);
    known = known && !(host.starts_with(kVariableOpen) && host.ends_with('}'));
    broken = broken || resolving::has_broken_range(host);
    figures_.hosts += resolving::hosts_in(host);
    figures_.here = host == "localhost" || host == "127.0.0.1";
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

void LauncherReader::yes_no(const LauncherOption& option, const LaunchWord& row) {
  const LauncherValue& value = option.values.front();
  if (holds_variable(value.text)) return left_out(option);
  const bool yes = load::parse_yes_no(value.text).value_or(false);
  launch_.set(row.source, JobNode::scalar(yes ? "true" : "false", span(value), ScalarType::Bool));
  if (value.text == "yes" || value.text == "no")
    list("spelling", "yes_no", span(value))
        .children.push_back(JobNode::scalar(std::string(row.option), span(value)));
}

void LauncherReader::count(const LaunchWord& row, const LauncherValue& value) {
  const Word word{value.text, span(value)};
  if (row.source == "replicas") figures_.replicas = word;
  if (row.source == "ipus_per_replica") figures_.ipus_per_replica = word;
  if (row.source != "replicas") set(row.source, value, ScalarType::Int);
}

LauncherFigures read_launcher(const Catalog& catalog, const CommandLine& line,
                              std::string_view launcher, std::string_view sdk, const Places& places,
                              JobNode& launch, Diagnostics& out) {
  return LauncherReader(catalog, line, launcher, sdk, places, launch, out).run();
}

}  // namespace ipucnn::importing
