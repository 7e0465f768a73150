#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/source.h"

namespace ipucnn {

enum class Severity : std::uint8_t { Note, Warning, Error };

enum class FindingId : std::uint16_t {
#define FINDING(id, name, severity, summary) id,
#include "ipucnn/findings.def"
#undef FINDING
};

/// What the table in findings.def says of an id.
struct FindingInfo {
  std::string_view id;
  std::string_view name;
  Severity severity;
  std::string_view summary;
};

const FindingInfo& finding_info(FindingId id);
std::string_view severity_name(Severity severity);

struct Note {
  std::string text;
  Span at;
};

/// One finding. The message is one fact without advice, notes show other places, help is the
/// remedy.
struct Diagnostic {
  FindingId id;
  Severity severity;
  std::string message;
  Span at;
  std::vector<Note> notes;
  std::string help;
};

/// Append only; order and merging happen when findings are shown.
class Diagnostics {
 public:
  /// Adds a finding with the severity of its id and returns it, so that notes and help can follow.
  /// The reference holds until the next finding is added.
  Diagnostic& add(FindingId id, Span at, std::string message);

  /// True when a finding of error severity is among them.
  bool has_errors() const;

  const std::vector<Diagnostic>& all() const { return all_; }
  std::vector<Diagnostic>& all() { return all_; }

  /// In order of place, equal findings (id, place, message) only once.
  std::vector<Diagnostic> sorted() const;

 private:
  std::vector<Diagnostic> all_;
};

}  // namespace ipucnn
