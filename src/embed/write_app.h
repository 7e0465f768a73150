#pragma once

#include <map>
#include <string>
#include <vector>

#include "embed/shared_records.h"
#include "ipucnn/catalog.h"
#include "ipucnn/diagnostic.h"

namespace ipucnn::embed {

/// What stands once for all applications.
struct SharedArrays {
  std::map<std::string, std::string> names;  ///< of arrays, by their type and rows
  std::vector<std::string> merged;           ///< arrays of merged nodes, by their number
  SharedRecords records;
};

/// C++ of constant tables for nodes.
std::string node_array(const std::string& name, const Tree& tree);

/// C++ of one application: its constants, and the row of kApps that shows them.
struct WrittenApp {
  std::string constants;
  std::string row;
};

/// Lays an application over what it extends and reads it, as a start would otherwise do. `files`
/// are the trees of the built-in files in their order, `parts` the applications that they bring.
/// `shared` knows the arrays that stand already, and gets what the application adds. Reports what
/// is wrong, and is empty then.
std::optional<WrittenApp> write_app(const std::vector<const Tree*>& files,
                                    const std::vector<Node>& parts, const Entry& entry,
                                    std::size_t number, SharedArrays& shared, Diagnostics& out);

}  // namespace ipucnn::embed
