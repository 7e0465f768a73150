#include <unistd.h>

#include <array>
#include <ctime>
#include <fstream>
#include <iterator>
#include <sstream>

#include "ipucnn/local_run.h"
#include "run/process_start.h"

namespace ipucnn {
namespace running {

std::string boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(file, id);
  return id;
}

std::string start_time(std::int64_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  // The program's name stands in brackets and may hold any; the 20 fields behind it do not.
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream fields(text.substr(name_end + 1));
  constexpr int kStartTime = 20;  // field 22 of proc(5), the state being field 3
  std::string field;
  for (int i = 0; i < kStartTime; ++i) fields >> field;
  return field;
}

}  // namespace running

std::string SystemClock::utc() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  std::array<char, 32> buffer{};
  const std::size_t size =
      std::strftime(buffer.data(), buffer.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return {buffer.data(), size};
}

Writer this_process() {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  const auto pid = static_cast<std::int64_t>(::getpid());
  return {host.data(), running::boot_id(), pid, running::start_time(pid)};
}

}  // namespace ipucnn
