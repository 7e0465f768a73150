#pragma once

#include "ipucnn/descriptor.h"
#include "ipucnn/schema.h"
#include "view/typed_json.h"

namespace ipucnn::view {

/// 90, 90s, 15m or 1h30m, with these types.
Json duration_schema(std::initializer_list<std::string_view> types);

/// A scalar that a condition may compare an option with.
Json compared_value(const OptionValues& values);

/// What may stand behind an option's key in a preset so that the script takes it as it is meant:
/// every form that the option has for some script, model or schedule. `as_words`: the script reads
/// a preset as the words of a command line.
Json preset_value(Node option, bool as_words);

}  // namespace ipucnn::view
