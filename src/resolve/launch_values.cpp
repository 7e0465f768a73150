// What launch settings say: texts, switches, lists and hosts.
#include "base/literal_dollar.h"
#include "ipucnn/host_list.h"
#include "ipucnn/launch_settings.h"
#include "ipucnn/tree.h"

namespace ipucnn {

std::string_view LaunchSettings::text(std::string_view key) const {
  const Setting* set = values.find(key);
  if (set == nullptr || set->value.scalar() == nullptr) return {};
  return set->value.scalar()->type == ScalarType::Null ? std::string_view{}
                                                       : set->value.scalar()->text;
}

bool LaunchSettings::flag(std::string_view key) const {
  const std::string_view word = text(key);
  return word == "1" || (plain_scalar_type(word) == ScalarType::Bool && yaml_bool(word));
}

std::optional<std::int64_t> LaunchSettings::host_count() const {
  const auto& hosts = list("hosts");
  std::size_t count = 0;
  for (const Scalar& host : hosts) {
    // A variable alone can hold any number of them.
    if (hosts.size() == 1 && host.text.starts_with(kVariableOpen) && host.text.ends_with('}'))
      return std::nullopt;
    count += resolving::hosts_in(host.text);
  }
  return hosts.empty() ? hosts_of_file : std::optional(static_cast<std::int64_t>(count));
}

const std::vector<Scalar>& LaunchSettings::list(std::string_view key) const {
  static const std::vector<Scalar> kNoItems;
  const Setting* set = values.find(key);
  return set == nullptr ? kNoItems : set->value.items;
}

}  // namespace ipucnn
