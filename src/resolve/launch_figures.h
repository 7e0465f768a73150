#pragma once

#include <optional>
#include <string_view>

#include "ipucnn/geometry.h"
#include "ipucnn/launch_settings.h"
#include "ipucnn/schema.h"

namespace ipucnn::resolving {

/// The launcher asked for, else the first of the purpose's that the target has; every target can
/// start a program without any.
std::string_view launcher_in_use(const PurposeSpec& purpose, const LaunchSettings& launch);

/// A launch setting that is a figure. Reports K015 for a number that is none; what is no number at
/// all was reported when the settings were read.
std::optional<Quantity> launch_figure(const LaunchSettings& launch, std::string_view key,
                                      Diagnostics& out);

}  // namespace ipucnn::resolving
