// JUnit's XML: a test case for each thing that was checked.
#include <fmt/format.h>

#include <string_view>
#include <unordered_map>
#include <vector>

#include "render/renderers.h"

namespace ipucnn::rendering {
namespace {

std::string escaped(std::string_view raw) {
  std::string out;
  for (const char c : printable_lines(raw)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\n':
        out += "&#10;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

class Suite {
 public:
  explicit Suite(const FindingReport& report) : report_(report) {}

  std::string run() {
    std::unordered_map<std::string_view, Findings> of_subject;
    // What belongs to no preset: files that could not be read as such, unused leaves.
    Findings of_files;
    for (const Diagnostic* d : report_.findings.sorted()) {
      if (d->found_in.empty()) of_files.push_back(d);
      for (const std::string& name : d->found_in) of_subject[name].push_back(d);
    }
    for (const std::string& name : report_.checked) test_case(name, of_subject[name]);
    test_case("files", of_files);
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
        "  <testsuite name=\"ipucnn check\" tests=\"{}\" failures=\"{}\" errors=\"0\">\n{}"
        "  </testsuite>\n</testsuites>\n",
        tests_, failures_, cases_);
  }

 private:
  using Findings = std::vector<const Diagnostic*>;

  void test_case(const std::string& name, const Findings& findings) {
    std::string failures;
    std::string others;
    for (const Diagnostic* const found : findings) {
      const Diagnostic& d = *found;
      const std::string place = d.at.line == 0 ? ""
                                               : fmt::format("{}:{}:{}: ", file_name(report_, d.at),
                                                             d.at.line, d.at.column);
      const std::string text = place + plain_text(d, report_.sources);
      if (d.severity == Severity::Error)
        failures += fmt::format("      <failure type=\"{}\" message=\"{}\">{}</failure>\n",
                                finding_info(d.id).id, escaped(d.message), escaped(text));
      else
        others +=
            fmt::format("{}[{}]: {}\n", severity_name(d.severity), finding_info(d.id).id, text);
    }
    ++tests_;
    failures_ += failures.empty() ? 0 : 1;
    cases_ += fmt::format("    <testcase classname=\"ipucnn.check\" name=\"{}\"", escaped(name));
    if (!others.empty())
      failures += fmt::format("      <system-out>{}</system-out>\n", escaped(others));
    cases_ += failures.empty() ? "/>\n" : ">\n" + failures + "    </testcase>\n";
  }

  const FindingReport& report_;
  std::string cases_;
  int tests_ = 0;
  int failures_ = 0;
};

}  // namespace

std::string render_junit(const FindingReport& report) { return Suite(report).run(); }

}  // namespace ipucnn::rendering
