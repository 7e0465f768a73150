#include "load/wrong_level.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/suggest.h"
#include "ipucnn/file_schema.h"

namespace ipucnn::load {
namespace {

constexpr Section kSections[] = {Section::Applications, Section::Targets, Section::Sites,
                                 Section::Profiles,     Section::Presets, Section::Jobs,
                                 Section::Defaults};

/// How many keys of a mapping `known` is true of.
template <typename Known>
std::size_t count_keys(Node mapping, Known known) {
  std::size_t count = 0;
  mapping.each_pair([&](Node key, Node) { count += known(key.text()) ? 1U : 0U; });
  return count;
}

/// Keys that are options of the application that knows the most of them.
std::size_t option_keys(const Catalog& catalog, Node mapping) {
  std::size_t most = 0;
  for (const Node part : catalog.parts(Section::Applications))
    part.each_pair([&](Node, Node application) {
      const Node options = application.find("options");
      most = std::max(most, count_keys(mapping, [&](std::string_view key) {
                        return static_cast<bool>(options.find_key(key));
                      }));
    });
  return most;
}

bool report_name(Node key, Node value, Diagnostics& out) {
  if (!value.is_map() && !value.is_null()) return false;
  std::vector<std::string_view> names;
  for (const Section section : kSections) names.push_back(section_key(section));
  const auto near = nearest_names(key.text(), names, 1);
  if (near.empty()) return false;
  out.add(FindingId::Y004, key.at(),
          fmt::format("'{}' is no top-level key of ipucnn's files", key.text()))
      .help = fmt::format("did you mean '{}'?", near.front());
  return true;
}

bool report_entry(const Catalog& catalog, Node key, Node value, Diagnostics& out) {
  Section best = Section::Presets;
  std::size_t most = 0;
  for (const Section section : kSections) {
    const std::string_view shape = shape_of(section);
    if (shape.empty()) continue;
    const std::size_t known = count_keys(
        value, [&](std::string_view name) { return find_field(shape, name).has_value(); });
    if (known > most) best = section;
    most = std::max(most, known);
  }
  if (most == 0 || most <= option_keys(catalog, value)) return false;
  out.add(FindingId::Y004, key.at(),
          fmt::format("'{}' has keys of {}, and stands at the top of the file", key.text(),
                      section_key(best)))
      .help = best == Section::Defaults ? fmt::format("did you mean '{}'?", section_key(best))
                                        : fmt::format("write it under `{}:`", section_key(best));
  return true;
}

}  // namespace

bool report_wrong_level(const Catalog& catalog, Node top, Diagnostics& out) {
  bool found = false;
  top.each_pair([&](Node key, Node value) {
    if (found) return;
    const bool options = option_keys(catalog, value) > 0;
    found = (!options && report_name(key, value, out)) || report_entry(catalog, key, value, out);
  });
  return found;
}

}  // namespace ipucnn::load
