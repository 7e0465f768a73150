#pragma once

#include <cstddef>
#include <string_view>

namespace ipucnn::resolving {

/// Where the host that begins at `begin` ends in a list: at the next comma outside brackets and
/// variables, or at the end.
std::size_t host_end(std::string_view list, std::size_t begin);

/// How many hosts one entry names: `10.1.3.[101-104]` four, `h[0-2,4]` four, any other one.
std::size_t hosts_in(std::string_view entry);

/// Whether a range of an entry can name no host: `h[3-1]`, `h[]`, `h[1-3` without its end. What
/// holds anything but numbers in its brackets is not judged.
bool has_broken_range(std::string_view entry);

/// How many machines a hostfile of Open MPI names, each counted once however often it stands.
std::size_t hosts_of_file(std::string_view text);

}  // namespace ipucnn::resolving
