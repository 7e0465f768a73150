// A rank that does what no training should: how badly, its words say.
//   ignore     takes no notice of SIGINT and SIGTERM
//   setsid     goes to a session of its own
//   daemon     leaves a grandchild in a session of its own that takes no notice of anything
//   burst      leaves twenty children in groups of their own
//   die        ends by itself with status 7, if it is the second rank
//   short      ends well at once
// All but the last write the figure that proves training, and then go on for ten minutes.
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace {

void write_line(std::string_view text) {
  if (::write(STDOUT_FILENO, text.data(), text.size()) < 0) ::_exit(9);
}

void ignore_all() {
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) ::signal(number, SIG_IGN);
}

[[noreturn]] void go_on() {
  for (int i = 0; i < 600; ++i) ::sleep(1);
  ::_exit(0);
}

void leave_a_daemon() {
  if (::fork() != 0) return;
  ::setsid();
  ignore_all();
  if (::fork() != 0) ::_exit(0);
  go_on();
}

bool is_second() {
  const char* rank = std::getenv("OMPI_COMM_WORLD_RANK");
  return rank == nullptr || std::strcmp(rank, "1") == 0;
}

}  // namespace

int main(int argc, char** argv) {
  bool dies = false;
  bool is_short = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    dies = dies || word == "die";
    is_short = is_short || word == "short";
    if (word == "ignore") ignore_all();
    if (word == "setsid" && ::setsid() < 0) ::setpgid(0, 0);
    if (word == "daemon") leave_a_daemon();
    for (int child = 0; word == "burst" && child < 20; ++child)
      if (::fork() == 0) {
        ::setpgid(0, 0);
        go_on();
      }
  }
  write_line("step: 1, img/sec: 99.0, a line that is long enough for Open MPI\n");
  write_line("step: 2, img/sec: 99.0, a line that is long enough for Open MPI\n");
  if (is_short) return 0;
  if (dies && is_second()) {
    ::usleep(100'000);
    return 7;
  }
  go_on();
}
