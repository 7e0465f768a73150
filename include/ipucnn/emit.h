#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ipucnn {

struct JobPlan;
struct Step;

/// A named text: the bytes that are printed are the bytes that are run, stored or submitted.
struct Artifact {
  std::string name;
  std::string text;
};

/// Names of the formats, for help and messages.
std::vector<std::string_view> emit_formats();

/// The plan in one format (one of emit_formats): one artifact, or one for each step where a format
/// holds a single command. Absent for an unknown format.
std::optional<std::vector<Artifact>> emit(const JobPlan& plan, std::string_view format);

/// Why a plan has no form as a batch script of Slurm; empty when it has.
std::string why_no_batch_script(const JobPlan& plan);

/// What a batch script of ours calls a step; its second word, behind the folder of the step's try,
/// when it is to run one step alone and to keep what becomes of it.
std::string batch_step_name(std::string_view step);

/// What plans have in common that can be tasks of one array of Slurm: what they ask for, and their
/// step. Empty of one that cannot be any: it has several steps, or its site says `array` itself.
std::string batch_array_key(const JobPlan& plan);
/// The script of an array of such plans, this one among them: each task, counted from 0, runs a
/// batch script of its own, and `limit` of them at a time.
std::string batch_array_text(const JobPlan& plan, std::size_t tasks, std::size_t limit);

/// Why a plan has no form as jobs of Kubernetes; empty when it has.
std::string why_no_manifest(const JobPlan& plan);

/// A longer name may keep an IPUJob from its IPUs.
inline constexpr std::size_t kLongestIpujobName = 36;
/// Of them, what is left for a suffix that tells submissions apart.
inline constexpr std::size_t kIpujobSuffix = 9;
/// What an IPUJob of a step is called.
std::string ipujob_name(const JobPlan& plan, const Step& step);
/// Its manifest under this name; the plan has none of why_no_manifest.
std::string ipujob_text(const JobPlan& plan, const Step& step, const std::string& name);

/// Several plans, at least one, that are started one after the other.
std::optional<std::vector<Artifact>> emit(const std::vector<JobPlan>& plans,
                                          std::string_view format);

/// The shell form of a plan as one text.
std::string shell_text(const JobPlan& plan);

/// What the options of each step were, as YAML that reads back as the same values.
std::string resolved_yaml(const JobPlan& plan);

}  // namespace ipucnn
