// Times processes against each other: starts the commands in turn, round after round, so that what
// slows the machine down for a while slows them all.
//   interleave ROUNDS COMMAND... [-- COMMAND...]...
// Prints one line for each command: median and 10th percentile of its time in microseconds.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

extern char** environ;

namespace {

double microseconds(std::vector<char*>& argv, const posix_spawn_file_actions_t& actions) {
  using Clock = std::chrono::steady_clock;
  const auto from = Clock::now();
  pid_t pid = 0;
  int status = 0;
  if (posix_spawn(&pid, argv.front(), &actions, nullptr, argv.data(), environ) != 0 ||
      waitpid(pid, &status, 0) != pid || status != 0) {
    std::fprintf(stderr, "interleave: %s failed\n", argv.front());
    std::exit(1);
  }
  return std::chrono::duration<double, std::micro>(Clock::now() - from).count();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: interleave ROUNDS COMMAND... [-- COMMAND...]...\n", stderr);
    return 2;
  }
  const int rounds = std::atoi(argv[1]);
  std::vector<std::vector<char*>> commands(1);
  for (int i = 2; i < argc; ++i) {
    if (std::strcmp(argv[i], "--") == 0)
      commands.emplace_back();
    else
      commands.back().push_back(argv[i]);
  }
  for (auto& command : commands) command.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
  std::vector<std::vector<double>> times(commands.size());
  for (int round = 0; round < rounds; ++round)
    for (std::size_t i = 0; i < commands.size(); ++i)
      times[i].push_back(microseconds(commands[i], actions));
  for (auto& series : times) {
    std::sort(series.begin(), series.end());
    std::printf("%.1f %.1f\n", series[series.size() / 2], series[series.size() / 10]);
  }
  return 0;
}
