// What presets mean as commands, kept in a file and compared with it.
#include "ipucnn/lock.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace ipucnn {
namespace {

/// Blanks and line continuations apart, the words as a shell would quote them.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  char quote = '\0';
  const auto end_word = [&] {
    if (!word.empty() && word != "\\") words.push_back(word);
    word.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == '\0' && (c == ' ' || c == '\n')) {
      end_word();
      continue;
    }
    word += c;
    if (quote == '\0' && c == '\\' && i + 1 < text.size() && text[i + 1] != '\n') {
      word += text[++i];
      continue;
    }
    if (quote == c)
      quote = '\0';
    else if (quote == '\0' && (c == '\'' || c == '"'))
      quote = c;
  }
  end_word();
  return words;
}

std::string joined(const std::vector<std::string>& words, std::size_t from, std::size_t to) {
  std::string out;
  for (std::size_t i = from; i < to; ++i) out += (out.empty() ? "" : " ") + words[i];
  return out;
}

/// "-{--batch-size 8} +{--batch-size 16}" for each stretch that differs, the option before a lone
/// value kept for reading.
std::string word_diff(const std::vector<std::string>& old_words,
                      const std::vector<std::string>& new_words) {
  const std::size_t n = old_words.size();
  const std::size_t m = new_words.size();
  std::vector<std::vector<std::size_t>> common(n + 1, std::vector<std::size_t>(m + 1, 0));
  for (std::size_t i = n; i-- > 0;)
    for (std::size_t j = m; j-- > 0;)
      common[i][j] = old_words[i] == new_words[j] ? common[i + 1][j + 1] + 1
                                                  : std::max(common[i + 1][j], common[i][j + 1]);
  std::string out;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < n || j < m) {
    if (i < n && j < m && old_words[i] == new_words[j]) {
      ++i;
      ++j;
      continue;
    }
    const std::size_t old_from = i;
    const std::size_t new_from = j;
    while ((i < n || j < m) && !(i < n && j < m && old_words[i] == new_words[j])) {
      if (j == m || (i < n && common[i + 1][j] >= common[i][j + 1]))
        ++i;
      else
        ++j;
    }
    if (!out.empty()) out += "; ";
    const bool has_option = old_from > 0 && old_words[old_from - 1].rfind('-', 0) == 0;
    if (has_option) out += old_words[old_from - 1] + " ";
    const std::string gone = joined(old_words, old_from, i);
    const std::string came = joined(new_words, new_from, j);
    out += gone.empty()   ? fmt::format("+{{{}}}", came)
           : came.empty() ? fmt::format("-{{{}}}", gone)
                          : fmt::format("-{{{}}} +{{{}}}", gone, came);
  }
  return out;
}

}  // namespace

LockEntry lock_entry(const JobPoint& point, const Emit& emit) {
  LockEntry entry;
  const JobStep& step = point.first();
  entry.head = fmt::format("{}:{} {} {}", step.schema().id(),
                           parse_preset_name(point.request.preset->text).name, step.purpose.name,
                           step.target.target.id);
  entry.at = point.preset_at;
  std::set<std::string_view> ids;
  for (const Diagnostic& d : point.findings.all())
    if (d.severity == Severity::Error) ids.insert(finding_info(d.id).id);
  for (const std::string_view id : ids) entry.body += fmt::format("# {}\n", id);
  if (!entry.body.empty()) return entry;
  entry.body = emit(plan_of(point, PlanDetail::Words));
  return entry;
}

std::vector<LockEntry> lock_entries(const JobInputs& inputs, const std::vector<Subject>& subjects,
                                    const Emit& emit, Diagnostics& findings) {
  std::vector<LockEntry> entries;
  for (const Subject& subject : subjects) {
    const Job job =
        resolve_job(subject.request, inputs.descriptors, inputs.around, Occasion::Files);
    if (job.points.empty() || !job.points.front().shown)
      findings.add(job.all_findings());
    else if (!job.points.front().declined)
      entries.push_back(lock_entry(job.points.front(), emit));
  }
  return entries;
}

std::string lock_text(const std::vector<LockEntry>& entries) {
  std::string text =
      "# The commands that the presets mean. `ipucnn lock` writes them, `ipucnn check --locked`\n"
      "# compares. A preset that cannot be run has the ids of its errors.\n";
  for (const LockEntry& entry : entries) text += fmt::format("\n[{}]\n{}", entry.head, entry.body);
  return text;
}

LockFile parse_lock(std::string path, SourceId source, std::string_view text) {
  LockFile lock{std::move(path), {}};
  std::uint32_t number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    ++number;
    begin = end + 1;
    if (line.size() > 2 && line.front() == '[' && line.back() == ']')
      lock.entries.push_back({std::string(line.substr(1, line.size() - 2)),
                              {},
                              {source, number, 1, static_cast<std::uint32_t>(line.size())},
                              false});
    else if (!lock.entries.empty() && !line.empty())
      lock.entries.back().body += std::string(line) + "\n";
  }
  return lock;
}

void compare_with_lock(const LockEntry& now, LockFile& lock, Diagnostics& findings) {
  const auto known = std::find_if(lock.entries.begin(), lock.entries.end(),
                                  [&](const LockEntry& entry) { return entry.head == now.head; });
  if (known == lock.entries.end()) {
    findings.add(FindingId::K065, now.at, fmt::format("{} is not in {}", now.head, lock.path))
        .help = "write it with `ipucnn lock`";
    return;
  }
  known->seen = true;
  const auto old_words = words_of(known->body);
  const auto new_words = words_of(now.body);
  if (old_words == new_words) return;
  Diagnostic& d = findings.add(
      FindingId::K065, now.at,
      fmt::format("the command of {} changed: {}", now.head, word_diff(old_words, new_words)));
  d.notes.push_back({"it is locked here", known->at});
  d.help = "write it anew with `ipucnn lock` when that is meant";
}

void report_leftovers(const LockFile& lock, Diagnostics& findings) {
  for (const LockEntry& entry : lock.entries)
    if (!entry.seen)
      findings.add(FindingId::K065, entry.at, fmt::format("nothing means {} any more", entry.head))
          .help = "write the file anew with `ipucnn lock`";
}

}  // namespace ipucnn
