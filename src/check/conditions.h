#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "check/rule_facts.h"

namespace ipucnn::checking {

/// Unknown never makes a finding.
enum class Holds : std::uint8_t { No, Yes, Unknown };

/// One `NAME: TEST` of a descriptor's rules (docs/formats.md, rules).
Holds test_holds(std::string_view name, Node test, RuleFacts& facts);

/// All tests of a mapping. An absent mapping holds.
Holds all_hold(Node condition, RuleFacts& facts);

/// The first test of the mapping that does not hold; absent nodes when there is none.
struct FailedTest {
  Node name;
  Node test;
};
FailedTest first_failure(Node condition, RuleFacts& facts);

/// A test as the object of "needs": "ckpts_per_epoch 1", "pipeline", "epoch of at least 4".
std::string wanted(std::string_view name, Node test, RuleFacts& facts);

/// What a known value does wrong: "is above 192", "is not a power of two".
std::string failure(std::string_view name, Node test, RuleFacts& facts);

/// Legal values for the help, the nearest ones where there are several: "at most 192", "4 or 8".
std::string legal_values(std::string_view name, Node test, RuleFacts& facts);

/// The state of a name as a clause: "it is 0", "it is not set", "it is off".
std::string state_text(std::string_view name, RuleFacts& facts);

/// Name and value for a message: "shards 4", "pipeline".
std::string with_value(std::string_view name, RuleFacts& facts);

}  // namespace ipucnn::checking
