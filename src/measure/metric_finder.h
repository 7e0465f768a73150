#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/regex.h"
#include "ipucnn/measure.h"
#include "ipucnn/patterns.h"
#include "measure/extract.h"
#include "measure/text_finder.h"

namespace ipucnn::measuring {

/// What is looked for in the lines of a step, prepared so that a line is gone through once however
/// many metrics there are. An expression that cannot be used finds nothing; whoever reads patterns
/// of others (descriptors, plans) refuses it before.
class MetricFinder {
 public:
  MetricFinder(const std::vector<MetricPattern>& metrics, const ProofPattern& proof);
  MetricFinder(const MetricFinder&) = delete;
  MetricFinder& operator=(const MetricFinder&) = delete;
  ~MetricFinder() = default;

  /// A line, looked at.
  struct Look {
    TextFinder::Found found{};
    std::vector<std::string_view> words{};  ///< where a table may go on
  };

  /// `marks` may be of somebody else, and are not used then.
  void look(std::string_view line, const LineMarks& marks, Look& look) const {
    if (marks.whose == this)
      texts_.find(line, marks.words, marks.first, look.found);
    else
      texts_.find(line, look.found);
  }
  const std::string& wanted_bytes() const { return texts_.wanted(); }

  bool holds_proof(const Look& look) const { return holds(proof_, look); }
  /// Where `:::MLLOG` stands; kNowhere in nearly all lines.
  std::size_t mlperf_at(const Look& look) const { return look.found.at[mlperf_]; }

  struct Table {
    std::string head;  ///< words with a blank between them
    std::size_t columns = 0;
    std::size_t gate = 0;  ///< text that a head holds
  };
  const std::vector<Table>& tables() const { return tables_; }
  /// Where the line ends in the head of a table: the words in front of it, which a collector of
  /// logs puts before each line. Absent for any other line.
  std::optional<std::size_t> words_before_head(const Table& table, std::string_view line,
                                               const Look& look) const;

  /// The table of a metric; kNowhere when it has none.
  std::size_t table_of(std::size_t metric) const { return own_[metric].table; }
  /// Of a metric of a table: its column of a row of these words, without so many in front.
  std::optional<Row> row(std::size_t metric, std::size_t before, const Look& look) const;
  /// Whether a metric outside of tables can stand in the line.
  bool may_hold(std::size_t metric, const Look& look) const {
    const Gate& gate = gates_[metric];
    return look.found.at[gate.text] != kNowhere && look.found.at[gate.line] != kNowhere;
  }
  /// Of one that can. Each result is made where the caller wants it: a copy would wait for what was
  /// just written.
  Extracted value(std::size_t metric, std::string_view line, const Look& look) const {
    const Own& own = own_[metric];
    return own.before == kNowhere ? other_value(own, line)
                                  : value_at(metric, line, look.found.at[own.before]);
  }
  /// Of one whose text stands first at a place that is known.
  Extracted value_at(std::size_t metric, std::string_view line, std::size_t at) const {
    return number_between(line, at, own_[metric].before_text, own_[metric].after_text);
  }
  /// The text by whose place a value is found; kNowhere where it is found otherwise.
  std::size_t text_of(std::size_t metric) const { return own_[metric].before; }
  std::string_view after(std::size_t metric) const { return own_[metric].after_text; }
  /// Whether a line in which no text stands has nothing to measure.
  bool all_gated() const { return all_gated_; }
  const TextFinder& texts() const { return texts_; }
  /// Whether no metric outside of tables can stand in the line.
  bool hopeless(const Look& look) const { return all_gated_ && look.found.count == 0; }

 private:
  static constexpr std::size_t kNowhere = TextFinder::kNowhere;
  struct Own {
    std::size_t needed = kNowhere;  // a text that the line holds
    std::size_t line = kNowhere;    // another one
    std::size_t before = kNowhere;  // the one in front of the value, where it is looked for
    std::string_view before_text{}, after_text{};  // of metrics_
    bool by_text = true;                           // no expression, nor one that cannot be used
    std::size_t table = kNowhere;
    std::size_t column = 0;
    std::shared_ptr<const Regex> regex{};
  };

  /// Texts that a line with the metric holds, as numbers of Found::at.
  struct Gate {
    std::size_t text = 0;
    std::size_t line = 0;
  };

  static bool holds(std::size_t text, const Look& look) {
    return text != kNowhere && look.found.at[text] != kNowhere;
  }
  static Extracted other_value(const Own& own, std::string_view line);
  std::size_t add_text(const std::string& text);
  Own prepare(const MetricPattern& metric);
  std::size_t table_under(const std::string& head);

  std::vector<MetricPattern> metrics_;
  std::vector<Own> own_;
  std::vector<Gate> gates_;
  std::vector<Table> tables_;
  TextFinder texts_;
  std::size_t proof_ = kNowhere;
  std::size_t mlperf_ = 0;
  bool all_gated_ = true;
};

}  // namespace ipucnn::measuring
