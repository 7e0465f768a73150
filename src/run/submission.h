#pragma once

#include <chrono>
#include <string>

// What is known of a submission by a process of ours that nobody was told the outcome of.
namespace ipucnn::running {

/// Longer than this no program that submits is waited for.
constexpr std::chrono::seconds kToSubmit(120);

/// Notes in the place of a try, on disk, that it is about to be submitted by this host.
bool note_submission(const std::string& place, std::string& error);
bool was_submission_begun(const std::string& place);
/// Whether a program that submits it may still be at it, which has this text at the end of one of
/// its words and outlived its ipucnn: one of this host is seen; one of another host cannot be, and
/// is given `kToSubmit` from when it was noted.
bool may_be_submitting(const std::string& place, const std::string& word_end);

}  // namespace ipucnn::running
