#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "ipucnn/imported_job.h"

// What the composition is made of.
namespace ipucnn::job {

/// A scalar as a word; absent for null and anything else.
std::optional<Word> word_of(Node value);

/// The value of `defaults:`, which adds to everything but a command that was read.
std::optional<Word> usual(const JobRequest& request, const Catalog& catalog, std::string_view key);

/// The job of a request, by its name or as it was read; absent without one.
Entry find_job(const JobRequest& request, const Catalog& catalog);

/// FILE:LINE of a command that was read.
std::string place_of(const ImportedJob& command, const Sources& sources);

/// Marks those of the suppressions that a job was given which it used.
void mark_used(const Job& job, std::vector<Suppression>& suppressions);

/// Fills in what the request leaves open. `job` is flat.
void take_job(const FlatProfile& job, JobRequest& request);

/// Each request once for every combination of its sweeps' values. Empty when an error was reported.
std::vector<JobRequest> sweep(std::vector<JobRequest> requests, Diagnostics& out);

/// Micro batch and accumulation that a point of a sweep needs beside its values, as the solver
/// chooses them: where it is illegal without, or has not the global batch that it is to have
/// (`kept`; absent: its own). Absent where it is good as it is, or nothing helps.
struct SweptFigures {
  std::optional<JobRequest> request;  ///< with these figures; absent: there are none
  std::string why_none;               ///< empty where nothing was asked of the solver
  std::optional<Span> rival{};        ///< a word that gives what is swept
};
/// `seen` is the request as it stands, `open` the same for the solver.
SweptFigures solve_swept(const JobRequest& request, const JobPoint& seen, const JobPoint& open,
                         std::optional<std::int64_t> kept);
/// The request without what the solver chooses, for `open`.
JobRequest for_solver(const JobRequest& request, const JobPoint& seen);

/// Whether a site is given by a path rather than by its name.
bool is_path(std::string_view site);

/// The site of a request: a named one, or the only one of its file. Absent without one; absent and
/// reported when there is none of that name.
struct FoundSite {
  Entry entry;
  bool good = true;
};
FoundSite find_site(const JobRequest& request, const Catalog& catalog, const Surroundings& around,
                    Diagnostics& out);

/// The folder of the application's scripts: --app-dir, else the site's.
struct FoundFolder {
  Word path;
  bool named = false;
};
std::optional<FoundFolder> find_folder(const JobRequest& request, Entry site);

/// What is meant by the words of a request without axes.
struct Choice {
  const AppSchema* schema = nullptr;
  std::optional<PresetRef> preset;
  PurposeSpec purpose;
  std::optional<PurposeSpec> next;
  Entry site;
  Entry profile;
};
/// Absent when it was reported what is wrong. `preset_at` is set as soon as the preset is known.
std::optional<Choice> choose(const JobRequest& request, const Descriptors& descriptors,
                             const Surroundings& around, Span& preset_at, Diagnostics& out);

/// Values of one step. Null when that was reported.
std::unique_ptr<JobStep> make_step(const JobRequest& request, const Choice& choice,
                                   const PurposeSpec& purpose, const Catalog& catalog,
                                   const Surroundings& around, const JobStep* before,
                                   Occasion occasion, Extent extent, Diagnostics& out);

/// Lets the second step start from what the first writes: in a folder of the point's own, where
/// nobody names one.
void hand_on(const JobPoint& point, const Choice& choice, JobStep& from, JobStep& to);

/// The step that compiles what `train` will run, without IPUs. Null when that was reported: the
/// script has no such mode.
std::unique_ptr<JobStep> make_compilation(const JobRequest& request, const Choice& choice,
                                          const JobStep& train, const Catalog& catalog,
                                          const Surroundings& around, Occasion occasion,
                                          Diagnostics& out);
/// The same as a plan has it.
Step compilation_step(const JobStep& step, PlanDetail detail);

/// Target, launch settings and arithmetic of a step. False when that was reported.
bool find_figures(JobStep& step, Diagnostics& out);

/// What is to be said of a command that was read: not again what it cannot be judged by, and of a
/// value that only a start can tell, that it is not judged.
Diagnostics of_command(const ReadCommand& command, const Diagnostics& found);

/// With --keep: what a validation on the new machine would leave out, though nobody asked for one.
void preview_validation(const JobRequest& request, const Choice& choice, const JobPoint& point,
                        const Catalog& catalog, const Surroundings& around, Occasion occasion,
                        Diagnostics& out);

}  // namespace ipucnn::job
