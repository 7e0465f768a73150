// What `solve --like` prints.
#include <fmt/format.h>

#include "ipucnn/view.h"
#include "view/table.h"
#include "view/typed_json.h"

namespace ipucnn {
namespace {

using view::Json;
using view::Table;

Json json_of(const Equivalents& like) {
  Json proposals = Json::array();
  for (const Equivalents::Proposal& p : like.proposals)
    proposals.push_back({{"preset", p.preset},
                         {"micro_batch", p.answer.micro_batch},
                         {"accumulation", p.answer.accumulation},
                         {"replicas", p.answer.replicas},
                         {"global_batch", p.answer.global_batch},
                         {"ipus", p.answer.ipus},
                         {"instances", p.answer.instances},
                         {"hosts", p.answer.hosts}});
  Json options = Json::array();
  for (const Counterpart& c : like.options)
    options.push_back({{"key", c.key},
                       {"value", c.value},
                       {"here", c.here.empty() ? Json(nullptr) : Json(c.here)},
                       {"value_here", c.value_here.empty() ? Json(nullptr) : Json(c.value_here)}});
  Json refused = Json::array();
  for (const Equivalents::Refusal& r : like.refused)
    refused.push_back({{"preset", r.preset}, {"why", r.why}});
  return {{"schema", "ipucnn.likeness/1"},     {"job", like.job},
          {"application", like.application},   {"network", like.network},
          {"global_batch", like.global_batch}, {"proposals", std::move(proposals)},
          {"options", std::move(options)},     {"refused", std::move(refused)}};
}

std::string proposals_text(const Equivalents& like) {
  Table table({"PRESET", "MICRO BATCH", "ACCUMULATION", "REPLICAS", "IPUS"});
  for (const Equivalents::Proposal& p : like.proposals)
    table.add({p.preset, std::to_string(p.answer.micro_batch),
               std::to_string(p.answer.accumulation), std::to_string(p.answer.replicas),
               std::to_string(p.answer.ipus)});
  return table.first_rows_text();
}

std::string options_text(const Equivalents& like) {
  Table table({"OPTION", "VALUE", "HERE", "VALUE HERE"});
  const auto shown = [](const std::string& text) { return text.empty() ? "-" : text; };
  for (const Counterpart& c : like.options)
    table.add({c.key, shown(c.value), shown(c.here), shown(c.value_here)});
  return table.text();
}

}  // namespace

std::string show_equivalents(const Equivalents& like, ViewFormat format) {
  if (format == ViewFormat::Json) return view::dump(json_of(like));
  std::string text = fmt::format("{}: {} with {}, global batch {}\n", like.job, like.network,
                                 like.application, like.global_batch);
  if (!like.proposals.empty()) text += "\n" + proposals_text(like);
  if (!like.options.empty()) text += "\n" + options_text(like);
  if (!like.refused.empty()) {
    Table table({"REFUSED", "WHY"});
    for (const Equivalents::Refusal& r : like.refused) table.add({r.preset, r.why});
    text += "\n" + table.text();
  }
  return text;
}

}  // namespace ipucnn
