// Which release of an application is meant where nobody says: a guess, and it is said.
#include "job/choose_release.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "ipucnn/named_entry.h"
#include "ipucnn/preset_batch.h"
#include "ipucnn/resolve.h"

namespace ipucnn::job {
namespace {

constexpr std::size_t kUsual = 16;  // releases of an application

std::string_view release_of(const Entry& application) {
  return parse_app_id(application.name.text()).release;
}

bool is_older(const ReleaseChoice& a, const ReleaseChoice& b) {
  return release_below(release_of(a.application), release_of(b.application));
}

/// Every release of an application, oldest first.
std::vector<ReleaseChoice> releases_of(const Catalog& catalog, std::string_view name) {
  std::vector<ReleaseChoice> all;
  all.reserve(kUsual);
  for (const Node part : catalog.parts(Section::Applications))
    part.each_pair([&](Node key, Node) {
      // Most names are told apart without taking them to pieces.
      if (!key.text().starts_with(name) || parse_app_id(key.text()).name != name) return;
      const auto known = [&](const ReleaseChoice& one) {
        return one.application.name.text() == key.text();
      };
      if (std::none_of(all.begin(), all.end(), known))
        all.push_back({catalog.find_application(parse_app_id(key.text())), std::nullopt});
    });
  std::stable_sort(all.begin(), all.end(), is_older);
  return all;
}

bool is_for(const Catalog& catalog, const Entry& application, std::string_view sdk) {
  const Node said = catalog.own_field(application, "sdk");
  if (said.is_scalar()) return said.text() == sdk;
  if (!said.is_list()) return false;
  for (const Node one : said)
    if (one.text() == sdk) return true;
  return false;
}

/// Keys of a preset that a release does not know; absent when it lacks what the preset extends.
std::optional<std::size_t> unknown_keys(const Descriptors& descriptors, const PresetRef& preset,
                                        const Entry& application) {
  Diagnostics ignored;
  const AppSchema* schema = descriptors.find(application, ignored);
  if (schema == nullptr) return std::nullopt;
  const auto flat = flatten(descriptors.catalog(), preset, ignored);
  if (!flat) return std::nullopt;
  const auto unknown = [&](const PresetEntry& entry) {
    return !schema->knows_key(entry.key.text());
  };
  return static_cast<std::size_t>(
      std::count_if(flat->entries.begin(), flat->entries.end(), unknown));
}

/// The releases that a preset of none belongs to: those that know most of its keys.
void add_takers(const Descriptors& descriptors, PresetRef preset, std::string_view application,
                std::vector<ReleaseChoice>& all) {
  const std::vector<ReleaseChoice> releases = releases_of(descriptors.catalog(), application);
  if (releases.size() == 1) return all.push_back({releases.front().application, preset});
  std::vector<ReleaseChoice> best;
  std::size_t fewest = 0;
  for (const ReleaseChoice& one : releases) {
    preset.application = one.application.name.text();
    const auto unknown = unknown_keys(descriptors, preset, one.application);
    if (!unknown) continue;
    if (best.empty() || *unknown < fewest) {
      best.clear();
      fewest = *unknown;
    }
    if (*unknown == fewest) best.push_back({one.application, preset});
  }
  if (best.empty() && !releases.empty()) {
    preset.application = releases.back().application.name.text();
    best.push_back({releases.back().application, preset});
  }
  all.insert(all.end(), best.begin(), best.end());
}

/// Where the presets are in force: releases with the preset that each would read.
std::vector<ReleaseChoice> holders_of(const Descriptors& descriptors,
                                      const std::vector<PresetRef>& found, AppId asked) {
  const Catalog& catalog = descriptors.catalog();
  const auto strongest =
      std::max_element(found.begin(), found.end(),
                       [](const PresetRef& a, const PresetRef& b) { return a.layer < b.layer; });
  std::vector<ReleaseChoice> all;
  all.reserve(found.size());
  for (const PresetRef& ref : found) {
    if (ref.layer != strongest->layer) continue;
    const AppId owner = parse_app_id(ref.application);
    const std::string_view release = owner.release.empty() ? asked.release : owner.release;
    if (!release.empty()) {
      if (const Entry entry = catalog.find_application({owner.name, release, {}}))
        all.push_back({entry, ref});
      continue;
    }
    add_takers(descriptors, ref, owner.name, all);
  }
  if (all.size() > 1) std::stable_sort(all.begin(), all.end(), is_older);
  return all;
}

/// Samples of a weight update by the preset alone; absent where it leaves the micro batch open.
std::optional<std::int64_t> global_batch(const Descriptors& descriptors,
                                         const ReleaseChoice& choice) {
  // Most presets are ours, and need no descriptor but the one of the release that is chosen.
  if (const auto* known =
          built_in_batch(descriptors.catalog(), choice.application, choice.preset->body))
    return *known;
  Diagnostics ignored;
  const AppSchema* schema = descriptors.find(choice.application, ignored);
  const auto flat = flatten(descriptors.catalog(), *choice.preset, ignored);
  if (schema == nullptr || !flat) return std::nullopt;
  return preset_batch([&](QuantityName name) -> const Binding& { return schema->binding(name); },
                      [&](std::string_view key) {
                        const PresetEntry* set = flat->find(key);
                        return set == nullptr ? Node() : set->value;
                      });
}

/// Such as "768 up to 2.6, 2048 from 3.0"; empty where all releases have one figure.
std::string other_figures(const Descriptors& descriptors, const std::vector<ReleaseChoice>& all) {
  struct Range {
    std::int64_t batch;
    std::string_view first, last;
  };
  std::vector<Range> ranges;
  for (const ReleaseChoice& one : all) {
    const auto batch = global_batch(descriptors, one);
    if (!batch) return {};
    if (ranges.empty() || ranges.back().batch != *batch)
      ranges.push_back({*batch, release_of(one.application), {}});
    ranges.back().last = release_of(one.application);
  }
  if (ranges.size() < 2) return {};
  std::string text;
  for (const Range& range : ranges) {
    const bool first = text.empty();
    text += first ? fmt::format("{} up to {}", range.batch, range.last)
            : range.first == range.last && &range != &ranges.back()
                ? fmt::format(", {} in {}", range.batch, range.first)
                : fmt::format(", {} from {}", range.batch, range.first);
  }
  return text;
}

struct Guess {
  ReleaseChoice choice;
  bool by_sdk = false;
};

/// One for the SDK where there is any; else the newest is what is meant.
Guess guess(const Catalog& catalog, const std::vector<ReleaseChoice>& all, std::string_view sdk) {
  for (auto one = all.rbegin(); !sdk.empty() && one != all.rend(); ++one)
    if (is_for(catalog, one->application, sdk)) return {*one, true};
  return {all.back(), false};
}

std::string reason(const Guess& guess, std::string_view sdk, std::string_view newest) {
  return guess.by_sdk ? fmt::format("the release for the site's SDK {}", sdk) : std::string(newest);
}

Diagnostic& say_guess(const ReleaseWish& wish, std::string_view name, const ReleaseChoice& chosen,
                      std::string message, Diagnostics& out) {
  Diagnostic& d = out.add(FindingId::K044, wish.name->at, std::move(message));
  const std::string_view id = chosen.application.name.text();
  d.help = chosen.preset ? fmt::format("name the release, as --config {}:{}", id, name)
                         : fmt::format("name the release, as --app {}", id);
  return d;
}

}  // namespace

Entry choose_application(const Catalog& catalog, const ReleaseWish& wish, Diagnostics& out) {
  if (!wish.application.release.empty()) {
    const Entry named = catalog.find_application(wish.application);
    if (named) report_alias(wish.application, named.name.text(), wish.name->at, out);
    return named;
  }
  const std::vector<ReleaseChoice> all = releases_of(catalog, wish.application.name);
  if (all.empty()) return {};
  const Guess guessed = guess(catalog, all, wish.sdk);
  const ReleaseChoice& chosen = guessed.choice;
  if (all.size() > 1)
    say_guess(
        wish, {}, chosen,
        fmt::format("{} is taken for {}, {}", wish.application.name, chosen.application.name.text(),
                    reason(guessed, wish.sdk, "the newest release")),
        out);
  return chosen.application;
}

ReleaseChoice choose_release(const Descriptors& descriptors, const std::vector<PresetRef>& found,
                             const ReleaseWish& wish, Diagnostics& out) {
  const std::vector<ReleaseChoice> all = holders_of(descriptors, found, wish.application);
  if (all.empty()) return {};
  if (!wish.application.release.empty() || all.size() == 1) {
    if (const Entry& only = all.back().application)
      report_alias(wish.application, only.name.text(), wish.name->at, out);
    return all.back();
  }
  const Guess guessed = guess(descriptors.catalog(), all, wish.sdk);
  const ReleaseChoice& chosen = guessed.choice;
  const std::string_view name = chosen.preset->name.text();
  Diagnostic& d =
      say_guess(wish, name, chosen,
                fmt::format("{} is taken from {}, {}", name, chosen.application.name.text(),
                            reason(guessed, wish.sdk, "the newest release that has it")),
                out);
  if (const std::string figures = other_figures(descriptors, all); !figures.empty())
    d.notes.push_back({fmt::format("its global batch is {}", figures), Span{}});
  return chosen;
}

}  // namespace ipucnn::job
