#include "ipucnn/system_machine.h"

#include "ipucnn/local_run.h"

namespace ipucnn {
namespace {

struct NoInterrupts final : Interrupts {
  std::optional<int> next() override { return std::nullopt; }
};

/// While a job of this host runs, which is not to wait for a terminal that somebody has stopped.
class NoWaiting {
 public:
  NoWaiting(Output* out, Output& err) : out_(out), err_(err) {
    if (out_ == nullptr) return;  // what is detached gets other streams on its way
    out_->do_not_wait();
    err_.do_not_wait();
  }
  NoWaiting(const NoWaiting&) = delete;
  NoWaiting& operator=(const NoWaiting&) = delete;
  ~NoWaiting() {
    if (out_ == nullptr) return;
    out_->wait();
    err_.wait();
  }

 private:
  Output* out_;
  Output& err_;
};

}  // namespace

int with_system_machine(const MachineWanted& wanted, Output& out, Output& err,
                        const std::function<int(Machine&)>& use) {
  SystemClock clock;
  const auto log_to = [&err](std::string_view text) { err.write(text); };
  FileLog log(wanted.verbose ? log_to : std::function<void(std::string_view)>());
  if (wanted.leaves_signals) {
    NoInterrupts none;
    const auto scheduler = scheduler_backend(wanted.via, nullptr, clock);
    Machine machine{*scheduler, clock, none, log, this_process()};
    return use(machine);
  }
  // Before the signals, so that whoever waits at the end for a slow reader can be ended as usual.
  const NoWaiting no_waiting(wanted.detached ? nullptr : &out, err);
  PosixSignals signals;
  if (const auto scheduler = scheduler_backend(wanted.via, &signals, clock)) {
    Machine machine{*scheduler, clock, signals, log, this_process()};
    return use(machine);
  }
  LocalProcesses processes(signals, clock);
  Machine machine{processes, clock, signals, log, this_process()};
  return use(machine);
}

}  // namespace ipucnn
