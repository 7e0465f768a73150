#include "embed/shared_records.h"

#include "embed/record_text.h"

namespace ipucnn::embed {
namespace {

template <typename Record>
std::span<const Record> run_of(const std::vector<Record>& all, RecordRange range) {
  return std::span<const Record>(all).subspan(range.first, range.count);
}

}  // namespace

template <typename Record>
RecordRange SharedArray<Record>::keep(std::span<const Record> run) {
  if (run.empty()) return {};
  std::string text;
  for (const Record& one : run) text += text_of(one) + ' ';
  const auto [place, added] =
      places.try_emplace(std::move(text), static_cast<std::uint32_t>(records.size()));
  if (added) records.insert(records.end(), run.begin(), run.end());
  return {place->second, static_cast<std::uint32_t>(run.size())};
}

std::uint32_t SharedRecords::condition(std::uint32_t number) const {
  return number == kNone ? kNone : condition_numbers_.at(number);
}

RecordRange SharedRecords::words_of(const load::AppArena& arena, RecordRange range) {
  const auto own = run_of(arena.words, range);
  std::vector<WordRecord> run(own.begin(), own.end());
  for (WordRecord& word : run) {
    word.values = values_.keep(run_of(arena.values, word.values));
    word.numbers = words_of(arena, word.numbers);
  }
  return words_.keep(std::span<const WordRecord>(run));
}

void SharedRecords::take_conditions(load::AppArena& arena) {
  condition_numbers_.clear();
  for (ConditionRecord condition : arena.conditions) {
    condition.words = words_of(arena, condition.words);
    condition_numbers_.push_back(
        conditions_.keep(std::span<const ConditionRecord>(&condition, 1)).first);
  }
  for (std::uint32_t& number : arena.by_place) number = condition(number);
}

void SharedRecords::take_forms(load::AppArena& arena) {
  for (FormRecord& form : arena.forms) {
    const auto own = run_of(arena.cases, form.late);
    std::vector<CaseRecord> late(own.begin(), own.end());
    for (CaseRecord& one : late) one.when = condition(one.when);
    form.late = cases_.keep(std::span<const CaseRecord>(late));
    form.scripts = script_numbers_.keep(run_of(arena.script_numbers, form.scripts));
    form.only_with = condition(form.only_with);
  }
}

void SharedRecords::take(load::AppArena& arena) {
  take_conditions(arena);
  take_forms(arena);
  for (OptionRecord& option : arena.options) {
    option.scripts = script_numbers_.keep(run_of(arena.script_numbers, option.scripts));
    option.only_with = condition(option.only_with);
    option.variants = forms_.keep(run_of(arena.forms, option.variants));
    if (option.own != kNone) option.own = forms_.keep(run_of(arena.forms, {option.own, 1})).first;
  }
  for (RuleRecord& rule : arena.rules) {
    rule.scripts = script_numbers_.keep(run_of(arena.script_numbers, rule.scripts));
    for (auto* number : {&rule.when, &rule.needs, &rule.excludes, &rule.used_when})
      *number = condition(*number);
    rule.needs_any = names_.keep(run_of(arena.names, rule.needs_any));
    rule.ended_by = names_.keep(run_of(arena.names, rule.ended_by));
  }
}

std::string SharedRecords::name_of(std::string_view field) { return fmt::format("kAll_{}", field); }

std::string SharedRecords::constants() const {
  return array_text("FormRecord", name_of("forms"), forms_.records) +
         array_text("CaseRecord", name_of("cases"), cases_.records) +
         array_text("ConditionRecord", name_of("conditions"), conditions_.records) +
         array_text("WordRecord", name_of("words"), words_.records) +
         array_text("ValueRecord", name_of("values"), values_.records) +
         array_text("NameRecord", name_of("names"), names_.records) +
         array_text("std::uint32_t", name_of("script_numbers"), script_numbers_.records);
}

}  // namespace ipucnn::embed
