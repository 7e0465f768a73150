// The records of built-in applications: what the build tool wrote is what the reader reads.
#include "ipucnn/app_table.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "ipucnn/app_reader.h"
#include "ipucnn/extends.h"
#include "ipucnn/schema.h"
#include "load/builtin.h"

namespace ipucnn {
namespace {

template <typename Record>
bool same(std::span<const Record> a, std::span<const Record> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

class EachApplication : public ::testing::Test {
 protected:
  Sources sources_;
  Catalog catalog_{sources_};
  Diagnostics findings_;
};

TEST_F(EachApplication, IsCompiledAsItIsRead) {
  const auto entries = catalog_.entries(Section::Applications);
  ASSERT_EQ(entries.size(), load::builtin_apps().size());
  for (const Entry& entry : entries) {
    SCOPED_TRACE(entry.name.text());
    load::MergedTables merged;
    const auto body =
        load::merge_entry(catalog_.parts(Section::Applications), entry, merged, findings_);
    ASSERT_TRUE(body);
    load::AppArena arena;
    load::read_app(*body, arena);
    const AppTable read = arena.table();
    const auto schema = AppSchema::load(catalog_, entry, findings_);
    ASSERT_TRUE(schema);
    const AppTable& compiled = schema->table();
    EXPECT_TRUE(same(compiled.fields, read.fields));
    EXPECT_TRUE(same(compiled.options, read.options));
    EXPECT_TRUE(same(compiled.forms, read.forms));
    EXPECT_TRUE(same(compiled.cases, read.cases));
    EXPECT_TRUE(same(compiled.rules, read.rules));
    EXPECT_TRUE(same(compiled.purposes, read.purposes));
    EXPECT_TRUE(same(compiled.conditions, read.conditions));
    EXPECT_TRUE(same(compiled.words, read.words));
    EXPECT_TRUE(same(compiled.values, read.values));
    EXPECT_TRUE(same(compiled.names, read.names));
    EXPECT_TRUE(same(compiled.scripts, read.scripts));
    EXPECT_TRUE(same(compiled.script_numbers, read.script_numbers));
    EXPECT_TRUE(same(compiled.slots, read.slots));
    EXPECT_TRUE(same(compiled.required, read.required));
    EXPECT_TRUE(same(compiled.by_place, read.by_place));
    ASSERT_EQ(compiled.trees.size(), read.trees.size());
    for (std::size_t i = 0; i < read.trees.size(); ++i) {
      EXPECT_EQ(compiled.trees[i]->source, read.trees[i]->source);
      EXPECT_EQ(compiled.trees[i]->count, read.trees[i]->count);
    }
  }
}

TEST_F(EachApplication, IsReadAnewWhereAFileChangesWhatItExtends) {
  const SourceId source = sources_.add("a.yml",
                                       "applications:\n"
                                       "  tensorflow1_cnns@2.3:\n"
                                       "    extends: tensorflow1_cnns@2.3\n"
                                       "    options: {own: {flag: --own, type: int}}\n");
  ASSERT_TRUE(catalog_.add(sources_, source, Layer::Named, {}, findings_));
  for (const std::string_view id : {"tensorflow1_cnns@2.3", "tensorflow1_cnns@2.2"}) {
    const auto schema =
        AppSchema::load(catalog_, catalog_.find_application(parse_app_id(id)), findings_);
    ASSERT_TRUE(schema) << id;
    EXPECT_TRUE(schema->knows_key("own")) << id;
    EXPECT_TRUE(schema->knows_key("batch_size")) << id;
  }
  const auto other =
      AppSchema::load(catalog_, catalog_.find_application(parse_app_id("pytorch_cnns")), findings_);
  ASSERT_TRUE(other);
  EXPECT_FALSE(other->knows_key("own"));
}

TEST_F(EachApplication, GivesOneSpellingAsItListsThem) {
  const Facts nothing = [](FactName) { return std::nullopt; };
  for (const Entry& entry : catalog_.entries(Section::Applications)) {
    const auto schema = AppSchema::load(catalog_, entry, findings_);
    ASSERT_TRUE(schema);
    for (const std::string_view name : schema->purposes()) {
      const std::string_view script = schema->purpose(name)->script;
      for (const OptionSpec& listed : schema->spellings(script, nothing)) {
        const auto found = schema->spelled(listed.flag, script, nothing);
        ASSERT_TRUE(found) << script << " " << listed.flag;
        EXPECT_EQ(found->key, listed.key) << listed.flag;
        EXPECT_EQ(found->stores, listed.stores) << listed.flag;
      }
      EXPECT_FALSE(schema->spelled("--no-such-option", script, nothing));
    }
  }
}

}  // namespace
}  // namespace ipucnn
