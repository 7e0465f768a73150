#include <unistd.h>

#include <array>
#include <fstream>
#include <iterator>
#include <sstream>

#include "ipucnn/record.h"

namespace ipucnn {

std::string boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(file, id);
  return id;
}

std::string process_start_time(std::int64_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  // The program's name stands in brackets and may hold any; the 20 fields behind it do not.
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream fields(text.substr(name_end + 1));
  constexpr int kStartTime = 20;  // field 22 of proc(5), the state being field 3
  std::string field;
  for (int i = 0; i < kStartTime; ++i) {
    fields >> field;
    if (i == 0 && field == "Z") return {};  // it is over, and nobody has asked how it ended
  }
  return field;
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
