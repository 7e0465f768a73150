#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ipucnn/source.h"

namespace ipucnn {

enum class Severity : std::uint8_t { Note, Warning, Error };

enum class FindingId : std::uint16_t {
#define FINDING(id, name, severity, on, allowance, summary) id,
#include "ipucnn/findings.def"
#undef FINDING
};

/// On which occasions a finding counts: occasion.h has the table.
enum class FindingClass : std::uint8_t { Always, Start, WholeJob, Figures, Files };

/// Whether a finding may be allowed.
enum class Allowance : std::uint8_t { May, Never };

/// What the table in findings.def says of an id.
struct FindingInfo {
  std::string_view id;
  std::string_view name;
  Severity severity;
  FindingClass finding_class;
  Allowance allowance;
  std::string_view summary;
};

const FindingInfo& finding_info(FindingId id);
/// Every id, in the table's order.
std::vector<std::string_view> finding_ids();
std::string_view severity_name(Severity severity);

struct Note {
  std::string text;
  Span at;
};

/// Puts a text in the place of a stretch of a line.
struct Edit {
  Span at;
  std::string text;
  /// What its reader took for what stands there, quotes apart; empty: whatever it is.
  std::string old{};
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
  std::vector<Edit> fix;              ///< does what help says; empty where that is not certain
  std::vector<std::string> found_in;  ///< the presets it was found in, when several are checked
};

/// Append only; order and merging happen when findings are shown.
class Diagnostics {
 public:
  /// Adds a finding with the severity of its id and returns it, so that notes and help can follow.
  /// The reference holds until the next finding is added.
  Diagnostic& add(FindingId id, Span at, std::string message);
  void add(Diagnostic finding) { all_.push_back(std::move(finding)); }
  void add(const Diagnostics& others);

  /// True when a finding of error severity is among them.
  bool has_errors() const;

  const std::vector<Diagnostic>& all() const { return all_; }

  /// The same with one finding for those that share id, severity and place but were found in
  /// different presets; the first one's words stay.
  Diagnostics merged_presets() const;

  /// In order of place, equal findings (id, place, message) only once. They hold until the next
  /// finding is added.
  std::vector<const Diagnostic*> sorted() const;

 private:
  void merge_presets();
  /// Marks in `merged` those of one place that were added to an earlier one.
  void merge_place(const std::vector<std::size_t>& same_place, std::vector<bool>& merged);

  std::vector<Diagnostic> all_;
};

}  // namespace ipucnn
