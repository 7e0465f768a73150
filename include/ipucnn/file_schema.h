#pragma once

#include <string_view>
#include <vector>

#include "ipucnn/catalog.h"

namespace ipucnn {

enum class FieldKind : std::uint8_t { Text, Number, Real, Flag, List, TextMap, Any };

/// One key that an entry of our files may have.
struct Field {
  std::string_view key;
  FieldKind kind;
  std::string_view about;
};

/// Keys of an entry of this section; empty for sections whose entries are not listed (presets,
/// jobs, applications).
std::vector<Field> fields_of(Section section);

/// Holds a file of ours to the shapes above: Y009 for a key that nothing reads, Y005 for a value of
/// the wrong form. False when it added an error.
bool check_file_schema(const Tree& tree, Diagnostics& out);

}  // namespace ipucnn
