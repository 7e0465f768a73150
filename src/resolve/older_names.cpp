#include "resolve/older_names.h"

#include "base/text.h"

namespace ipucnn::resolving {

OlderNames::OlderNames(const AppSchema& schema, std::string_view script, const Facts& facts)
    : schema_(schema), script_(script), facts_(facts), names_(schema.field(AppField::OlderNames)) {}

const OptionSpec* OlderNames::newer_of_key(std::string_view key) const {
  const auto newer = names_ ? names_.find_text(key) : std::nullopt;
  return newer ? schema_.option(*newer, script_, facts_) : nullptr;
}

const OptionSpec* OlderNames::newer_of_flag(std::string_view flag) const {
  if (!names_ || flag.substr(0, 2) != "--") return nullptr;
  const std::string plain = replace_char(flag.substr(2), '_', '-');
  const OptionSpec* found = nullptr;
  names_.each_pair([&](Node older, Node) {
    if (replace_char(older.text(), '_', '-') == plain) found = newer_of_key(older.text());
  });
  return found;
}

}  // namespace ipucnn::resolving
