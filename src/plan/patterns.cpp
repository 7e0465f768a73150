#include <algorithm>
#include <tuple>
#include <utility>

#include "base/hole.h"
#include "ipucnn/launcher.h"
#include "ipucnn/launcher_line.h"
#include "ipucnn/metric.h"

namespace ipucnn {
namespace {

bool covers_all(Node covers, std::string_view launcher) {
  if (covers.is_map()) {
    const Node own = covers.find(launcher);
    return covers_all(own ? own : covers.find("any"), launcher);
  }
  return covers.text() != "one process";
}

Combine combine_of(std::string_view word) {
  if (word == "longest") return Combine::Longest;
  return word == "mean" ? Combine::Mean : Combine::Sum;
}

/// The text around the hole of a pattern.
std::pair<std::string, std::string> around_hole(std::string_view text) {
  const std::size_t hole = std::min(text.find(kHole), text.size());
  return {std::string(text.substr(0, hole)),
          std::string(text.substr(std::min(hole + kHole.size(), text.size())))};
}

Severity severity_of(std::string_view word) {
  if (word == "warning") return Severity::Warning;
  return word == "note" ? Severity::Note : Severity::Error;
}

void add_messages(Node messages, std::vector<MessagePattern>& out) {
  messages.each_pair([&](Node id, Node body) {
    const auto text = [&](std::string_view key) {
      return std::string(body.find_text(key).value_or(""));
    };
    const bool known = std::any_of(out.begin(), out.end(),
                                   [&](const MessagePattern& m) { return m.id == id.text(); });
    if (known || text("line").empty()) return;
    out.push_back({std::string(id.text()), text("line"), text("means"), text("help"),
                   severity_of(text("severity")), body.find_bool("retry", false)});
  });
}

/// Of each software that is named, what the last file says that speaks of it.
void add_messages_of(const Catalog& catalog, Node software, std::vector<MessagePattern>& out) {
  const std::vector<Node>& parts = catalog.parts(Section::Defaults);
  const auto add = [&](std::string_view name) {
    for (auto part = parts.rbegin(); part != parts.rend(); ++part)
      if (const Node messages = part->find("messages").find(name))
        return add_messages(messages, out);
  };
  if (software.is_scalar()) add(software.text());
  if (!software.is_list()) return;
  for (const Node name : software) add(name.text());
}

Node script_of(const AppSchema& schema, std::string_view script) {
  return schema.node().find("scripts").find(script);
}

}  // namespace

std::vector<MetricPattern> metrics_of(const AppSchema& schema, std::string_view script,
                                      std::string_view launcher) {
  std::vector<MetricPattern> all;
  schema.node().find("metrics").each_pair([&](Node name, Node body) {
    const Node scripts = body.find("scripts");
    const auto text = body.find_text("text").value_or("");
    const auto regex = body.find_text("regex").value_or("");
    if ((scripts && !script.empty() && !scripts.contains(script)) ||
        (regex.empty() && text.find(kHole) == text.npos))
      return;
    MetricPattern metric;
    metric.name = name.text();
    metric.line = body.find_text("line").value_or("");
    std::tie(metric.before, metric.after) = around_hole(text);
    metric.regex = regex;
    metric.under = body.find_text("under").value_or("");
    metric.discard_through = body.find_int("discard_through").value_or(0);
    metric.unit = body.find_text("unit").value_or("");
    metric.covers_all = covers_all(body.find("covers"), launcher);
    metric.combine = combine_of(body.find_text("combine").value_or(""));
    metric.discard_first = body.find_int("discard_first").value_or(0);
    metric.better = body.find_text("better").value_or("");
    metric.at = body.find_text("at").value_or("");
    all.push_back(std::move(metric));
  });
  return all;
}

ProofPattern proof_of(const AppSchema& schema, const PurposeSpec& purpose, const Facts& facts) {
  const Node script = script_of(schema, purpose.script);
  if (const Node special = script.find("proof_when"); special.is_list())
    for (const Node entry : special)
      if (condition_holds(entry.find("when"), facts))
        return {ProofPattern::Kind::Text, std::string(entry.find_text("text").value_or(""))};
  auto proof = purpose.node.find_text("proof");
  if (!proof) proof = script.find_text("proof");
  if (!proof || *proof == "exit") return {};
  return {ProofPattern::Kind::Metric, std::string(*proof)};
}

std::vector<PhasePattern> phases_of(const AppSchema& schema, std::string_view script) {
  std::vector<PhasePattern> phases;
  const Node list = script_of(schema, script).find("phases");
  if (!list.is_list()) return phases;
  for (const Node phase : list)
    phases.push_back({std::string(phase.find_text("name").value_or("")),
                      std::string(phase.find_text("begins").value_or(""))});
  return phases;
}

std::vector<MessagePattern> messages_of(const Catalog& catalog, const AppSchema& schema,
                                        std::string_view script, std::string_view launcher) {
  std::vector<MessagePattern> messages;
  add_messages(script_of(schema, script).find("messages"), messages);
  add_messages_of(catalog, schema.node().find("software"), messages);
  add_messages_of(catalog, load::launcher_field(catalog, launcher_program(launcher), "software"),
                  messages);
  return messages;
}

std::optional<CheckpointPattern> checkpoints_of(const AppSchema& schema, std::string_view script) {
  const Node told = script_of(schema, script).find("checkpoints");
  if (!told.is_map()) return std::nullopt;
  CheckpointPattern pattern;
  std::tie(pattern.before, pattern.after) = around_hole(told.find_text("saved").value_or(""));
  pattern.complete = told.find_text("complete").value_or("");
  const auto option = schema.option(told.find_text("restore").value_or(""), {}, Facts());
  if (option) pattern.restore_option = option->flag;
  pattern.restore_takes_folder = told.find_text("takes") == "folder";
  if (const Node keys = told.find("schedule"); keys.is_list())
    for (const Node key : keys) pattern.schedule.emplace_back(key.text());
  return pattern;
}

std::vector<CsvPattern> csv_files_of(const AppSchema& schema, std::string_view script,
                                     std::string_view launcher, const Facts& facts) {
  std::vector<CsvPattern> files;
  const auto add = [&](Node name, Node told) {
    const Node launchers = told.find("launchers");
    const Node when = told.find("when");
    const auto same = [&](const CsvPattern& file) { return file.file == name.text(); };
    // Without a script nothing is known of its launcher and options either.
    const bool writes = script.empty() || ((!launchers || launchers.contains(launcher)) &&
                                           (!when || condition_holds(when, facts)));
    if (!writes || std::any_of(files.begin(), files.end(), same)) return;
    CsvPattern file;
    file.file = name.text();
    std::tie(file.before, file.after) = around_hole(told.find_text("folder").value_or(""));
    file.rows_by = told.find_text("rows_by").value_or("");
    file.of_all_instances = told.find_text("rows_of") == "all instances";
    told.find("columns").each_pair(
        [&](Node column, Node metric) { file.columns.emplace_back(column.text(), metric.text()); });
    files.push_back(std::move(file));
  };
  schema.node().find("scripts").each_pair([&](Node name, Node body) {
    if (script.empty() || name.text() == script) body.find("csv_files").each_pair(add);
  });
  return files;
}

void take_patterns(const Catalog& catalog, const AppSchema& schema, Step& step) {
  const Facts facts = [&](std::string_view key) -> std::optional<std::string_view> {
    for (const PlanSetting& set : step.settings)
      if (set.key == key && set.items.size() == 1 && set.items[0].type != ScalarType::Null)
        return set.items[0].text;
    return std::nullopt;
  };
  step.metrics = metrics_of(schema, step.script, step.launcher);
  step.phases = phases_of(schema, step.script);
  step.messages = messages_of(catalog, schema, step.script, step.launcher);
  step.checkpoints = checkpoints_of(schema, step.script);
  step.csv_files = csv_files_of(schema, step.script, step.launcher, facts);
  const auto purpose = schema.purpose(step.purpose);
  step.proof = purpose ? proof_of(schema, *purpose, facts) : ProofPattern{};
}

}  // namespace ipucnn
