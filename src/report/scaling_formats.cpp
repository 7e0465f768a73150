#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/escape.h"
#include "base/split.h"
#include "base/table.h"
#include "base/terminal_width.h"
#include "base/text.h"
#include "ipucnn/pictures.h"
#include "report/format.h"
#include "report/scaling.h"

namespace ipucnn::reporting {
namespace {

std::string percent(double part) { return fmt::format("{:.1f} %", 100 * part); }

/// The cells of a row; the machine first, the rest are figures.
using Cells = std::array<std::string, 8>;
constexpr std::size_t kFirstFigure = 1;
const Cells kHead = {"target", "IPUs",    "global batch", "runs",
                     "mean",   "per IPU", "efficiency",   "95 % interval"};

Cells cells_of(const Scaling& scaling, const ScalingRow& row) {
  const std::string machine = scaling.several_presets ? row.target + ", " + row.preset : row.target;
  return {printable(machine),
          std::to_string(row.ipus),
          row.global_batch ? std::to_string(*row.global_batch) : "-",
          std::to_string(row.runs),
          number(row.mean),
          number(row.per_ipu),
          percent(row.efficiency),
          row.interval
              ? fmt::format("{:.1f} to {}", 100 * row.interval->low, percent(row.interval->high))
              : "-"};
}

std::vector<Cells> table_of(const Scaling& scaling) {
  std::vector<Cells> rows = {kHead};
  for (const ScalingRow& row : scaling.rows) rows.push_back(cells_of(scaling, row));
  return rows;
}

std::string title_of(const Scaling& scaling) {
  return fmt::format("scaling of {} ({}), {} of {}, against {} on {}", scaling.metric, scaling.unit,
                     scaling.step, scaling.application, counted(scaling.rows.front().ipus, "IPU"),
                     scaling.rows.front().target);
}

/// What an IPU does, as a bar under each other; that of the smallest machine is a full one.
std::string bars_of(const Scaling& scaling, std::size_t width) {
  constexpr double kFull = 40;
  std::string text;
  for (const ScalingRow& row : scaling.rows) {
    text += "  " + padded(cells_of(scaling, row).front(), width) + "  ";
    for (double i = 0.5; i < std::min(kFull * row.efficiency, 1.5 * kFull); ++i) text += "█";
    text += "\n";
  }
  return text;
}

Picture picture_of(const Scaling& scaling) {
  Picture picture;
  picture.title = scaling.metric + " per IPU by the number of IPUs";
  picture.x_label = "IPUs";
  picture.y_label = fmt::format("{} per IPU, {}", scaling.metric, scaling.unit);
  Curve curve{"measured", {}};
  for (const ScalingRow& row : scaling.rows)
    curve.dots.push_back({static_cast<double>(row.ipus), row.per_ipu});
  picture.curves = {std::move(curve)};
  picture.level = scaling.rows.front().per_ipu;
  picture.level_name = "the smallest machine";
  return picture;
}

}  // namespace

std::string scaling_text(const std::vector<Scaling>& all) {
  std::string text;
  for (const Scaling& scaling : all) {
    const std::vector<Cells> rows = table_of(scaling);
    Table table({kHead.begin(), kHead.end()});
    table.right_from(kFirstFigure);
    std::size_t width = terminal_columns(kHead.front());
    for (auto row = rows.begin() + 1; row != rows.end(); ++row) {
      table.add({row->begin(), row->end()});
      width = std::max(width, terminal_columns(row->front()));
    }
    text += printable(title_of(scaling)) + "\n";
    const std::string shown = table.text();
    for (const std::string_view line : split(shown, '\n'))
      if (!line.empty()) text += fmt::format("  {}\n", line);
    text += bars_of(scaling, width);
    if (scaling.label) text += "  " + label_text(*scaling.label) + "\n";
  }
  return text;
}

std::string scaling_markdown(const std::vector<Scaling>& all) {
  std::string text;
  for (const Scaling& scaling : all) {
    text += fmt::format("\n### {}\n\n", table_cell(title_of(scaling)));
    bool is_head = true;
    for (const Cells& cells : table_of(scaling)) {
      for (const std::string& cell : cells) text += "| " + table_cell(cell) + " ";
      text += is_head ? "|\n| --- | --: | --: | --: | --: | --: | --: | --- |\n" : "|\n";
      is_head = false;
    }
    if (scaling.label) text += "\n" + table_cell(label_text(*scaling.label)) + "\n";
  }
  return text;
}

std::string scaling_html(const std::vector<Scaling>& all) {
  std::string text;
  for (const Scaling& scaling : all) {
    text += fmt::format("<section>\n<h2>{}</h2>\n", markup_text(title_of(scaling)));
    if (scaling.label)
      text += fmt::format("<p class=\"doubt\">{}</p>\n", markup_text(label_text(*scaling.label)));
    text += "<div class=\"scroll\"><table>";
    std::string_view cell = "th";
    for (const Cells& cells : table_of(scaling)) {
      text += "<tr>";
      for (std::size_t i = 0; i < cells.size(); ++i)
        text += fmt::format("<{0}{1}>{2}</{0}>", i < kFirstFigure ? "th" : cell,
                            i < kFirstFigure ? "" : " class=\"n\"", markup_text(cells[i]));
      text += "</tr>\n";
      cell = "td";
    }
    text += "</table></div>\n" + curves_figure(picture_of(scaling)) + "</section>\n";
  }
  return text;
}

}  // namespace ipucnn::reporting
