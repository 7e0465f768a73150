// Families D and V: data folders and checkpoints.
#include <fmt/format.h>

#include "check/rules.h"

namespace ipucnn::checking {
namespace {

bool switched_on(const CheckInput& in, std::string_view key) {
  const Setting* set = in.settings.find(key);
  return set != nullptr && set->value.scalar() != nullptr &&
         set->value.scalar()->type == ScalarType::Bool && set->value.scalar()->text != "false" &&
         yaml_bool(set->value.scalar()->text);
}

/// What makes the application read no data folder, the descriptor's `no_data_with`: a switch that
/// is on, or a condition that holds.
bool needs_no_data(const CheckInput& in) {
  const Node list = in.in.schema.node().find("no_data_with");
  if (!list.is_list()) return false;
  const Effective effective(in.in.schema, in.in.purpose.script, in.settings);
  for (const Node entry : list)
    if (entry.is_map() ? condition_holds(entry, effective.facts()) : switched_on(in, entry.text()))
      return true;
  return false;
}

}  // namespace

void data_folder_of_the_authors(const CheckInput& in, Diagnostics& out) {
  const auto key = in.in.schema.key_of(QuantityName::DataDir);
  if (!key || in.in.purpose.lacks(QuantityName::DataDir) || needs_no_data(in)) return;
  const auto option = Effective(in.in.schema, in.in.purpose.script, in.settings).option(*key);
  if (!option) return;
  const std::string help =
      fmt::format("give {} FOLDER, set DATA_DIR, or put `data_dir:` into a site", option->flag);
  const Setting* set = in.settings.find(*key);
  if (set == nullptr) {
    const auto unread = in.in.schema.preset_option();
    const bool known =
        in.in.purpose.has_figures && (!unread || in.settings.find(unread->key) == nullptr);
    if (known)
      out.add(FindingId::D002, in.in.preset != nullptr ? in.in.preset->at : Span{},
              "no data folder is given")
          .help = help;
    return;
  }
  const bool from_preset =
      set->origin.kind == OriginKind::Preset || set->origin.kind == OriginKind::InheritedPreset;
  if (!from_preset || in.in.preset == nullptr || in.in.preset->layer != Layer::BuiltIn) return;
  out.add(FindingId::D001, set->origin.at,
          fmt::format("the data folder is the preset authors' own, '{}'", value_text(set->value)))
      .help = help;
}

void no_checkpoint(const CheckInput& in, Diagnostics& out) {
  if (!in.in.purpose.needs(QuantityName::RestorePath)) return;
  const auto key = in.in.schema.key_of(QuantityName::RestorePath);
  if (!key || in.settings.find(*key) != nullptr) return;
  const auto option = Effective(in.in.schema, in.in.purpose.script, in.settings).option(*key);
  if (!option || option->required) return;
  Diagnostic& d =
      out.add(FindingId::V001, in.in.purpose.node.at(),
              fmt::format("nothing says which checkpoint {} starts from, so the weights "
                          "are random",
                          in.in.purpose.name));
  d.at = in.in.preset != nullptr ? in.in.preset->at : Span{};
  d.help = fmt::format("give {} FOLDER", option->flag);
}

}  // namespace ipucnn::checking
