// The canonical form of a request without axes, and its name for good.
#include <fmt/format.h>

#include <algorithm>

#include "base/sha256.h"
#include "ipucnn/job.h"

namespace ipucnn {
namespace {

/// A length in front of each text, so that no text can look like two.
void add(std::string_view key, std::string_view text, std::string& out) {
  out += fmt::format("{} {}:{}\n", key, text.size(), text);
}

void add_node(Node node, std::string& out) {
  if (node.is_scalar()) {
    out += fmt::format("{}{}:{}\n", static_cast<int>(node.type()), node.text().size(), node.text());
  } else if (node.is_list()) {
    out += fmt::format("[{}\n", node.size());
    for (const Node item : node) add_node(item, out);
  } else {
    out += fmt::format("{{{}\n", node.size());
    node.each_pair([&](Node key, Node value) {
      add_node(key, out);
      add_node(value, out);
    });
  }
}

/// Places, and what says nothing of the run, are left out.
std::string canonical(const JobRequest& r) {
  std::string out = "ipucnn.request/1\n";
  const auto word = [&](std::string_view key, const std::optional<Word>& value) {
    if (value) add(key, value->text, out);
  };
  const auto words = [&](std::string_view key, const std::vector<Word>& values) {
    for (const Word& value : values) add(key, value.text, out);
  };
  word("preset", r.preset);
  word("application", r.application);
  word("purpose", r.purpose);
  word("then", r.then);
  if (r.compile_first) add("compile_first", "", out);
  word("script", r.script);
  word("target", r.target);
  word("site", r.site);
  word("profile", r.profile);
  word("app_dir", r.app_dir);
  word("instances", r.instances);
  word("hosts", r.hosts);
  word("ipus", r.ipus);
  word("global_batch", r.global_batch);
  word("keep", r.keep);
  words("set", r.sets);
  words("unset", r.unsets);
  words("override", r.overrides);
  words("launch", r.launch);
  words("allowed_unknown", r.allowed_unknown);
  for (const PresetEntry& entry : r.entry_flat.entries) {
    const std::string_view key = entry.key.text();
    if (key != "options" && key != "launch" && key != "steps") continue;
    add("job", key, out);
    add_node(entry.value, out);
  }
  for (const SweepValue& chosen : r.sweep_point) {
    add("value", chosen.key.text(), out);
    add_node(chosen.value, out);
  }
  if (r.flat) add("flat", "", out);
  if (r.config_file) add("config_file", "", out);
  if (r.for_slurm) add("for_slurm", "", out);
  if (r.for_kubernetes) add("for_kubernetes", "", out);
  return out;
}

}  // namespace

std::string identity(const JobRequest& point) { return sha256(canonical(point)); }

}  // namespace ipucnn
