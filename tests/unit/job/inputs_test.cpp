// What a job needs is read once, whatever it is called by.
#include <gtest/gtest.h>

#include <map>

#include "ipucnn/check_subjects.h"
#include "ipucnn/job_inputs.h"
#include "ipucnn/mended.h"

namespace ipucnn {
namespace {

/// Files of a test's own; "./x" is "x".
struct FakeReader final : InputReader {
  std::optional<std::string> read(const std::string& path, std::string& error) override {
    asked.push_back(path);
    if (const auto it = files.find(path); it != files.end()) return it->second;
    error = "cannot read " + path;
    return std::nullopt;
  }
  bool is_same(std::string_view path, const std::string& other) override {
    return plain(path) == plain(other);
  }
  FolderText below(const std::string& /*folder*/) override {
    return [](const std::string&) { return std::nullopt; };
  }
  static std::string plain(std::string_view path) {
    return std::string(path.starts_with("./") ? path.substr(2) : path);
  }
  std::map<std::string, std::string> files{};
  std::vector<std::string> asked{};
};

constexpr const char* kPresets =
    "presets:\n  tensorflow1_cnns@2.3:\n    mine: {extends: mk2_resnet50_gn_16ipus, epochs: 2}\n";

JobRequest request_with(const std::string& file) {
  JobRequest request;
  request.preset = Word{"mine", {}};
  request.presets = {{file, {}}};
  return request;
}

TEST(Inputs, ReadAFileOnceUnderAllItsSpellings) {
  JobInputs inputs;
  FakeReader reader;
  reader.files["ipucnn.yml"] = kPresets;
  std::string unread;
  EXPECT_TRUE(read_inputs(inputs, {{{"ipucnn.yml", {}}, Layer::Project, {}, {}}},
                          {request_with("./ipucnn.yml")}, reader, unread));
  EXPECT_EQ(std::vector<std::string>{"ipucnn.yml"}, reader.asked);
  EXPECT_EQ(find_read(inputs, "./ipucnn.yml", reader), find_read(inputs, "ipucnn.yml", reader));
  EXPECT_FALSE(find_read(inputs, "other.yml", reader));
}

TEST(Inputs, SayWhatCannotBeReadAndReportWhatIsWrong) {
  JobInputs missing;
  FakeReader reader;
  std::string unread;
  EXPECT_FALSE(read_inputs(missing, {}, {request_with("no.yml")}, reader, unread));
  EXPECT_EQ("cannot read no.yml", unread);
  EXPECT_FALSE(missing.findings.has_errors());
  JobInputs wrong;
  reader.files["no.yml"] = "presets: [1\n";
  unread.clear();
  EXPECT_FALSE(read_inputs(wrong, {}, {request_with("no.yml")}, reader, unread));
  EXPECT_EQ("", unread);
  EXPECT_TRUE(wrong.findings.has_errors());
}

/// What becomes of a text that is named to be checked.
std::string taken(const std::string& name, const std::string& text) {
  JobInputs inputs;
  CheckScope scope;
  const bool good = add_named_text(inputs, scope, {name, {}}, text, std::nullopt);
  std::string what = good ? "" : "wrong ";
  if (!scope.texts.empty()) what += "commands ";
  if (!scope.named.files.empty()) what += "ours ";
  for (const Diagnostic& d : inputs.findings.all())
    what += std::string(finding_info(d.id).id) + " ";
  return what;
}

TEST(NamedTexts, AreToldByNameAndBeginning) {
  EXPECT_EQ("commands ", taken("train.sh", "python3 train.py\n"));
  EXPECT_EQ("ours ", taken("mine.yml", kPresets));
  EXPECT_EQ("ours Y011 ", taken("empty.yml", ""));
  EXPECT_EQ("K003 ", taken("notes.txt", "nothing of ours\n"));
  EXPECT_EQ("K003 ", taken("other.yml", "services: {web: {image: x}}\n"));
}

TEST(Mended, LeavesAFileAloneThatChangedMeanwhile) {
  JobInputs inputs;
  const std::string text = "presets:\n  tensorflow1_cnns@2.3:\n    mine: {epoch: 2}\n";
  const SourceId source = inputs.sources.add("ipucnn.yml", text);
  ASSERT_TRUE(inputs.catalog.add(inputs.sources, source, Layer::Project, {}, inputs.findings));
  Diagnostics findings;
  Diagnostic& d = findings.add(FindingId::K001, {source, 3, 12, 5}, "unknown");
  d.fix.push_back({{source, 3, 12, 5}, "epochs", "epoch"});
  FakeReader reader;
  reader.files["ipucnn.yml"] = text;
  const auto mended = mended_files(findings, inputs, reader);
  ASSERT_EQ(1U, mended.size());
  EXPECT_EQ("presets:\n  tensorflow1_cnns@2.3:\n    mine: {epochs: 2}\n", mended.front().after);
  reader.files["ipucnn.yml"] += "# more\n";
  EXPECT_TRUE(mended_files(findings, inputs, reader).empty());
}

}  // namespace
}  // namespace ipucnn
