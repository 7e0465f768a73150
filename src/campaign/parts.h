#pragma once

#include <string>
#include <vector>

#include "ipucnn/campaign.h"
#include "ipucnn/report.h"

namespace ipucnn::campaigning {

/// The figures of a case over its starts that are done, by their reports.
std::vector<FigureResult> figures_of(const CaseWork& one,
                                     const std::vector<std::vector<StepReport>>& starts);

/// A figure, its interval and what is expected of it, for people; a dash for none.
std::string value_text(const FigureResult& figure);
std::string interval_text(const FigureResult& figure);
std::string fulfilment_text(const FigureResult& figure);
/// With what it is of the values, where it is not their mean.
std::string figure_name(const FigureResult& figure);

using Row = std::vector<std::string>;
/// Which columns a table has.
struct Columns {
  bool old_tool = false;  ///< what examples_utils prints
  bool bounds = false;    ///< what is expected
};
Columns columns_of(const CampaignResults& results, bool old_tool);
Row head_of(Columns columns);
/// A line for each figure of a case, or one for a case without any.
std::vector<Row> rows_of(const CaseResult& result, Columns columns);
/// A line for a case that was not run, each start that has no figures, each figure that is missing
/// and each doubt.
std::string troubles_text(const CaseResult& result);
/// What is to be said of figures that are of no machine, in a line; empty otherwise.
std::string labels_text(const CampaignResults& results);

}  // namespace ipucnn::campaigning
