#pragma once

#include <string>
#include <string_view>

#include "ipucnn/catalog.h"
#include "ipucnn/check.h"

namespace ipucnn {

/// What `show` prints. Texts fit 80 columns as far as names allow; JSON names its schema.
enum class ViewFormat : std::uint8_t { Text, Json };

std::string show_presets(const Catalog& catalog, ViewFormat format);
std::string show_targets(const Catalog& catalog, ViewFormat format);
std::string show_apps(const Catalog& catalog, ViewFormat format);
std::string show_sites(const Catalog& catalog, ViewFormat format);
std::string show_profiles(const Catalog& catalog, ViewFormat format);
std::string show_files(const Catalog& catalog, const Sources& sources, ViewFormat format);

/// One preset as it is in force: values, geometry, batch. `defaults` adds options nobody set.
std::string show_job(const CheckInput& in, const Sources& sources, bool defaults,
                     ViewFormat format);

/// Settings as YAML that reads back as the same values.
std::string resolved_yaml(const Settings& settings);

/// Every setting with its origin and its losers, schema ipucnn.explain/1.
std::string explain_json(const Settings& settings, const Sources& sources);

}  // namespace ipucnn
