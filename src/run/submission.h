#pragma once

#include <chrono>
#include <optional>
#include <string>

// What is known of a submission by a process of ours that nobody was told the outcome of.
namespace ipucnn::running {

/// Longer than this no program that submits is waited for.
constexpr std::chrono::seconds kToSubmit(120);

/// Notes in the place of a try, on disk, that it is about to be submitted by this host.
bool note_submission(const std::string& place, std::string& error);
bool was_submission_begun(const std::string& place);
/// Names the submission in the queue, so that it is found there by whoever knows its place.
std::string comment_of(const std::string& place);
/// Whether a program that submits it may still be at it, which has this text at the end of one of
/// its words and outlived its ipucnn: one of this host is seen; one of another host cannot be, and
/// is given `kToSubmit` from when it was noted.
bool may_be_submitting(const std::string& place, const std::string& word_end);

/// A try that is submitted as one of several: its place says as which of what.
struct TaskOfArray {
  std::string array;   ///< the place of their submission
  std::string number;  ///< from 0
};
bool note_task(const std::string& place, const TaskOfArray& task, std::string& error);
/// Absent of a try that is submitted by itself.
std::optional<TaskOfArray> task_of(const std::string& place);

}  // namespace ipucnn::running
