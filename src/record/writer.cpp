#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <string_view>

#include "base/text.h"
#include "ipucnn/record.h"

namespace ipucnn {

std::string boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(file, id);
  return id;
}

std::optional<ProcessStat> process_stat(std::int64_t pid) {
  // Not by a stream: a process that ends between opening and reading makes a read fail.
  const int file = ::open(("/proc/" + std::to_string(pid) + "/stat").c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  std::array<char, 4096> buffer{};  // the kernel gives all fields, some hundred bytes, at once
  const ssize_t size = ::read(file, buffer.data(), buffer.size());
  ::close(file);
  const std::string_view text(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  // The program's name stands in brackets and may hold any; the fields behind it do not.
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string_view::npos) return std::nullopt;
  std::istringstream fields(std::string(text.substr(name_end + 1)));
  constexpr int kParent = 1;  // field 4 of proc(5), the state being field 3
  constexpr int kStartTime = 19;
  ProcessStat stat;
  std::string field;
  for (int i = 0; i <= kStartTime; ++i) {
    if (!(fields >> field)) return std::nullopt;
    if (i == 0) stat.zombie = field == "Z";
    if (i == kParent) stat.parent = parse_int64(field).value_or(0);
  }
  stat.start_time = field;
  return stat;
}

std::string process_start_time(std::int64_t pid) {
  const auto stat = process_stat(pid);
  // A process that is over, and whose end nobody has asked for, is none.
  return stat && !stat->zombie ? stat->start_time : "";
}

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return {};
  return name.data();
}

Presence presence_of(const Writer& writer) {
  const bool same_machine =
      writer.boot_id.empty() ? writer.host == host_name() : writer.boot_id == boot_id();
  if (!same_machine && writer.host != host_name()) return Presence::Elsewhere;
  const bool alive = same_machine && !writer.start_time.empty() &&
                     process_start_time(writer.pid) == writer.start_time;
  return alive ? Presence::Here : Presence::Gone;
}

}  // namespace ipucnn
