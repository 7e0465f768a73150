// Families D and V: data folders and checkpoints.
#include <fmt/format.h>

#include "check/rule_facts.h"
#include "check/rules.h"

namespace ipucnn::checking {
/// The documents' own word for a folder of the reader's.
void placeholder_in_force(const RuleInput& in, Diagnostics& out) {
  if (!in.counts(FindingId::D006)) return;
  for (const Setting& set : in.settings.all()) {
    if (set.origin.kind != OriginKind::Placeholder) continue;
    const OptionSpec* option = in.facts.option(set.key);
    if (option == nullptr) continue;
    const bool data = in.in.schema.quantity_of(set.key) == QuantityName::DataDir;
    out.add(FindingId::D006, set.origin.at,
            fmt::format("{} is the documents' placeholder '{}'", set.key, value_text(set.value)))
        .help = fmt::format("give {} FOLDER{}", option->flag,
                            data ? ", set DATA_DIR, or put `data_dir:` into a site" : "");
  }
}

void data_folder_of_the_authors(const RuleInput& in, Diagnostics& out) {
  if (!in.counts(FindingId::D001) && !in.counts(FindingId::D002)) return;
  const auto key = in.in.schema.key_of(QuantityName::DataDir, in.in.purpose.script);
  if (!key || in.in.purpose.lacks(QuantityName::DataDir) || in.facts.effective().needs_no_data())
    return;
  const OptionSpec* option = in.facts.option(*key);
  if (option == nullptr) return;
  const auto help = [&] {
    return fmt::format("give {} FOLDER, set DATA_DIR, or put `data_dir:` into a site",
                       option->flag);
  };
  const Setting* set = in.settings.find(option->name());
  if (set == nullptr) {
    const auto unread = in.in.schema.preset_option();
    const bool known =
        in.in.purpose.has_figures && (!unread || in.settings.find(unread->name()) == nullptr);
    if (known) out.add(FindingId::D002, in.in.place, "no data folder is given").help = help();
    return;
  }
  const Catalog::File* file = in.in.catalog.file_of(set->origin.at.source);
  if (!is_of_preset(set->origin.kind) || file == nullptr || file->layer != Layer::BuiltIn) return;
  out.add(FindingId::D001, set->origin.at,
          fmt::format("the data folder is the preset authors' own, '{}'", value_text(set->value)))
      .help = help();
}

void no_checkpoint(const RuleInput& in, Diagnostics& out) {
  if (!in.counts(FindingId::V001) || !in.in.purpose.needs(QuantityName::RestorePath)) return;
  if (in.in.purpose.node.find_bool("stops_without", false)) return;
  const auto key = in.in.schema.key_of(QuantityName::RestorePath, in.in.purpose.script);
  const OptionSpec* option = key ? in.facts.option(*key) : nullptr;
  if (option == nullptr || option->required || in.settings.find(option->name()) != nullptr) return;
  Diagnostic& d =
      out.add(FindingId::V001, in.in.purpose.node.at(),
              fmt::format("nothing says which checkpoint {} starts from, so the weights "
                          "are random",
                          in.in.purpose.name));
  d.at = in.in.place;
  d.help = fmt::format("give {} FOLDER", option->flag);
}

void data_share_applied_twice(const RuleInput& in, Diagnostics& out) {
  const auto key = in.in.schema.named(AppField::DataSetShareOption);
  if (!key || in.in.purpose.lacks(QuantityName::Accumulation) ||
      in.facts.effective().needs_no_data())
    return;
  RuleFacts& facts = in.facts;
  if (facts.field(AppField::DataSetShare).find_bool("once", false)) return;
  const auto percent = facts.whole(*key);
  if (!percent || *percent < 1 || *percent > 99) return;
  const auto once = facts.whole("training samples");
  if (!once) return;
  if (!facts.field(AppField::DataSetShareOnly)
           .contains(facts.find(facts.named(AppField::DataSetOption)).text))
    return;
  const std::int64_t twice = *once * *percent / 100;
  out.add(FindingId::D005, facts.find(*key).at,
          fmt::format("{} {} is taken twice: the run is as long as {} images, and reads {}",
                      key->text, *percent, *once, twice))
      .help = "use the whole set and fewer epochs where the images that are read matter";
}

void data_set_below_global_batch(const RuleInput& in, Diagnostics& out) {
  if (in.in.purpose.lacks(QuantityName::Accumulation) || !in.geometry.global_batch) return;
  if (in.facts.ends_before_graph()) return;
  if (!in.in.schema.field(AppField::RunLength)) return;
  RuleFacts& facts = in.facts;
  const FactName updates = facts.named(AppField::RunLengthUpdates);
  if (facts.find(updates).known() && facts.named(AppField::RunLengthStronger).text != "epochs")
    return;
  const auto samples = facts.whole("training samples");
  const std::int64_t steps =
      facts.whole(facts.named(AppField::RunLengthDeviceIterations)).value_or(1);
  std::int64_t batch = 0;
  if (!samples || __builtin_mul_overflow(in.geometry.global_batch->value, steps, &batch)) return;
  if (*samples >= batch) return;
  Diagnostic& d =
      out.add(FindingId::B005,
              facts.place({facts.effective().key_of(QuantityName::MicroBatch).value_or(""),
                           facts.effective().key_of(QuantityName::Accumulation).value_or("")}),
              fmt::format("an epoch of {} samples is shorter than one step of {}", *samples,
                          steps == 1 ? std::to_string(batch)
                                     : fmt::format("{} x {} device iterations",
                                                   in.geometry.global_batch->value, steps)));
  d.help = fmt::format("use a global batch of at most {}", *samples / steps);
  if (steps > 1 && *samples >= in.geometry.global_batch->value)
    d.help += fmt::format(", or at most {} device iterations",
                          *samples / in.geometry.global_batch->value);
}

}  // namespace ipucnn::checking
