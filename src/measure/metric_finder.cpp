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
    if (own_.back().table == kNowhere && own_.back().needs == 0) all_gated_ = false;
  }
  if (proof.kind == ProofPattern::Kind::Text) proof_ = add_text(proof.what);
  mlperf_ = texts_.add(kMlperfMark);
  texts_.prepare();
  for (const Own& own : own_) {
    const std::size_t second = own.needs > 1 ? own.needed[1] : texts_.everywhere();
    gates_.push_back(own.table != kNowhere ? Gate{texts_.nowhere(), texts_.nowhere()}
                     : own.needs == 0      ? Gate{texts_.everywhere(), second}
                                           : Gate{own.needed[0], second});
  }
}

std::size_t MetricFinder::add_text(const std::string& text) {
  return text.empty() ? kNowhere : texts_.add(text);
}

MetricFinder::Own MetricFinder::prepare(const MetricPattern& metric) {
  Own own;
  own.before_text = metric.before;
  own.after_text = metric.after;
  own.by_text = metric.regex.empty();
  const auto need = [&](const std::string& text) {
    if (!text.empty()) own.needed.at(own.needs++) = texts_.add(text);
  };
  if (!metric.under.empty()) {
    own.table = table_under(metric.under);
    own.column = words_of(metric.before).size();
    return own;
  }
  need(metric.line);
  if (!metric.regex.empty()) {
    RegexFault fault;
    own.regex = Regex::compile(metric.regex, fault);
    if (own.regex) need(own.regex->literal());
    return own;
  }
  // Short texts stand everywhere; it is cheaper to look for them in the lines that count.
  constexpr std::size_t kShort = 4;
  if (!metric.line.empty() && metric.before.size() < kShort) return own;
  own.before = add_text(metric.before);
  need(metric.before.empty() ? metric.after : metric.before);
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

// Each result is made where the caller wants it: a copy would wait for what was just written.
Extracted MetricFinder::value(std::size_t metric, std::string_view line, const Look& look) const {
  const Own& own = own_[metric];
  if (own.by_text) {
    const std::size_t at =
        own.before == kNowhere ? line.find(own.before_text) : look.found.at[own.before];
    return at == kNowhere ? nothing() : number_between(line, at, own.before_text, own.after_text);
  }
  const auto value = own.regex ? own.regex->find(line) : std::nullopt;
  return value ? number_in(*value) : nothing();
}

}  // namespace ipucnn::measuring
