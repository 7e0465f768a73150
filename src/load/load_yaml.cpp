// A file of YAML as a tree: all of it, the entries that are asked for, or each of its documents.
#include <algorithm>
#include <utility>

#include "ipucnn/tree.h"
#include "ipucnn/yaml_syntax_check.h"
#include "load/partial_read.h"
#include "load/yaml_events.h"
#include "load/yaml_spelling.h"

namespace ipucnn {
namespace {

/// libyaml counts characters, so that only here its offsets are ours.
bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Look-ups in a map of a few keys are fastest by going through them.
constexpr std::uint32_t kFewKeys = 12;

void sort_keys(Document& document) {
  document.sorted.push_back(0);  // so that no map's keys stand at 0
  for (std::uint32_t i = 0; i < document.nodes.size(); ++i) {
    NodeRecord& map = document.nodes[i];
    if (map.kind != NodeKind::Map || map.size <= kFewKeys) continue;
    map.text = static_cast<std::uint32_t>(document.sorted.size());
    for (std::uint32_t key = i + 1; key < map.end;) {
      document.sorted.push_back(key);
      key = document.nodes[document.nodes[key].end].end;
    }
    const auto text = [&](std::uint32_t key) { return Node(&document.tree, key).text(); };
    std::stable_sort(document.sorted.begin() + map.text, document.sorted.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return text(a) < text(b); });
  }
  document.tree.sorted = document.sorted.data();
}

std::unique_ptr<Document> sorted_parts(std::string_view text, const load::PartialText& parts,
                                       SourceId source, std::uint64_t digest,
                                       std::unique_ptr<Document> document, bool foreign,
                                       Diagnostics& out) {
  document = load::read_parts(text, parts, source, digest, std::move(document), foreign, out);
  if (document) sort_keys(*document);
  return document;
}

/// False, and reported, where offsets do not fit.
bool is_small_enough(std::string_view text, SourceId source, Diagnostics& out) {
  if (text.size() < UINT32_MAX / 2) return true;
  out.add(FindingId::Y001, {source, 1, 1, 1}, "the file is too large");
  return false;
}

}  // namespace

std::unique_ptr<Document> load_yaml(const Sources& sources, SourceId source, Diagnostics& out,
                                    std::string_view only) {
  const std::string_view text = load::without_bom(sources.text(source));
  if (!is_small_enough(text, source, out)) return nullptr;
  const bool in_part = !only.empty() && text.size() >= load::kLargeFile && is_ascii(text);
  const auto report = load::check_yaml_syntax(sources, source, in_part, out);
  if (!report) return nullptr;
  const std::vector<std::uint32_t> numbers = load::entries_for(only, text, report->entries);
  auto document = std::make_unique<Document>();
  document->is_part = !numbers.empty() && numbers.size() < report->entries.size();
  const load::PartialText slices = document->is_part
                                       ? load::PartialText(text, report->entries, numbers)
                                       : load::PartialText(text);
  std::uint64_t digest = document->is_part ? report->head : report->digest;
  if (document->is_part)
    for (const std::uint32_t number : numbers) digest += report->entries[number].digest;
  else
    document->nodes.reserve(report->nodes);
  return sorted_parts(text, slices, source, digest, std::move(document), false, out);
}

std::vector<std::unique_ptr<Document>> load_yaml_documents(const Sources& sources, SourceId source,
                                                           Diagnostics& out) {
  std::vector<std::unique_ptr<Document>> documents;
  const std::string_view text = load::without_bom(sources.text(source));
  if (!is_small_enough(text, source, out)) return documents;
  for (const load::TextPart& part : load::yaml_documents(text)) {
    const auto report = load::check_yaml_syntax(sources, source, part, out);
    if (!report) continue;
    auto document = sorted_parts(text, load::PartialText(part), source, report->digest,
                                 std::make_unique<Document>(), true, out);
    if (document) documents.push_back(std::move(document));
  }
  return documents;
}

}  // namespace ipucnn
