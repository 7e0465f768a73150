#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/catalog.h"
#include "ipucnn/check.h"
#include "ipucnn/equivalents.h"
#include "ipucnn/overview.h"
#include "ipucnn/solve.h"

namespace ipucnn {

/// What `show` prints. JSON names its schema. `width` is a terminal's, into which texts are broken
/// as far as names allow; 0: lines are as long as they are.
enum class ViewFormat : std::uint8_t { Text, Json };

/// The words behind `show` that list something, in the order of its help.
std::span<const std::string_view> lists_to_show();
/// The table that such a word names, but for that of presets.
std::string show_list(std::string_view word, const Catalog& catalog, const Sources& sources,
                      ViewFormat format, std::size_t width);
std::string show_presets(const std::vector<PresetRow>& rows, ViewFormat format);

/// "1 site and 2 targets": what files of ours hold beside presets and jobs; empty for nothing.
std::string entries_read(const Catalog& catalog, const std::vector<SourceId>& files);

/// One target, site, profile or job with all it extends, each value with its place.
std::string show_entry(Section section, const Entry& entry, const Sources& sources,
                       ViewFormat format, std::size_t width);

/// One preset as it is in force: values, geometry, batch. `defaults` adds options nobody set.
std::string show_job(const CheckInput& in, const Sources& sources, bool defaults,
                     ViewFormat format);

std::string show_on_targets(const std::vector<OnTarget>& all, ViewFormat format, std::size_t width);

/// What differs between two jobs: options with their effective values, and figures (`= name`).
std::string show_diff(const CheckInput& left, const CheckInput& right, ViewFormat format,
                      std::size_t width);

/// Every value that an option, launch setting or figure could have had, the one in force first.
/// Absent when there is none of that name; a flag or quantity's name does as well as the key.
std::optional<std::string> explain_key(const CheckInput& in, std::string_view asked,
                                       const Sources& sources, ViewFormat format,
                                       std::size_t width);
std::vector<std::string_view> explainable_keys(const CheckInput& in);

/// The best answers as a table, or all of them as JSON (schema ipucnn.solution/1).
std::string show_solution(const Solution& solution, const SolveSpace& space, ViewFormat format);
/// Proposals, what the job's options are there, and the presets that do not fit (schema
/// ipucnn.likeness/1).
std::string show_equivalents(const Equivalents& like, ViewFormat format);

/// A letter and three digits, in either case: a finding's id, known or not.
bool looks_like_id(std::string_view word);
/// What docs/checks.md says of a finding, examples indented; absent when there is no such id.
std::optional<std::string> explain_finding(std::string_view id);

/// JSON Schemas for editors: of our files, and of an application's configs.yml.
/// `applications` are those whose presets are known; a file that describes or changes some itself
/// may hold any.
std::string json_schema_of_own_files(const std::vector<const AppSchema*>& applications);
std::string json_schema_of_configs(const AppSchema& schema);
std::string json_schema_of_descriptor(const Catalog& catalog, const AppSchema& schema);

/// The manual page ipucnn.yml(5): every field that files of ours may hold. The date and the source
/// stand in its margins.
std::string manual_of_files(std::string_view date, std::string_view source);

/// One entry of `jobs:`, with further options of the program.
std::string job_yaml(const Entry& job, const Settings& options);

/// A step's name and what its options are.
struct StepSettings {
  std::string_view step;
  const Settings& settings;
};
/// Every setting of each step with its origin and its losers, schema ipucnn.explain/2.
std::string explain_json(const std::vector<StepSettings>& steps, const Sources& sources);

}  // namespace ipucnn
