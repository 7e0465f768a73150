#include "measure/metric_finder.h"

#include <algorithm>

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
                      own.line == kNowhere ? texts_.everywhere() : own.line});
}

std::size_t MetricFinder::add_text(const std::string& text) {
  return text.empty() ? kNowhere : texts_.add(text);
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
  own.line = add_text(metric.line);
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

std::optional<std::size_t> MetricFinder::words_before_head(const Table& table,
                                                           std::string_view line,
                                                           const Look& look) const {
  constexpr std::size_t kMost = 8;  // a date, a host, a name, a number
  if (!holds(table.gate, look)) return std::nullopt;
  const auto words = words_of(line);
  const auto head = words_of(table.head);
  if (words.size() < head.size() || words.size() > head.size() + kMost ||
      !std::equal(head.rbegin(), head.rend(), words.rbegin()))
    return std::nullopt;
  return words.size() - head.size();
}

std::optional<Row> MetricFinder::row(std::size_t metric, std::size_t before,
                                     const Look& look) const {
  if (look.words.size() < before) return std::nullopt;
  const Own& own = own_[metric];
  return row_in(std::span(look.words).subspan(before), tables_[own.table].columns, own.column);
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
