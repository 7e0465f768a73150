#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "ipucnn/tree.h"

namespace ipucnn::load {

class PartialText;

/// Fills a document with the nodes of a text, or of parts of it, whose keys are not sorted yet.
/// Null, with the reason reported, where yaml-cpp sees other events than `digest` was made of, or
/// where something is refused.
std::unique_ptr<Document> read_parts(std::string_view text, const PartialText& parts,
                                     SourceId source, std::uint64_t digest,
                                     std::unique_ptr<Document> document, bool foreign,
                                     Diagnostics& out);

}  // namespace ipucnn::load
