// JUnit's XML: a test case for each thing that was checked.
#include <fmt/format.h>

#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/escape.h"
#include "render/renderers.h"

namespace ipucnn::rendering {
namespace {

/// Lines of their own in an attribute, where a line feed alone would be read as a blank.
std::string escaped(std::string_view raw) {
  std::string out = markup_text(printable_lines(raw));
  for (std::size_t at = out.find('\n'); at != out.npos; at = out.find('\n', at))
    out.replace(at, 1, "&#10;");
  return out;
}

using Findings = std::vector<const Diagnostic*>;

TestCase test_case(const FindingReport& report, const std::string& name, const Findings& findings) {
  TestCase test{name};
  for (const Diagnostic* const found : findings) {
    const Diagnostic& d = *found;
    const std::string place =
        d.at.line == 0 ? ""
                       : fmt::format("{}:{}:{}: ", file_name(report, d.at), d.at.line, d.at.column);
    const std::string text = place + plain_text(d, report.sources);
    if (d.severity == Severity::Error)
      test.failures.push_back({std::string(finding_info(d.id).id), d.message, text});
    else
      test.output +=
          fmt::format("{}[{}]: {}\n", severity_name(d.severity), finding_info(d.id).id, text);
  }
  return test;
}

std::string case_text(std::string_view classname, const TestCase& test) {
  std::string inside;
  if (!test.skipped.empty())
    inside += fmt::format("      <skipped message=\"{}\"/>\n", escaped(test.skipped));
  for (const TestFailure& failure : test.failures)
    inside += fmt::format("      <failure type=\"{}\" message=\"{}\">{}</failure>\n",
                          escaped(failure.type), escaped(failure.message), escaped(failure.text));
  if (!test.output.empty())
    inside += fmt::format("      <system-out>{}</system-out>\n", escaped(test.output));
  return fmt::format("    <testcase classname=\"{}\" name=\"{}\"{}", escaped(classname),
                     escaped(test.name),
                     inside.empty() ? "/>\n" : ">\n" + inside + "    </testcase>\n");
}

}  // namespace

std::string render_junit(const FindingReport& report) {
  std::unordered_map<std::string_view, Findings> of_subject;
  // What belongs to no preset: files that could not be read as such, unused leaves.
  Findings of_files;
  for (const Diagnostic* d : report.findings.sorted()) {
    if (d->found_in.empty()) of_files.push_back(d);
    for (const std::string& name : d->found_in) of_subject[name].push_back(d);
  }
  std::vector<TestCase> cases;
  for (const std::string& name : report.checked)
    cases.push_back(test_case(report, name, of_subject[name]));
  cases.push_back(test_case(report, "files", of_files));
  return junit_text("ipucnn check", "ipucnn.check", cases);
}

}  // namespace ipucnn::rendering

std::string ipucnn::junit_text(std::string_view suite, std::string_view classname,
                               const std::vector<TestCase>& cases) {
  std::string text;
  junit_text(
      suite, classname, cases.size(), [&](std::size_t i) { return cases[i]; },
      [&](std::string_view more) { text += more; });
  return text;
}

void ipucnn::junit_text(std::string_view suite, std::string_view classname, std::size_t count,
                        const std::function<TestCase(std::size_t)>& test,
                        const std::function<void(std::string_view)>& out) {
  std::size_t failures = 0;
  std::size_t skipped = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const TestCase one = test(i);
    failures += one.failures.empty() ? 0 : 1;
    skipped += one.skipped.empty() ? 0 : 1;
  }
  out(
      fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
                  "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\"{}>\n",
                  rendering::escaped(suite), count, failures,
                  skipped > 0 ? fmt::format(" skipped=\"{}\"", skipped) : ""));
  for (std::size_t i = 0; i < count; ++i) out(rendering::case_text(classname, test(i)));
  out("  </testsuite>\n</testsuites>\n");
}
