#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "ipucnn/resolve.h"

namespace ipucnn::resolving {

/// Product of whole numbers; absent when it leaves 64 bits.
std::optional<std::int64_t> product(std::initializer_list<std::int64_t> factors);

/// An effective value as a quantity. Reports K015 when it is set but is no whole number of at least
/// 1; absent then, and when it has no value. Of an empty list that the script takes for no value
/// it is the default.
std::optional<Quantity> quantity_of(const std::optional<Setting>& setting,
                                    const Effective& effective, std::string_view shown,
                                    Diagnostics& out);
/// The same of one that stands somewhere; null: none.
std::optional<Quantity> quantity_of(const Setting* setting, const Effective& effective,
                                    std::string_view shown, Diagnostics& out);

/// The effective value of a key, as Effective::setting() gives it; `made` keeps what no layer sets.
/// Null when there is none.
const Setting* in_force(const Effective& effective, const Settings& settings, FactName key,
                        std::optional<Setting>& made);

/// The value the preset or the default gives, whatever stronger layers say.
std::optional<Setting> own_value(const Effective& effective, const Settings& settings,
                                 FactName key);

/// True when a layer above the preset sets the key: the user, a job, a profile.
bool is_asked(const Settings& settings, FactName key);

/// A number given to one of our options.
std::optional<Quantity> requested(const std::optional<Word>& word, std::string_view option,
                                  Diagnostics& out);

/// Number of pipeline stages: entries of the splits value + 1. Absent without an option for splits.
std::optional<Quantity> stage_count(const Effective& effective, const Settings& settings);

/// IPUs of one replica by the list that maps stages to IPUs: its highest entry + 1. Absent without
/// such an option, or where it is empty or holds something else.
std::optional<Quantity> mapped_ipus(const Setting* mapping);

/// IPUs of one replica by the preset's own values.
/// Whether the script splits the model at all, the binding's `when`.
bool splits_model(const Effective& effective);
/// IPUs of a replica that holds the whole model, in stages or not.
std::optional<std::int64_t> own_ipus_of_model(const Effective& effective, const Settings& settings,
                                              Diagnostics& out);
/// The preset's own replicas; of a script whose replicas share the IPUs of others (`spread`), as
/// many as fit there when it has no number.
std::optional<Quantity> own_replicas(const Effective& effective, const Settings& settings,
                                     Diagnostics& out);
std::optional<std::int64_t> own_ipus_per_replica(const Effective& effective,
                                                 const Settings& settings, Diagnostics& out);

/// True when a preset that only the application knows is given to its own option: what it sets is
/// not known here.
bool names_unread_preset(const AppSchema& schema, const Settings& settings);

/// Python's round(numerator / denominator): half to even.
std::int64_t round_half_even(std::int64_t numerator, std::int64_t denominator);
bool is_power_of_two(std::int64_t n);

/// The powers of two nearest to a number of at least 1: the largest that is not above it, and the
/// next. Unsigned, as the next of a number of 63 bits needs 64.
struct PowersAround {
  std::uint64_t below = 1;
  std::uint64_t above = 2;
};
PowersAround powers_around(std::int64_t n);

/// The divisors of a number of at least 1, smallest first. Of a number beyond 2^40 only those that
/// are at most 2^20, or are left when it is divided by such a one: no machine needs more, and the
/// search ends.
std::vector<std::int64_t> divisors(std::int64_t n);

}  // namespace ipucnn::resolving
