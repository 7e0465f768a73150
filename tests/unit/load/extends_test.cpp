// Entries laid over each other: what stays, what changes, and where it stands.
#include "ipucnn/extends.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "unit/support/test_job.h"

namespace ipucnn {
namespace {

using testing::Loaded;
using testing::text_of;

/// Sections of several files, in order.
struct Parts {
  explicit Parts(std::initializer_list<std::string_view> texts) {
    for (const std::string_view text : texts) {
      const SourceId source =
          sources.add(std::string(1, static_cast<char>('a' + documents.size())), std::string(text));
      documents.push_back(load_yaml(sources, source, findings));
      parts.push_back(root(documents.back()->tree));
    }
  }
  /// The last entry of that name, as flow YAML; else what was said.
  std::string merged(std::string_view name) {
    const Node part = parts.back();
    const auto body =
        load::merge_entry(parts, {part.find_key(name), part.find(name)}, tables, findings);
    return body ? flow_text(*body) : text_of(findings, sources);
  }

  Sources sources;
  Diagnostics findings;
  std::vector<std::unique_ptr<Document>> documents;
  std::vector<Node> parts;
  load::MergedTables tables;
};

TEST(Extends, ChangesMappingsByKeyAtEveryDepth) {
  Parts parts({"x: {t: {a: {p: 1, q: [1, 2]}, b: 2}, u: 5}",
               "y: {extends: x, t: {a: {q: [3], r: 4}, c: 6}}"});
  EXPECT_EQ(parts.merged("y"), "{t: {a: {p: 1, q: [3], r: 4}, b: 2, c: 6}, u: 5, extends: x}");
}

TEST(Extends, TakesAwayWhatIsNull) {
  Parts parts(
      {"x: {t: {a: {p: 1}, b: 2}}", "y: {extends: x, t: {a: {p: null}, b: null, z: null}}"});
  EXPECT_EQ(parts.merged("y"), "{t: {a: {}}, extends: x}");
}

TEST(Extends, ReplacesConditionsAndBindingsWhole) {
  Parts parts({"x: {o: {when: {a: 1}}, quantities: {r: {value: s}}}",
               "y: {extends: x, o: {when: {b: null}}, quantities: {r: {stages: p}}}"});
  EXPECT_EQ(parts.merged("y"), "{o: {when: {b: null}}, quantities: {r: {stages: p}}, extends: x}");
}

TEST(Extends, GoesOnThroughAChainAndFiles) {
  Parts parts(
      {"x: {v: {a: 1, b: 1, c: 1}}", "x: {extends: x, v: {b: 2}}\ny: {extends: x, v: {c: 3}}"});
  EXPECT_EQ(parts.merged("x"), "{v: {a: 1, b: 2, c: 1}, extends: x}");
  EXPECT_EQ(parts.merged("y"), "{v: {a: 1, b: 2, c: 3}, extends: x}");
}

TEST(Extends, ChangesRulesByName) {
  Parts parts({"x: {rules: [{option: a, says: 1}, {option: a, says: 2}, {name: n, says: 3}]}",
               "y: {extends: x, rules: {a/1: null, n: {says: 4}, new: {says: 5}}}",
               "z: {extends: y, rules: {new: null}}"});
  EXPECT_EQ(parts.merged("z"), "{rules: [{option: a, says: 2}, {name: n, says: 4}], extends: y}");
}

TEST(Extends, AppliesMergeKeys) {
  Parts parts({"x: {o: {a: {t: 1}}}",
               "y: {extends: x, o: {b: &b {t: 2, u: 3}, c: {<<: *b, u: 4}, a: {<<: *b}}}"});
  EXPECT_EQ(parts.merged("y"),
            "{o: {a: {t: 2, u: 3}, b: {t: 2, u: 3}, c: {t: 2, u: 4}}, extends: x}");
}

TEST(Extends, KeepsPlaces) {
  Parts parts({"x: {o: {a: 1,\n  b: 2}}", "\ny: {extends: x, o: {a: 3}}"});
  const Node part = parts.parts.back();
  const auto body = load::merge_entry(parts.parts, {part.find_key("y"), part.find("y")},
                                      parts.tables, parts.findings);
  ASSERT_TRUE(body);
  const Node own = body->find("o").find("a");
  const Node inherited = body->find("o").find("b");
  EXPECT_EQ(parts.sources.name(own.at().source), "b");
  EXPECT_EQ(own.at().line, 2U);
  EXPECT_EQ(parts.sources.name(inherited.at().source), "a");
  EXPECT_EQ(inherited.at().line, 2U);
}

TEST(Extends, OfNothingOrItselfIsAnError) {
  EXPECT_NE(Parts({"x: {extends: nobody}"}).merged("x").find("K017"), std::string::npos);
  EXPECT_NE(Parts({"x: {extends: x}"}).merged("x").find("no file before"), std::string::npos);
  EXPECT_NE(Parts({"x: {extends: y}\ny: {extends: x}"}).merged("x").find("extends itself"),
            std::string::npos);
}

}  // namespace
}  // namespace ipucnn
