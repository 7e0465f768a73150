#include "measure/metric_finder.h"

#include <algorithm>
#include <cstring>

#include "measure/mlperf.h"

namespace ipucnn::measuring {
namespace {

Extracted nothing() {
  Extracted none;
  none.there = false;
  return none;
}

}  // namespace

MetricFinder::MetricFinder(const std::vector<MetricPattern>& metrics, const ProofPattern& proof)
    : metrics_(metrics) {
  for (const MetricPattern& metric : metrics_) {
    own_.push_back(prepare(metric));
    if (own_.back().table == kNowhere && own_.back().needed == kNowhere) all_gated_ = false;
  }
  if (proof.kind == ProofPattern::Kind::Text) proof_ = add_text(proof.what);
  mlperf_ = texts_.add(kMlperfMark);
  texts_.prepare();
  for (const Own& own : own_)
    gates_.push_back({own.table != kNowhere    ? texts_.nowhere()
                      : own.needed == kNowhere ? texts_.everywhere()
                                               : own.needed,
                      own.line});
}

std::size_t MetricFinder::add_text(const std::string& text) {
  return text.empty() ? kNowhere : texts_.add(text);
}

std::size_t MetricFinder::add_line_text(const std::string& text) {
  const auto known = std::find_if(line_texts_.begin(), line_texts_.end(),
                                  [&](const LineText& one) { return one.text == text; });
  const auto index = static_cast<std::size_t>(known - line_texts_.begin());
  if (known != line_texts_.end()) return index;
  LineText added{text};
  const std::size_t size = std::min(text.size(), sizeof added.bytes);
  constexpr std::uint64_t kAll = ~std::uint64_t{0};
  std::memcpy(&added.bytes, text.data(), size);
  std::memcpy(&added.mask, &kAll, size);
  line_texts_.push_back(std::move(added));
  return index;
}

void MetricFinder::forget_lines(Look& look) {
  for (Look::LineText& text : look.line_texts) text.stands = Look::Stands::Unknown;
  look.any_line_text = false;
}

/// Whether one of line_texts_ stands in the line, which is looked for once.
bool MetricFinder::holds_line(std::size_t text, std::string_view line, Look& look) const {
  if (look.line_texts.empty()) look.line_texts.resize(line_texts_.size());
  Look::LineText& known = look.line_texts[text];
  if (known.stands != Look::Stands::Unknown) return known.stands == Look::Stands::Yes;
  const LineText& wanted = line_texts_[text];
  const std::string_view all = wanted.text;
  // Lines of a kind hold it at the same place.
  std::uint64_t there = 0;
  std::size_t at = known.at;
  const bool room = line.size() >= at + std::max(all.size(), sizeof there);
  if (room) std::memcpy(&there, line.data() + at, sizeof there);
  if (!room || (there & wanted.mask) != wanted.bytes ||
      (all.size() > sizeof there && line.substr(at, all.size()) != all))
    at = line.find(all);
  look.any_line_text = true;
  known.stands = at == line.npos ? Look::Stands::No : Look::Stands::Yes;
  if (at != line.npos) known.at = at;
  return at != line.npos;
}

MetricFinder::Own MetricFinder::prepare(const MetricPattern& metric) {
  Own own;
  own.before_text = metric.before;
  own.after_text = metric.after;
  own.by_text = metric.regex.empty();
  if (!metric.under.empty()) {
    own.table = table_under(metric.under);
    own.column = words_of(metric.before).size();
    return own;
  }
  std::string text(metric.before.empty() ? metric.after : without_last_blanks(metric.before));
  if (!metric.regex.empty()) {
    RegexFault fault;
    own.regex = Regex::compile(metric.regex, fault);
    text = own.regex ? own.regex->literal() : "";
  }
  // Short texts stand everywhere; it is cheaper to look for them in the lines that count.
  constexpr std::size_t kShort = 3;
  if (text.empty() || (!metric.line.empty() && text.size() < kShort)) {
    own.needed = add_text(metric.line);
    return own;
  }
  own.needed = add_text(text);
  if (!metric.before.empty() && own.by_text) own.before = own.needed;
  if (!metric.line.empty()) own.line = add_line_text(metric.line);
  return own;
}

std::size_t MetricFinder::table_under(const std::string& head) {
  std::string joined;
  const auto words = words_of(head);
  for (const std::string_view word : words) {
    if (!joined.empty()) joined += ' ';
    joined += word;
  }
  for (std::size_t i = 0; i < tables_.size(); ++i)
    if (tables_[i].head == joined) return i;
  const std::string longest(*std::max_element(
      words.begin(), words.end(),
      [](std::string_view a, std::string_view b) { return a.size() < b.size(); }));
  tables_.push_back({joined, words.size(), texts_.add(longest)});
  return tables_.size() - 1;
}

bool MetricFinder::is_head(const Table& table, std::string_view line, const Look& look) const {
  return holds(table.gate, look) && words_of(line) == words_of(table.head);
}

std::optional<Row> MetricFinder::row(std::size_t metric, const Look& look) const {
  const Own& own = own_[metric];
  return row_in(look.words, tables_[own.table].columns, own.column);
}

/// Of a metric by an expression, or whose text is not looked for everywhere.
Extracted MetricFinder::other_value(const Own& own, std::string_view line) {
  if (own.by_text) {
    const std::size_t at = line.find(without_last_blanks(own.before_text));
    return at == kNowhere ? nothing() : number_between(line, at, own.before_text, own.after_text);
  }
  const auto value = own.regex ? own.regex->find(line) : std::nullopt;
  return value ? number_in(*value) : nothing();
}

}  // namespace ipucnn::measuring
