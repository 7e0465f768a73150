// Options of mpirun as launch settings, of its own line and of the values that poprun hands on.
#include <fmt/format.h>

#include <utility>

#include "import/launcher_faults.h"
#include "import/launcher_reader.h"
#include "ipucnn/launcher.h"

namespace ipucnn::importing {

using load::LauncherFault;
using load::LauncherOption;
using load::LauncherValue;

/// Whether the option can be kept as it is: it neither gives figures nor prints and stops.
bool LauncherReader::is_further_word(const LauncherOption& option) {
  const std::string_view name = option.name.text();
  return !gives_figures(option) && name != "host" && name != "np" && name != "help" &&
         name != "version";
}

/// Keeps an option of mpirun's word for word.
void LauncherReader::further_words(const LauncherOption& option, std::string_view key) {
  JobNode& words = list(key, {}, span(option));
  std::string first = option.flag;
  const bool joined = !option.values.empty() && option.values.front().word == option.word;
  if (joined) first = (*words_)[option.word].text;
  words.children.push_back(JobNode::scalar(std::move(first), span(option)));
  for (std::size_t i = joined ? 1 : 0; i < option.values.size(); ++i)
    words.children.push_back(JobNode::scalar(option.values[i].text, span(option.values[i])));
}

void LauncherReader::left_out(const LauncherOption& option) {
  const bool counts = program_ == "mpirun" && words_ == &outer_;
  if (counts && processes_.take(option, span(option),
                                option.values.empty() ? Span{} : span(option.values.front()),
                                line_.launcher, out_)) {
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

void LauncherReader::nested(const LauncherValue& value, bool global) {
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

void LauncherReader::take_nested(const LauncherOption& option) {
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

void LauncherReader::take_tag(const LauncherOption& option, std::string where) {
  if (tag_.empty() || where == "global") tag_ = std::move(where);
  tag_at_ = span(option);
  if (tag_ == "global") order_.add(nullptr, "--tag-output");
}

void LauncherReader::take_root(const LauncherOption& option) {
  launch_.set("as_root", JobNode::scalar("true", span(option), ScalarType::Bool));
  order_.add(nullptr, "--allow-run-as-root");
}

void LauncherReader::mca(const LauncherOption& option) {
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

void LauncherReader::forward(const LauncherValue& value) {
  list("forward", {}, span(value)).children.push_back(JobNode::scalar(value.text, span(value)));
}

void LauncherReader::write_tags() {
  if (!tag_.empty()) launch_.set("tag_output", JobNode::scalar(tag_, tag_at_));
}

}  // namespace ipucnn::importing
