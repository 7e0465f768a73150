#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/tree.h"

namespace ipucnn::importing {

/// The marks of a template's `{{ .. }}` in a text that is masked: as many bytes as they stand for.
inline constexpr std::string_view kOpenMask = "\xC2\xAB";
inline constexpr std::string_view kCloseMask = "\xC2\xBB";

/// A text that is YAML once a program has filled it in (Helm, Jinja), or JSON with comments, as
/// plain YAML: every byte that stays stands where it was. What a template decides is taken out, and
/// all of its branches stay.
std::string masked_yaml(std::string_view text);

/// Whether a masked text may have `masked` where `written` stands.
bool may_mask(char written, char masked);

/// Each document of a YAML file of other programs, masked where it is no YAML as it stands. Where a
/// template cannot be read even so it says that (L072), and nothing of it is judged. The documents
/// view `masked`, which is empty at first.
std::vector<std::unique_ptr<Document>> read_documents(const Sources& sources, SourceId source,
                                                      std::string& masked, Diagnostics& out);

}  // namespace ipucnn::importing
