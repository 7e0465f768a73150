#pragma once

#include <optional>
#include <string_view>

#include "check/rule_facts.h"

namespace ipucnn::checking {

/// Figures that rules ask for by words, beside the options of the application:
///   launcher, purpose, generation                        texts
///   stages, total replicas, replicas of a process, IPUs per replica, instances, hosts,
///   micro batch, accumulation, global batch              the geometry
///   training samples, validation samples                 of the data set in use
///   samples of a step                                    micro batch x replicas
///   updates per epoch, updates in the run, updates per log line, updates per call
///   host steps per epoch                                 PopTorch: with device iterations
///   loss scale steps                                     doublings to the final loss scale + 1
/// The number of one, below figure_count(); absent for any other word.
std::optional<std::size_t> figure_number(std::string_view words);
std::size_t figure_count();

/// State Unknown when an input is not known.
Fact figure_fact(std::size_t number, RuleFacts& facts);

/// That of a name which is nothing we know.
Fact unknown_fact();

}  // namespace ipucnn::checking
