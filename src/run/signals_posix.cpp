#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "run/posix_signals.h"

namespace ipucnn {
namespace {

// A signal handler can only write to a descriptor it knows.
volatile sig_atomic_t signal_pipe = -1;

extern "C" void note_signal(int number) {
  const int saved = errno;
  const auto byte = static_cast<unsigned char>(number);
  if (signal_pipe >= 0 && ::write(static_cast<int>(signal_pipe), &byte, 1) < 0) {
  }
  errno = saved;
}

}  // namespace

PosixSignals::PosixSignals() : handlers_(std::make_unique<Handlers>()) {
  Handlers& h = *handlers_;
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) == 0) {
    h.read_end.reset(ends[0]);
    h.write_end.reset(ends[1]);
  }
  signal_pipe = h.write_end.get();
  struct sigaction action {};
  action.sa_handler = note_signal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (std::size_t i = 0; i < h.kSignals.size(); ++i) {
    ::sigaction(h.kSignals[i], nullptr, &h.old[i]);
    if (!h.was_ignored(i)) ::sigaction(h.kSignals[i], &action, nullptr);
  }
}

PosixSignals::~PosixSignals() {
  for (std::size_t i = 0; i < handlers_->kSignals.size(); ++i)
    ::sigaction(handlers_->kSignals[i], &handlers_->old[i], nullptr);
  signal_pipe = -1;
}

int PosixSignals::fd() const { return handlers_->read_end.get(); }

void PosixSignals::suspend() { ::kill(::getpid(), SIGSTOP); }

std::optional<int> PosixSignals::next() {
  unsigned char byte = 0;
  while (::read(fd(), &byte, 1) == 1)
    if (byte != SIGCHLD) return byte;
  return std::nullopt;
}

}  // namespace ipucnn
