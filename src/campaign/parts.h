#pragma once

#include <string>
#include <vector>

#include "ipucnn/campaign.h"
#include "ipucnn/report.h"

namespace ipucnn::campaigning {

/// The figures of a case over its starts that are done, by their reports.
std::vector<FigureResult> figures_of(const CampaignCase& one,
                                     const std::vector<std::vector<StepReport>>& starts);

/// A figure, its interval and what is expected of it, for people; a dash for none.
std::string value_text(const FigureResult& figure);
std::string interval_text(const FigureResult& figure);
std::string fulfilment_text(const FigureResult& figure);

}  // namespace ipucnn::campaigning
