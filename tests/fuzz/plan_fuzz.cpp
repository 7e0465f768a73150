// Any bytes as a plan: refused with a place, or a plan that is read back as the same.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "ipucnn/emit.h"
#include "ipucnn/plan.h"

// libFuzzer looks for this name.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string error;
  const std::string text(data, data + size);
  const auto plans = ipucnn::read_plans(text, error);
  if (plans.empty() == error.empty()) std::abort();
  if (plans.empty()) return 0;
  if (ipucnn::read_plans(emit(plans, "json")->front().text, error) != plans) std::abort();
  return 0;
}
