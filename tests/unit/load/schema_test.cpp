// Descriptors that extend others, and the ways to spell an option.
#include "ipucnn/schema.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "unit/support/test_job.h"

namespace ipucnn {
namespace {

using testing::text_of;

constexpr std::string_view kFile = R"(applications:
  app@1:
    title: first
    directory: all
    unknown_keys: refused
    purposes:
      train: {script: t.py}
      test: {script: other.py, preset: false}
    scripts: {t.py: {}, other.py: {directory: elsewhere}}
    quantities: {}
    options:
      a: {flag: --a, short: -a, type: int, required: true, scripts: [t.py]}
      b: {flag: --b, type: switch, negative: --nob}
      c: {flag: --c, type: int, only_with: {a: ['1']}}
  app@2:
    extends: app@1
    title: second
    options:
      a: {flag: --alpha, short: null, required: null, scripts: null}
      c: null
      d: {flag: --d, type: str, required: true}
  app@3: {extends: app@2, options: {a: null}}
  loop@1: {extends: loop@2}
  loop@2: {extends: loop@1}
  none@1: {extends: nobody@1}
  bare@1: {purposes: {}, options: {}}
)";

/// The descriptor of an application, or what was said.
struct Described {
  explicit Described(std::string_view id) : catalog(sources) {
    Diagnostics judged;  // of the whole file; tests/unit/load/descriptor_reader_test.cpp
    catalog.add(sources, sources.add("a.yml", std::string(kFile)), Layer::Named, {}, judged);
    schema = AppSchema::load(catalog, catalog.find_application(parse_app_id(id)), findings);
  }
  /// Keys and flags of what `list` gives: "a --a, b --b".
  std::string listed(const std::vector<OptionSpec>& list) const {
    std::string out;
    for (const OptionSpec& option : list)
      out += std::string(out.empty() ? "" : ", ") + std::string(option.key) + " " +
             std::string(option.flag) + (option.stores ? "" : " off");
    return out;
  }
  std::string options() const { return listed(schema->options({}, facts)); }
  std::string said() const { return text_of(findings, sources); }

  const Facts facts = [](std::string_view key) {
    return key == "a" ? std::optional<std::string_view>("1") : std::nullopt;
  };
  Sources sources;
  Diagnostics findings;
  Catalog catalog;
  std::optional<AppSchema> schema;
};

TEST(Descriptor, TakesEachFieldFromTheNearestThatHasIt) {
  const Described second("app@2");
  EXPECT_EQ(second.schema->node().find_text("title"), "second");
  EXPECT_EQ(second.schema->node().find_text("unknown_keys"), "refused");
  EXPECT_EQ(second.schema->id(), "app@2");
  const Described third("app@3");
  EXPECT_EQ(third.schema->node().find_text("title"), "second");
  EXPECT_EQ(third.schema->purposes().size(), 2U);
}

TEST(Descriptor, ReplacesAddsAndTakesOutOptions) {
  EXPECT_EQ(Described("app@1").options(), "a --a, b --b, c --c");
  EXPECT_EQ(Described("app@2").options(), "a --alpha, b --b, d --d");
  EXPECT_EQ(Described("app@3").options(), "b --b, d --d");
}

TEST(Descriptor, FindsOneOptionAsItListsThem) {
  for (const std::string_view id : {"app@1", "app@2", "app@3"}) {
    const Described app(id);
    for (const std::string_view key : {"a", "b", "c", "d", "e"}) {
      std::string listed;
      for (const OptionSpec& option : app.schema->options({}, app.facts))
        if (option.key == key) listed = option.flag;
      const auto found = app.schema->option(key, {}, app.facts);
      EXPECT_EQ(found ? found->flag : "", listed) << id << " " << key;
      EXPECT_EQ(app.schema->knows_key(key), !listed.empty()) << id << " " << key;
    }
  }
}

TEST(Descriptor, RequiresWhatTheNearestRequires) {
  const Described first("app@1");
  EXPECT_EQ(first.listed(first.schema->required_options("t.py", first.facts)), "a --a");
  EXPECT_EQ(first.listed(first.schema->required_options("other.py", first.facts)), "");
  const Described second("app@2");
  EXPECT_EQ(second.listed(second.schema->required_options("t.py", second.facts)), "d --d");
}

TEST(Descriptor, GivesEverySpellingOfAnOption) {
  const Described app("app@1");
  EXPECT_EQ(app.listed(app.schema->spellings("t.py", app.facts)),
            "a --a, b --b, c --c, a -a, b --nob off");
}

TEST(Descriptor, KnowsTheFolderOfEachScript) {
  const Described app("app@2");
  EXPECT_EQ(app.schema->purpose("train")->directory, "all");
  EXPECT_EQ(app.schema->purpose("test")->directory, "elsewhere");
  EXPECT_FALSE(app.schema->purpose("test")->has_figures);
}

TEST(Descriptor, ThatExtendsItselfIsAnError) {
  EXPECT_EQ(Described("loop@1").said(),
            "a.yml:24:21: error[K017]: 'loop@1' extends itself\n"
            "      loop@2: {extends: loop@1}\n"
            "                        ^~~~~~\n");
}

TEST(Descriptor, ThatExtendsNothingIsAnError) {
  EXPECT_EQ(Described("none@1").said(),
            "a.yml:25:21: error[K017]: 'none@1' extends 'nobody@1', which does not exist\n"
            "      none@1: {extends: nobody@1}\n"
            "                        ^~~~~~~~\n");
}

TEST(Descriptor, NeedsItsThreeMappings) {
  EXPECT_EQ(Described("bare@1").said(),
            "a.yml:26:3: error[Y005]: the application bare@1 has no mapping `quantities`\n"
            "      bare@1: {purposes: {}, options: {}}\n"
            "      ^~~~~~\n");
}

}  // namespace
}  // namespace ipucnn
