#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ipucnn/catalog.h"
#include "ipucnn/diagnostic.h"
#include "ipucnn/source.h"
#include "ipucnn/tree.h"

namespace ipucnn::testing {

/// Findings as people see them.
std::string text_of(const Diagnostics& findings, const Sources& sources);

/// One file's text, read. `file.yml` is what findings call it.
struct Loaded {
  explicit Loaded(std::string text);
  Node top() const { return document ? root(document->tree) : Node{}; }

  Sources sources;
  Diagnostics findings;
  std::unique_ptr<Document> document;
};

/// The program in this process, in an empty folder that holds `ipucnn.yml`.
class TestJob {
 public:
  explicit TestJob(std::string_view project_file);
  TestJob(const TestJob&) = delete;
  TestJob& operator=(const TestJob&) = delete;
  ~TestJob();

  /// Runs the program with these words; blanks part them. `more` follow as they are.
  TestJob& run(std::string_view words, const std::vector<std::string>& more = {});
  /// A variable of the launching environment.
  TestJob& set(std::string name, std::string value);

  int status = -1;
  std::string out;
  std::string err;

 private:
  std::string folder_;
  std::vector<std::pair<std::string, std::string>> variables_;
};

}  // namespace ipucnn::testing
