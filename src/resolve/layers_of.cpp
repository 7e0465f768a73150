// Who wins: the one list of everything that is said of an option, weakest first.
#include "resolve/layers_of.h"

#include <algorithm>
#include <iterator>

#include "ipucnn/overrides.h"
#include "resolve/preset_words.h"

namespace ipucnn::resolving {
namespace {

class LayerList {
 public:
  LayerList(const ResolveInput& in, Diagnostics& out) : in_(in), out_(out) {}

  std::vector<Said> run(bool is_read) {
    if (!is_read && in_.preset != nullptr && in_.purpose.takes_preset) preset();
    in_.purpose.node.find("fixed").each_pair([&](Node key, Node node) {
      said(key, node, OriginKind::Purpose, in_.purpose.name, Said::Unknown::Silent).unless_same =
          true;
    });
    site(OriginKind::Placeholder);
    if (in_.job != nullptr) options_of(*in_.job, OriginKind::Placeholder);
    data_dir_variable();
    site(OriginKind::Site);
    if (in_.profile != nullptr) options_of(*in_.profile, OriginKind::Profile);
    if (in_.job != nullptr) job();
    if (in_.before != nullptr) step_before();
    sets();
    return std::move(all_);
  }

 private:
  Said& said(Node key, Node node, OriginKind kind, std::string_view by, Said::Unknown unknown) {
    Said& one = all_.emplace_back();
    one.key = key.text();
    one.number = in_.schema.table().option_number(one.key);
    one.key_at = key.at();
    one.node = node;
    one.origin = {kind, node.at(), by};
    one.unknown = unknown;
    return one;
  }

  Said& said(std::string_view key, Value value, Origin origin) {
    Said& one = all_.emplace_back();
    one.key = key;
    one.number = in_.schema.table().option_number(key);
    one.key_at = origin.at;
    one.value = std::move(value);
    one.origin = origin;
    return one;
  }

  void preset() {
    all_.reserve(in_.preset->entries.size() + 8);
    if (in_.schema.table().presets_are_words) return preset_words();
    for (const PresetEntry& entry : in_.preset->entries) preset_entry(entry);
  }

  Said& preset_entry(const PresetEntry& entry) {
    const bool inherited = !entry.from.empty();
    return said(entry.key, entry.value,
                inherited ? OriginKind::InheritedPreset : OriginKind::Preset,
                inherited ? entry.from : in_.preset->name, Said::Unknown::Silent);
  }

  /// Of two spellings of one option the later word wins. A key stands where it stood first, with
  /// the value that wins, as in a Python dictionary.
  void preset_words() {
    for (const PresetEntry& entry : in_.preset->entries) {
      Said& one = preset_entry(entry);
      const auto last = std::prev(all_.end());
      const auto same = std::find_if(all_.begin(), last, [&](const Said& other) {
        return other.number == one.number && (one.number != kNone || other.key == one.key);
      });
      if (same == last) continue;
      *same = std::move(one);
      all_.pop_back();
    }
    for (Said& one : all_) {
      if (one.number != kNone) continue;
      const auto named = named_by_key(in_.schema, in_.purpose.script, one.key);
      if (named.size() != 1) continue;
      one.key = named.front();
      one.number = in_.schema.table().option_number(one.key);
    }
  }

  void options_of(const FlatProfile& of, OriginKind kind) {
    for (const PresetEntry& entry : of.entries) {
      if (entry.key.text() != "options") continue;
      entry.value.each_pair([&](Node key, Node node) {
        const bool placeholder = kind != OriginKind::Profile && is_placeholder(node);
        if (placeholder == (kind == OriginKind::Placeholder))
          said(key, node, kind, of.name, Said::Unknown::OfNoScript);
      });
    }
  }

  /// A text that the documents have where everybody puts something of their own.
  bool is_placeholder(Node node) const {
    return node.is_scalar() && in_.catalog.find_default("placeholders").body.contains(node.text());
  }

  void data_dir_variable() {
    if (!in_.data_dir) return;
    if (const auto key = in_.schema.key_of(QuantityName::DataDir, in_.purpose.script))
      said(*key, single(*in_.data_dir, in_.data_dir_at),
           {OriginKind::DataDirVariable, in_.data_dir_at, "DATA_DIR"});
  }

  /// `data_dir` and `restore_path` of the site, as far as they are placeholders or are not.
  void site(OriginKind kind) {
    if (!in_.site) return;
    for (const QuantityName quantity : {QuantityName::DataDir, QuantityName::RestorePath}) {
      const Node value = in_.site.body.find(quantity_key(quantity));
      const auto key = in_.schema.key_of(quantity, in_.purpose.script);
      if (!value.is_scalar() || value.is_null() || !key ||
          is_placeholder(value) != (kind == OriginKind::Placeholder))
        continue;
      // A site's checkpoints are for what starts from one; training from scratch must stay that.
      if (quantity == QuantityName::RestorePath && !in_.purpose.needs(quantity)) continue;
      said(*key, single(std::string(value.text()), value.at()),
           {kind, value.at(), in_.site.name.text()});
    }
  }

  void job() {
    const auto preset_option = in_.schema.preset_option();
    const Node preset = in_.job->find("preset");
    const Node unread = in_.job->find("preset_in_application");
    if (preset_option && preset.is_scalar() && unread.is_scalar() && yaml_bool(unread.text()))
      said(preset_option->key, single(std::string(preset.text()), preset.at()),
           {OriginKind::Job, preset.at(), in_.job->name});
    options_of(*in_.job, OriginKind::Job);
    for (const SweepValue& chosen : in_.sweep_point)
      said(chosen.key, chosen.value, OriginKind::Job, in_.job->name, Said::Unknown::OfNoScript);
  }

  /// What the command line set for the step before: the same model and data, but each step has its
  /// own figures, places and what its purpose decides.
  void step_before() {
    constexpr QuantityName kOwn[] = {QuantityName::Accumulation,   QuantityName::Replicas,
                                     QuantityName::IpusPerReplica, QuantityName::RestorePath,
                                     QuantityName::OutputDir,      QuantityName::GlobalBatch};
    for (const Setting& set : in_.before->all()) {
      if (set.origin.kind != OriginKind::CommandLine) continue;
      const auto bound = in_.schema.quantity_of(set.key);
      const bool own =
          (bound && std::find(std::begin(kOwn), std::end(kOwn), *bound) != std::end(kOwn)) ||
          is_bound(kOwn, set.key);
      if (own || in_.purpose.node.find("own").contains(set.key) ||
          in_.purpose.node.find("fixed").find(set.key))
        continue;
      said(set.key, set.value, set.origin);
    }
  }

  /// An option can stand for two quantities, as a folder of checkpoints does.
  template <std::size_t kCount>
  bool is_bound(const QuantityName (&quantities)[kCount], std::string_view key) const {
    return std::any_of(std::begin(quantities), std::end(quantities), [&](QuantityName quantity) {
      return in_.schema.key_of(quantity) == key ||
             in_.schema.key_of(quantity, in_.purpose.script) == key;
    });
  }

  void sets() {
    for (const Word& word : in_.sets) {
      auto set = parse_set(word, "--set", out_);
      if (!set) continue;
      const std::string_view key = std::string_view(word.text).substr(0, set->key.size());
      Said& one = said(key, std::move(set->value), {OriginKind::CommandLine, word.at, "--set"});
      one.key_at = part_of(word, 0, key.size());
      one.unknown = Said::Unknown::OfThisScript;
    }
    for (const Word& word : in_.unsets) {
      Said& one = said(word.text, {}, {OriginKind::CommandLine, word.at, "--unset"});
      one.takes_away = true;
      // Of a second step the words were meant for the first.
      one.unknown = in_.before == nullptr ? Said::Unknown::OfThisScript : Said::Unknown::Silent;
    }
  }

  const ResolveInput& in_;
  Diagnostics& out_;
  std::vector<Said> all_;
};

}  // namespace

std::vector<Said> layers_of(const ResolveInput& in, bool is_read, Diagnostics& out) {
  return LayerList(in, out).run(is_read);
}

}  // namespace ipucnn::resolving
