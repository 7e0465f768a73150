#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/plan.h"
#include "ipucnn/record.h"

namespace ipucnn {

/// The checkpoint that a line tells of; absent when it tells of none.
std::optional<std::string> saved_checkpoint(const CheckpointPattern& pattern,
                                            std::string_view line);

/// Where a step can go on.
struct ResumePoint {
  std::string step;
  int number = 1;                        ///< the try that wrote it
  std::string checkpoint;                ///< its path, from the root
  std::string restore;                   ///< what the restore option is given
  std::optional<double> epoch;           ///< that the try had reached when it was saved
  std::optional<double> last_epoch;      ///< that it reached at all
  std::vector<std::string> passed_over;  ///< newer ones of which not all is there
};

/// The newest complete checkpoint that the tries of a step told of in their logs, those of the last
/// try first. A path that is not from the root counts from where the try's script was started.
/// `error` says why there is none.
std::optional<ResumePoint> find_checkpoint(const KeptRun& run, const Step& step,
                                           std::string& error);

/// "from ckpt-40 of train, try 1; epochs 3.20 to 3.70 are lost": for people.
std::string resume_text(const ResumePoint& point);

/// A plan that goes on with what a run has left.
struct Resumption {
  JobPlan plan;
  std::size_t first_step = 0;  ///< the one that goes on
  RunOrigin origin;
  std::string says;  ///< from where, and what is lost; for people
};

/// `plan` going on with what `from` has left: its first step that is not done, from its newest
/// checkpoint where it writes some. `error` says why it cannot: nothing is left to do, there is no
/// checkpoint, or batch or schedule differ.
std::optional<Resumption> resume_run(const KeptRun& from, JobPlan plan, std::string& error);

/// The same with the newest run below a folder that was of the same application, preset and job,
/// and of the same name if there is one. Absent without `error` where no run has left a checkpoint.
std::optional<Resumption> resume_newest(const std::string& parent, const JobPlan& plan,
                                        const std::optional<std::string>& name, std::string& error);

/// Whether the newest such run below a folder did not come to its end: what it wrote is then its
/// own to write anew.
bool was_left_off(const std::string& parent, const JobPlan& plan,
                  const std::optional<std::string>& name);

/// The inputs of a plan whose files are not what they were, each with what became of it. A path
/// that is not from the root counts from `folder`.
std::vector<std::string> changed_inputs(const JobPlan& plan, const std::string& folder);

}  // namespace ipucnn
