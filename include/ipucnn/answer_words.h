#pragma once

#include <string>
#include <vector>

#include "ipucnn/job.h"
#include "ipucnn/solve.h"

namespace ipucnn {

/// What has to be said beside a request's own words so that its step has the figures of an answer.
struct AnswerWords {
  bool names_ipus = false;  ///< the step would fill the machine, and the answer does not
  std::vector<std::string> overrides{};  ///< options of the application, flag and value
};
AnswerWords answer_words(const JobStep& step, const Answer& answer);

/// Why the job that these words give is not the answer; empty where it is.
std::string why_not_answer(const Job& job, const Answer& answer);

}  // namespace ipucnn
