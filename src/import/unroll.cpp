#include "import/unroll.h"

#include <algorithm>
#include <utility>

#include "import/sweep.h"

namespace ipucnn::importing {
namespace {

/// Whether the name stands in a word that the shell splits.
bool may_split(const CommandLine& line, const std::string& use) {
  const auto splits = [&](const ShellWord& word) {
    return !word.bare.empty() && word.value.text.find(use) != std::string::npos;
  };
  return std::any_of(line.launch.begin(), line.launch.end(), splits) ||
         std::any_of(line.options.begin(), line.options.end(), splits);
}

/// The command of each turn; empty where it has to stay as it is.
std::vector<CommandLine> turns_of(const CommandLine& line, const ShellLoop& loop) {
  std::vector<CommandLine> turns;
  if (may_split(line, loop.use) &&
      !std::all_of(loop.values.begin(), loop.values.end(), is_one_word))
    return turns;
  for (const ShellWord& value : loop.values) {
    CommandLine& turn = turns.emplace_back(line);
    for (Located* text : values_of(turn))
      for (std::size_t at = text->text.find(loop.use); at != std::string::npos;
           at = text->text.find(loop.use, at + value.value.text.size()))
        text->replace(at, at + loop.use.size(), value.value.text);
  }
  return turns;
}

class Unroller {
 public:
  Unroller(KnownApplications& applications, const ImportRequest& request, const Places& places)
      : applications_(applications), request_(request), places_(places) {}

  /// Adds what comes of it, in the order in which the shell starts them.
  void unroll(MetCommand met, std::vector<MetCommand>& all) {
    const std::vector<ShellLoop> loops =
        met.found ? loops_without_sweep(met) : std::vector<ShellLoop>();
    auto turns = loops.empty() || count_turns(loops) > kMost ? std::vector<CommandLine>()
                                                             : turns_of(met.line, loops.front());
    if (turns.empty()) return all.push_back(std::move(met));
    const ShellLoop& taken = loops.front();
    std::erase_if(met.command.loops,
                  [&](const ShellLoop& other) { return other.use == taken.use; });
    std::erase_if(met.command.used, [&](const ShellUnknown& use) {
      return use.name == taken.name && use.begin == taken.begin;
    });
    for (std::size_t i = 0; i < turns.size(); ++i) {
      MetCommand turn = met;
      turn.line = std::move(turns[i]);
      turn.command.used.push_back({taken.name, taken.values[i].begin, taken.values[i].end});
      turn.found.reset();
      applications_.recognise(turn.line, turn.command.loops, request_, places_, turn.found);
      unroll(std::move(turn), all);
    }
  }

 private:
  static constexpr std::size_t kMost = 64;

  /// One more than there may be where there are too many.
  static std::size_t count_turns(const std::vector<ShellLoop>& loops) {
    std::size_t count = 1;
    for (const ShellLoop& loop : loops) count = std::min(count * loop.values.size(), kMost + 1);
    return count;
  }

  /// Those that no sweep can hold, the outermost first.
  std::vector<ShellLoop> loops_without_sweep(const MetCommand& met) const {
    std::vector<ShellLoop> loops = met.command.loops;
    const AppSchema& schema = applications_.schema(*met.found);
    std::erase_if(loops, [&](const ShellLoop& loop) {
      return is_sweep(met.line, loop, schema, *met.found, places_);
    });
    return loops;
  }

  KnownApplications& applications_;
  const ImportRequest& request_;
  const Places& places_;
};

}  // namespace

std::vector<MetCommand> without_loops(std::vector<MetCommand> commands,
                                      KnownApplications& applications, const ImportRequest& request,
                                      const Places& places) {
  Unroller unroller(applications, request, places);
  std::vector<MetCommand> all;
  for (MetCommand& met : commands) unroller.unroll(std::move(met), all);
  return all;
}

}  // namespace ipucnn::importing
