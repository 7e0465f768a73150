#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "ipucnn/catalog.h"
#include "ipucnn/schema.h"

namespace ipucnn {

namespace load {
using Bindings = std::array<Binding, kQuantityCount>;

/// Reads a descriptor's `quantities`; what is not bound there stays as it is.
void read_bindings(Node bound, Bindings& bindings);
/// Looks up which options the keys are.
void number_keys(const AppTable& table, Bindings& bindings);
}  // namespace load

/// Samples of a weight update by a preset alone; absent where it leaves the micro batch open, or
/// says of a factor what is no whole number. `binding_of` gives what a quantity is bound to,
/// `value_of` what the preset says of a key, absent where it says nothing.
std::optional<std::int64_t> preset_batch(
    const std::function<const Binding&(QuantityName)>& binding_of,
    const std::function<Node(std::string_view)>& value_of);

/// The same of a preset's mapping, as it was worked out when the program was built. Null for one
/// that is not built in, and where a file of the user's changes the application.
const std::optional<std::int64_t>* built_in_batch(const Catalog& catalog, const Entry& application,
                                                  Node preset);

}  // namespace ipucnn
