// The records of built-in applications: what the build tool wrote is what the reader reads.
#include "ipucnn/app_table.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "ipucnn/app_reader.h"
#include "ipucnn/extends.h"
#include "ipucnn/schema.h"
#include "load/builtin.h"

namespace ipucnn {
namespace {

/// A table as text in which nothing is a number of a record, for those of the built-in applications
/// stand in arrays that all of them share.
class Spelled {
 public:
  explicit Spelled(const AppTable& table) : table_(table) {}

  std::string all() {
    for (const NameRecord& one : table_.fields) name(one);
    for (const OptionRecord& one : table_.options) option(one);
    for (const RuleRecord& one : table_.rules) rule(one);
    for (const PurposeRecord& one : table_.purposes) {
      for (const NodeRef ref :
           {one.name, one.node, one.script, one.group, one.directory, one.program})
        node(ref);
      add(one.without, one.needs, one.takes_preset, one.has_figures);
    }
    for (const NodeRef one : table_.scripts) node(one);
    for (const std::uint32_t one : table_.slots) add(one);
    for (const std::uint32_t one : table_.required) add(one);
    std::set<std::string> conditions;  // their order is that of the trees
    for (const std::uint32_t one : table_.by_place) conditions.insert(Spelled(table_).of(one));
    for (const std::string& one : conditions) text_ += one;
    add(table_.by_place.size(), table_.presets_are_words);
    return text_;
  }

 private:
  template <typename... Values>
  void add(const Values&... values) {
    ((text_ += fmt::format("{} ", values)), ...);
  }

  void node(NodeRef ref) {
    const Node at = table_.node(ref);
    if (!at) return add("none");
    add(at.at().source, at.at().line, at.at().column, ref.index(), at.tree()->count);
  }
  void name(const NameRecord& one) {
    node(one.node);
    add(one.number);
  }
  void scripts(RecordRange range) {
    for (const std::uint32_t one : table_.script_numbers.subspan(range.first, range.count))
      add(one);
    add("scripts");
  }
  void names(RecordRange range) {
    for (const NameRecord& one : table_.names.subspan(range.first, range.count)) name(one);
    add("names");
  }
  void words(RecordRange range) {
    for (const WordRecord& one : table_.words.subspan(range.first, range.count)) {
      name(one.name);
      node(one.word);
      node(one.operand);
      name(one.bound);
      add(one.limit, static_cast<int>(one.kind), one.flag, one.has_limit);
      for (const ValueRecord& value : table_.values.subspan(one.values.first, one.values.count)) {
        node(value.node);
        add(value.number, static_cast<int>(value.type), value.is_true, value.has_number);
      }
      words(one.numbers);
    }
    add("words");
  }
  void condition(std::uint32_t number) {
    if (number == kNone) return add("always");
    node(table_.conditions[number].node);
    words(table_.conditions[number].words);
  }
  std::string of(std::uint32_t number) {
    condition(number);
    return text_;
  }
  void form(const FormRecord& one) {
    for (const NodeRef ref : {one.flag, one.short_flag, one.off_flag, one.alone, one.default_value,
                              one.late_default, one.choices, one.range, one.about})
      node(ref);
    for (const CaseRecord& late : table_.cases.subspan(one.late.first, one.late.count)) {
      condition(late.when);
      node(late.value);
    }
    scripts(one.scripts);
    condition(one.only_with);
    add(int{one.type}, int{one.items}, one.has_items, one.has_scripts, one.is_list,
        one.may_be_empty, one.stores, one.required, one.zero_is_unset);
  }
  void option(const OptionRecord& one) {
    node(one.name);
    node(one.body);
    scripts(one.scripts);
    condition(one.only_with);
    for (const FormRecord& variant : table_.forms.subspan(one.variants.first, one.variants.count))
      form(variant);
    if (one.own != kNone) form(table_.forms[one.own]);
    add(one.variants.count, one.own != kNone, one.has_scripts);
  }
  void rule(const RuleRecord& one) {
    node(one.node);
    name(one.option);
    scripts(one.scripts);
    for (const std::uint32_t number : {one.when, one.needs, one.excludes, one.used_when})
      condition(number);
    names(one.needs_any);
    names(one.ended_by);
    add(one.has_scripts, one.has_needs_any);
  }

  const AppTable& table_;
  std::string text_;
};

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
    EXPECT_EQ(Spelled(compiled).all(), Spelled(read).all());
  }
}

TEST_F(EachApplication, CannotStandInMoreFilesThanARecordCanName) {
  const Entry entry = catalog_.find_application(parse_app_id("nvcnn_hvd"));
  ASSERT_TRUE(entry);
  load::AppArena arena;
  arena.trees.resize(NodeRef::kMostTrees - 1, nullptr);
  load::read_app(entry.body, arena);
  EXPECT_FALSE(arena.too_large);
  load::AppArena full;
  full.trees.resize(NodeRef::kMostTrees, nullptr);
  load::read_app(entry.body, full);
  EXPECT_TRUE(full.too_large);
}

TEST_F(EachApplication, IsFoundAnewWhenAFileWasAdded) {
  const AppId id = parse_app_id("nvcnn_hvd@1.1");
  EXPECT_TRUE(catalog_.find_presets("of_a_test", id).empty());
  EXPECT_FALSE(catalog_.find_application(parse_app_id("of_a_test@1")));
  const SourceId source = sources_.add("a.yml",
                                       "presets:\n"
                                       "  nvcnn_hvd@1.1: {of_a_test: {model: resnet50}}\n"
                                       "applications:\n"
                                       "  of_a_test@1: {extends: nvcnn_hvd@1.1}\n");
  ASSERT_TRUE(catalog_.add(sources_, source, Layer::Named, {}, findings_));
  EXPECT_EQ(catalog_.find_presets("of_a_test", id).size(), 1U);
  EXPECT_TRUE(catalog_.find_application(parse_app_id("of_a_test@1")));
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
