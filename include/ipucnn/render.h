#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/diagnostic.h"
#include "ipucnn/source.h"

namespace ipucnn {

struct RenderStyle {
  bool color = false;
  std::size_t width = 80;  ///< columns; a longer source line is cut around what is pointed at
};

/// Findings and what they are about.
struct FindingReport {
  const Diagnostics& findings;
  const Sources& sources;
  RenderStyle style{};
  std::vector<std::string> checked{};  ///< names of what was looked at, as in found_in
  std::string version{};               ///< of the program
  /// A file's name as tools of a repository know it; none: as it is.
  std::function<std::string(std::string_view)> path{};
};

/// Names of the formats, for help and messages.
std::vector<std::string_view> render_formats();

/// The report in one format (one of render_formats); absent for an unknown one.
std::optional<std::string> render(const FindingReport& report, std::string_view format);

// The same formats for what is no finding.

struct TestFailure {
  std::string type;
  std::string message;
  std::string text;
};
struct TestCase {
  std::string name;
  std::vector<TestFailure> failures{};
  std::string output{};   ///< what else there is to say
  std::string skipped{};  ///< why it was not held to anything; empty: it was
};
/// JUnit's XML of one suite.
std::string junit_text(std::string_view suite, std::string_view classname,
                       const std::vector<TestCase>& cases);
/// The same of so many, each asked for by its place, twice, and written when it was made.
void junit_text(std::string_view suite, std::string_view classname, std::size_t count,
                const std::function<TestCase(std::size_t)>& test,
                const std::function<void(std::string_view)>& out);

/// A workflow command of GitHub that belongs to no file.
std::string github_text(Severity severity, std::string_view title, std::string_view message);

/// Findings for people: place, severity, id, message, the source line with a caret, notes, help.
std::string render_text(const Diagnostics& findings, const Sources& sources, RenderStyle style);

}  // namespace ipucnn
