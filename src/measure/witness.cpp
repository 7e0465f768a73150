// A csv file of an application, held to its log.
#include "ipucnn/witness.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "measure/csv_table.h"
#include "measure/extract.h"
#include "measure/row_pairs.h"

namespace ipucnn {
namespace {

using measuring::CsvTable;
using Row = WitnessedLog::Row;
constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);
constexpr std::size_t kShown = 3;  // of many places of one kind

/// Half of the last place of a number as it was printed.
double half_of_last_place(std::string_view printed) {
  const std::size_t exponent_at = std::min(printed.find_first_of("eE"), printed.size());
  const std::size_t point = printed.substr(0, exponent_at).find('.');
  int place = point == printed.npos ? 0 : -static_cast<int>(exponent_at - point - 1);
  if (exponent_at < printed.size()) {
    std::string_view power = printed.substr(exponent_at + 1);
    if (!power.empty() && power.front() == '+') power.remove_prefix(1);
    place += static_cast<int>(parse_int64(power).value_or(0));
  }
  return std::pow(10.0, place) / 2;
}

std::size_t index_of(const std::vector<MetricPattern>& metrics, std::string_view name) {
  for (std::size_t i = 0; i < metrics.size(); ++i)
    if (metrics[i].name == name) return i;
  return kNowhere;
}

/// One file held to the rows of a log.
class Comparison {
 public:
  Comparison(const CsvPattern& file, const std::vector<MetricPattern>& metrics,
             const std::vector<Row>& log, const CsvTable& table, CsvWitness& out)
      : file_(file), metrics_(metrics), log_(log), table_(table), out_(out) {}

  void run(bool over) {
    for (const auto& [name, metric] : file_.columns) {
      const std::size_t of = index_of(metrics_, metric);
      const auto at = std::find(table_.columns.begin(), table_.columns.end(), name);
      if (of == kNowhere) continue;
      if (at == table_.columns.end())
        missing_.push_back(name);
      else
        columns_.push_back({name, of, static_cast<std::size_t>(at - table_.columns.begin())});
    }
    if (!missing_.empty())
      doubt("csv_column", fmt::format("{} has no column {}", out_.path, join(missing_, ", ")),
            "it is of another release, or of another program");
    const std::size_t by = index_of(metrics_, file_.rows_by);
    if (by == kNowhere)
      by_order();
    else if (const auto key = column_of(by); key != columns_.end())
      by_key(by, key->at, over);
    say(over);
  }

 private:
  struct Column {
    std::string name;
    std::size_t metric;
    std::size_t at;  // in the file's rows
  };
  using Columns = std::vector<Column>;

  Columns::const_iterator column_of(std::size_t metric) const {
    return std::find_if(columns_.begin(), columns_.end(),
                        [&](const Column& column) { return column.metric == metric; });
  }

  void doubt(std::string_view name, std::string says, std::string remedy) {
    out_.doubts.push_back({name, std::move(says), std::move(remedy)});
  }

  std::vector<double> keys_of_table(std::size_t at) const {
    std::vector<double> keys;
    for (const CsvTable::Row& row : table_.rows) {
      const measuring::Extracted found = measuring::number_in(row.cells[at]);
      keys.push_back(found.readable ? found.value : std::nan(""));
    }
    return keys;
  }

  /// Rows and lines that say the same of `by`.
  void by_key(std::size_t by, std::size_t at, bool over) {
    std::vector<double> printed;
    for (const Row& row : log_) printed.push_back(row[by].printed ? row[by].value : std::nan(""));
    const std::vector<double> written = keys_of_table(at);
    const measuring::RowPairs pairs = measuring::pair_rows(printed, written, table_.starts);
    out_.earlier = pairs.first;
    for (const auto& [line, row] : pairs.both) {
      ++out_.rows;
      for (const Column& column : columns_)
        compare(column, log_[line][column.metric], table_.rows[row],
                fmt::format(" at {} {}", file_.rows_by, printed[line]));
    }
    const std::size_t last_line = pairs.both.empty() ? 0 : pairs.both.back().first;
    const std::size_t last_row = pairs.both.empty() ? 0 : pairs.both.back().second;
    for (const std::size_t line : pairs.log_only)
      if (over || line < last_line) not_in_file_.push_back(fmt::format("{}", printed[line]));
    for (const std::size_t row : pairs.file_only)
      if (over || row < last_row) not_in_log_.push_back(table_.rows[row].line);
  }

  /// Nothing tells rows apart: those at the end are the log's.
  void by_order() {
    const std::size_t printed = log_.size();
    const std::size_t written = table_.rows.size();
    if (written < printed)
      doubt("csv_rows",
            fmt::format("{} has {} and the log {}", out_.path, rows_text(written),
                        counted(static_cast<std::int64_t>(printed), "value")),
            "one of them is not whole");
    if (written < printed) return;
    out_.earlier = written - printed;
    for (std::size_t i = 0; i < printed; ++i) {
      ++out_.rows;
      for (const Column& column : columns_)
        compare(column, log_[i][column.metric], table_.rows[out_.earlier + i],
                fmt::format(", its value {}", i + 1));
    }
  }

  void compare(const Column& column, const WitnessedLog::Cell& printed, const CsvTable::Row& row,
               const std::string& where) {
    const measuring::Extracted written = measuring::number_in(row.cells[column.at]);
    if (!written.readable)
      unreadable_.push_back(
          fmt::format("{} '{}' in line {}", column.name, row.cells[column.at], row.line));
    if (!printed.printed || !written.readable) return;
    const std::string& metric = metrics_[column.metric].name;
    if (std::find(out_.metrics.begin(), out_.metrics.end(), metric) == out_.metrics.end())
      out_.metrics.push_back(metric);
    ++out_.figures;
    constexpr double kLastBits = 1e-15;  // of both numbers' own
    const double off = std::abs(written.value - printed.value);
    if (off <= printed.rounding * (1 + 1e-9) + kLastBits * 4 * std::abs(written.value)) {
      ++out_.agree;
      return;
    }
    disagree_.push_back(fmt::format("line {} has {} {}, the log {} {}{}", row.line, column.name,
                                    written.value, metric, printed.value, where));
  }

  static std::string rows_text(std::size_t count) {
    return counted(static_cast<std::int64_t>(count), "row");
  }

  /// The first of many places, and how many more there are.
  static std::string few(const std::vector<std::string>& all) {
    const std::vector<std::string> first(
        all.begin(), all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), kShown)));
    const std::string more =
        all.size() > kShown ? fmt::format(", and {} more", all.size() - kShown) : "";
    return join(first, "; ") + more;
  }

  static std::vector<std::string> as_texts(const std::vector<std::size_t>& lines) {
    std::vector<std::string> texts;
    for (const std::size_t line : lines) texts.push_back(fmt::format("line {}", line));
    return texts;
  }

  void say(bool over) {
    if (!disagree_.empty())
      doubt("csv_disagrees", fmt::format("{}: {}", out_.path, few(disagree_)),
            "one of the two was altered, or they are of different runs");
    if (!not_in_file_.empty())
      doubt("csv_rows",
            fmt::format("{} has no row for what the log says at {} {}", out_.path, file_.rows_by,
                        few(not_in_file_)),
            "the file is not whole, or of another run");
    if (!not_in_log_.empty())
      doubt("csv_rows",
            fmt::format("{}: the log has nothing for {}", out_.path, few(as_texts(not_in_log_))),
            "the log is not whole, or of another run");
    if (!unreadable_.empty())
      doubt("csv_unreadable", fmt::format("{}: {}", out_.path, few(unreadable_)),
            "no number stands there, and nothing was compared");
    if (!table_.bad_lines.empty())
      doubt("csv_unreadable",
            fmt::format("{}: {} not the cells of the header", out_.path,
                        few(as_texts(table_.bad_lines)) +
                            (table_.bad_lines.size() == 1 ? " has" : " have")),
            "they were left out");
    if (table_.torn_line > 0 && over)
      doubt("csv_torn",
            fmt::format("{} ends in the middle of line {}", out_.path, table_.torn_line),
            "whoever wrote it was stopped, or the disk is full; the line was left out");
  }

  const CsvPattern& file_;
  const std::vector<MetricPattern>& metrics_;
  const std::vector<Row>& log_;
  const CsvTable& table_;
  CsvWitness& out_;
  Columns columns_;
  std::vector<std::string> missing_, disagree_, unreadable_, not_in_file_;
  std::vector<std::size_t> not_in_log_;
};

}  // namespace

WitnessedLog::WitnessedLog(CsvPattern file, const std::vector<MetricPattern>& metrics)
    : file_(std::move(file)) {
  for (const MetricPattern& metric : metrics)
    if (std::any_of(file_.columns.begin(), file_.columns.end(),
                    [&](const auto& column) { return column.second == metric.name; }))
      metrics_.push_back(metric);
}

void WitnessedLog::take(const Sample& sample, bool tagged) {
  if (sample.metric >= metrics_.size()) return;
  Lines& lines = instances_[tagged ? sample.instance : kNobody];
  lines.counts.resize(metrics_.size());
  std::size_t row = lines.counts[sample.metric]++;
  if (!file_.rows_by.empty()) {
    const bool same = lines.offset == sample.offset && lines.stream == sample.stream;
    row = lines.rows.size() - (same ? 1 : 0);
    lines.offset = sample.offset;
    lines.stream = sample.stream;
  }
  if (row >= lines.rows.size()) lines.rows.resize(row + 1, Row(metrics_.size()));
  lines.rows[row][sample.metric] = {true, measuring::number_in(sample.printed).value,
                                    half_of_last_place(sample.printed)};
}

std::vector<Row> WitnessedLog::rows() const {
  if (instances_.empty()) return {};
  if (!file_.of_all_instances) return instances_.begin()->second.rows;
  std::vector<Row> all;
  for (std::size_t k = 0;; ++k) {
    Row row(metrics_.size());
    const bool whole = std::all_of(instances_.begin(), instances_.end(),
                                   [&](const auto& one) { return k < one.second.rows.size(); });
    if (!whole) return all;
    for (std::size_t m = 0; m < metrics_.size(); ++m) {
      const bool averaged = metrics_[m].covers_all || metrics_[m].combine == Combine::Mean;
      const bool longest = !averaged && metrics_[m].combine == Combine::Longest;
      Cell& cell = row[m];
      cell.printed = true;
      for (const auto& [instance, lines] : instances_) {
        const Cell& own = lines.rows[k][m];
        cell.printed = cell.printed && own.printed;
        cell.value = longest ? std::max(cell.value, own.value) : cell.value + own.value;
        cell.rounding =
            longest ? std::max(cell.rounding, own.rounding) : cell.rounding + own.rounding;
      }
      const auto count = static_cast<double>(instances_.size());
      if (averaged) cell = {cell.printed, cell.value / count, cell.rounding / count};
    }
    all.push_back(std::move(row));
  }
}

CsvWitness WitnessedLog::compare(std::string path, std::string_view csv, bool over) const {
  CsvWitness witness{std::move(path)};
  const CsvTable table = measuring::read_csv(csv);
  if (table.columns.empty()) {
    if (over)
      witness.doubts.push_back({"csv_torn", witness.path + " has no header",
                                "whoever wrote it was stopped, or the disk is full"});
    return witness;
  }
  const std::vector<Row> printed = rows();
  Comparison(file_, metrics_, printed, table, witness).run(over);
  return witness;
}

CsvWitness WitnessedLog::missing(std::string path) const {
  CsvWitness witness{std::move(path)};
  witness.doubts.push_back({"csv_missing", witness.path + " is not there",
                            "the application writes it beside its log; it was moved or deleted"});
  return witness;
}

}  // namespace ipucnn
