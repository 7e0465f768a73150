#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "ipucnn/diagnostic.h"

namespace ipucnn {

// What is looked for in the lines of a step. A plan holds these by value, so that a run and its
// report need nothing else, however its descriptor changes afterwards.

/// What one value of each process makes of a figure that covers a process.
enum class Combine : std::uint8_t { Sum, Mean, Longest };

/// What a benchmark makes of the values of a figure: their mean, the last, the lowest or the first.
enum class Reduction : std::uint8_t { Mean, Final, Min, Value };

/// A figure that a script prints, as it is told from other text.
struct MetricPattern {
  std::string name;
  std::string line;    ///< only lines that hold this; empty: every line
  std::string before;  ///< literal text; blanks between it and the value do not count
  std::string after;   ///< literal text that follows the value at once
  std::string unit;
  bool covers_all = true;          ///< the figure is of all instances, so they are never added up
  std::int64_t discard_first = 0;  ///< values of each instance that do not count

  /// Which end is the better one of values that stand for a checkpoint each, so that nobody wants
  /// their mean: higher or lower; empty: the values are samples of one figure.
  std::string better{};
  std::string at{};  ///< the metric that says of which checkpoint, on the same lines; empty: none

  /// Words of the line over a table in whose rows the value stands, in the column of the word that
  /// `before` leaves out; empty: it stands in no table.
  std::string under{};
  std::int64_t discard_through = 0;  ///< of a table: rows whose first number is at most this

  /// The value with which the run is over, as the option says it that is meant; empty: not known.
  std::string total{};
  Combine combine = Combine::Sum;  ///< of a figure that does not cover all instances
  /// A regular expression (Regex of base) that finds the value in place of the texts around it;
  /// empty: those do.
  std::string regex{};

  bool is_of_checkpoints() const { return !better.empty(); }
  /// How far a run has come, or how good it is there (a share, a count, a loss): such values follow
  /// one another, and have no mean.
  bool is_state() const {
    for (const char* state : {"%", "1", "epochs", "weight updates", "steps", "samples"})
      if (unit == state) return true;
    return false;
  }
  /// A time.
  bool is_duration() const { return unit == "s" || unit == "ms" || unit == "us" || unit == "h"; }
  /// A rate, so that 0 is what a script prints that has done nothing.
  bool is_rate() const { return unit.size() > 2 && unit.compare(unit.size() - 2, 2, "/s") == 0; }
  friend bool operator==(const MetricPattern&, const MetricPattern&) = default;
};

/// What proves that a step did its work, since a script can end well without.
struct ProofPattern {
  enum class Kind : std::uint8_t { ExitStatus, Metric, Text };
  Kind kind = Kind::ExitStatus;
  std::string what;  ///< the metric's name, or the text that has to be printed

  friend bool operator==(const ProofPattern&, const ProofPattern&) = default;
};

/// A part of a run. It lasts until a later one of the list begins.
struct PhasePattern {
  std::string name;
  std::string line;  ///< text of the line that begins it; empty: it begins with the step

  friend bool operator==(const PhasePattern&, const PhasePattern&) = default;
};

/// A line that is known to tell of a trouble, and what is to be said of it.
struct MessagePattern {
  std::string id;
  std::string line;    ///< text that the line holds
  std::string cause;   ///< for people
  std::string remedy;  ///< for people; empty: none is known
  Severity severity = Severity::Error;
  bool may_pass = false;  ///< another try may do without it

  friend bool operator==(const MessagePattern&, const MessagePattern&) = default;
};

/// How a script tells of the checkpoints it writes, and takes them back.
struct CheckpointPattern {
  std::string before;          ///< text in front of the path in the line that tells of one
  std::string after;           ///< text behind the path; empty: it ends with the line
  std::string complete;        ///< a file that is there once it is whole: {value} is the path;
                               ///< empty: nothing tells
  std::string restore_option;  ///< the option that starts from one; empty: none does
  bool restore_takes_folder = false;  ///< that option is given the folder, not the checkpoint
  /// Keys of the options that have to be as they were where a run goes on.
  std::vector<std::string> schedule{};

  friend bool operator==(const CheckpointPattern&, const CheckpointPattern&) = default;
};

/// A csv file to which a script writes figures that it prints as well: a second witness of them.
struct CsvPattern {
  std::string file;  ///< its name
  /// Text around the folder in the line that names it; both empty, or never printed: the step's
  /// output folder.
  std::string before, after;
  /// The metric by which a row and a line are known to be of the same moment, which both give in
  /// full; empty: nothing tells, and they follow one another in the same order.
  std::string rows_by{};
  /// What a row holds: the figures of the first instance, or those of all of them together.
  bool of_all_instances = false;
  std::vector<std::pair<std::string, std::string>> columns{};  ///< of the file, and their metrics

  friend bool operator==(const CsvPattern&, const CsvPattern&) = default;
};

}  // namespace ipucnn
