// Names of a descriptor as numbers: a source of its own, because every start asks for many.
#include "ipucnn/app_table.h"

#include <algorithm>
#include <iterator>

namespace ipucnn {
namespace {

constexpr std::string_view kFigures[] = {
#define FIGURE(words) words,
#include "ipucnn/figure_names.def"
#undef FIGURE
};

}  // namespace

std::uint32_t AppTable::option_number(std::string_view key) const {
  if (slots.empty()) return kNone;
  const std::size_t last = slots.size() - 1;
  for (std::size_t slot = key_hash(key) & last; slots[slot] != 0; slot = (slot + 1) & last)
    if (text(options[slots[slot] - 1U].name) == key) return slots[slot] - 1U;
  return kNone;
}

std::uint32_t AppTable::number_of(std::string_view name) const {
  const std::uint32_t option = option_number(name);
  if (option != kNone) return option;
  const auto* figure = std::find(std::begin(kFigures), std::end(kFigures), name);
  return figure == std::end(kFigures)
             ? kNone
             : static_cast<std::uint32_t>(options.size() +
                                          static_cast<std::size_t>(figure - kFigures));
}

}  // namespace ipucnn
