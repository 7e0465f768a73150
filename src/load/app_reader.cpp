// From a descriptor's nodes to the records of app_table.h.
#include "ipucnn/app_reader.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "ipucnn/schema.h"
#include "load/condition_reader.h"

namespace ipucnn {
namespace load {
namespace {

OptionType parse_type(std::string_view text) {
  constexpr std::pair<std::string_view, OptionType> kTypes[] = {
      {"int", OptionType::Int},
      {"float", OptionType::Float},
      {"str", OptionType::Str},
      {"str_lower", OptionType::StrLower},
      {"str_upper", OptionType::StrUpper},
      {"python_bool", OptionType::PythonBool},
      {"switch", OptionType::Switch},
      {"bool_word", OptionType::BoolWord},
      {"yaml_map", OptionType::YamlMap},
      {"fraction", OptionType::Fraction},
  };
  for (const auto& [name, type] : kTypes)
    if (name == text) return type;
  return OptionType::Untyped;
}

/// Whether an option or one of its variants says anything of being required.
bool mentions_required(Node body) {
  bool found = false;
  body.each_pair([&](Node key, Node value) {
    const std::string_view field = key.text();
    if (field == "required") found = true;
    if (field != "variants") return;
    for (const Node variant : value) found = found || mentions_required(variant);
  });
  return found;
}

std::uint32_t size_of(std::size_t size) { return static_cast<std::uint32_t>(size); }

class AppReader {
 public:
  AppReader(Node body, AppArena& arena) : body_(body), arena_(arena), conditions_(arena) {
    conditions_.ref(body);  // its tree is the first
  }

  void run() {
    keys();
    const Node options = body_.find("options");
    std::uint32_t number = 0;
    options.each_pair([&](Node, Node option) { read_option(number++, option); });
    rules();
    purposes();
    conditions_.all_below(body_);
    body_.find("networks").each_pair([&](Node, Node values) { conditions_.condition(values); });
    const Node no_data = body_.find("no_data_with");
    if (no_data.is_list())
      for (const Node entry : no_data)
        if (entry.is_map()) conditions_.condition(entry);
    fields();
    arena_.presets_are_words = body_.find("preset_values").find_bool("as_words", false);
    sort_conditions();
  }

 private:
  NodeRef ref(Node node) { return conditions_.ref(node); }

  /// Names and their numbers, before anything speaks of them.
  void keys() {
    body_.find("options").each_pair([&](Node name, Node body) {
      OptionRecord option;
      option.name = ref(name);
      option.body = ref(body);
      if (mentions_required(body)) arena_.required.push_back(size_of(arena_.options.size()));
      arena_.options.push_back(option);
    });
    std::size_t size = 16;
    while (size < 3 * arena_.options.size()) size *= 2;
    arena_.slots.assign(size, 0);
    const AppTable table = arena_.table();
    for (std::size_t i = 0; i < arena_.options.size(); ++i) {
      const std::string_view key = table.text(arena_.options[i].name);
      std::size_t slot = key_hash(key) & (size - 1);
      while (arena_.slots[slot] != 0 &&
             table.text(arena_.options[arena_.slots[slot] - 1U].name) != key)
        slot = (slot + 1) & (size - 1);
      arena_.slots[slot] = size_of(i + 1);  // of equal keys the last one wins
    }
  }

  std::uint32_t script_number(Node script) {
    const AppTable table = arena_.table();
    for (std::uint32_t i = 0; i < arena_.scripts.size(); ++i)
      if (table.text(arena_.scripts[i]) == script.text()) return i;
    arena_.scripts.push_back(ref(script));
    return size_of(arena_.scripts.size() - 1);
  }

  /// A script or a list of them.
  RecordRange scripts(Node node) {
    std::vector<std::uint32_t> numbers;
    if (node.is_scalar()) numbers.push_back(script_number(node));
    if (node.is_list())
      for (const Node script : node) numbers.push_back(script_number(script));
    return keep(numbers);
  }

  RecordRange keep(const std::vector<std::uint32_t>& numbers) {
    const RecordRange range{size_of(arena_.script_numbers.size()), size_of(numbers.size())};
    arena_.script_numbers.insert(arena_.script_numbers.end(), numbers.begin(), numbers.end());
    return range;
  }

  /// The same, with those whose command line takes what one of them takes.
  RecordRange takers(Node node) {
    const RecordRange named = scripts(node);
    const auto from = arena_.script_numbers.begin() + named.first;
    std::vector<std::uint32_t> numbers(from, from + named.count);
    add_heirs(numbers);
    return numbers.size() == named.count ? named : keep(numbers);
  }

  /// By the `takes` of the descriptor's scripts.
  void add_heirs(std::vector<std::uint32_t>& numbers) {
    body_.find("scripts").each_pair([&](Node script, Node said) {
      const auto from = said.find_text("takes");
      if (!from) return;
      const auto is_that = [&](std::uint32_t number) {
        return arena_.table().text(arena_.scripts[number]) == *from;
      };
      if (std::none_of(numbers.begin(), numbers.end(), is_that)) return;
      const std::uint32_t heir = script_number(script);
      if (std::find(numbers.begin(), numbers.end(), heir) == numbers.end()) numbers.push_back(heir);
    });
  }

  RecordRange names(Node list) {
    RecordRange range{size_of(arena_.names.size()), 0};
    if (!list.is_list()) return range;
    for (const Node name : list) {
      arena_.names.push_back({ref(name), arena_.table().number_of(name.text())});
      ++range.count;
    }
    return range;
  }

  // --- options ---

  void read_option(std::uint32_t number, Node body) {
    OptionRecord option = arena_.options[number];
    FormRecord own;
    bool has_type = false;
    Node variants;
    body.each_pair([&](Node key, Node value) {
      const std::string_view field = key.text();
      if (field == "scripts") {
        option.has_scripts = true;
        option.scripts = takers(value);
      } else if (field == "only_with") {
        option.only_with = conditions_.condition(value);
      } else if (field == "variants") {
        variants = value;
      } else {
        has_type = has_type || field == "type";
        read_field(body, field, value, own);
      }
    });
    option.variants.first = size_of(arena_.forms.size());
    if (variants.is_list()) {
      for (const Node variant : variants) add_variant(variant, own);
      option.variants.count = size_of(arena_.forms.size()) - option.variants.first;
    }
    // With variants only, and none for this script and model, the option does not exist there.
    if (!variants.is_list() || has_type) {
      option.own = size_of(arena_.forms.size());
      arena_.forms.push_back(own);
    }
    arena_.options[number] = option;
  }

  void add_variant(Node variant, FormRecord form) {
    if (const Node taken_by = variant.find("scripts")) {
      form.has_scripts = true;
      form.scripts = takers(taken_by);
    }
    form.only_with = conditions_.condition(variant.find("only_with"));
    variant.each_pair([&](Node key, Node value) { read_field(variant, key.text(), value, form); });
    arena_.forms.push_back(form);
  }

  /// One field of an entry, or of a variant that overrides it.
  void read_field(Node body, std::string_view field, Node value, FormRecord& form) {
    if (field == "flag") {
      form.flag = ref(value);
    } else if (field == "type") {
      form.type = static_cast<std::uint8_t>(parse_type(value.text()));
    } else if (field == "default") {
      form.default_value = ref(value);
    } else if (field == "about") {
      form.about = ref(value);
    } else if (field == "choices") {
      form.choices = ref(value);
    } else if (field == "arity") {
      form.is_list = value.text() == "+" || value.text() == "*";
      form.may_be_empty = value.text() == "*";
    } else if (field == "alone") {
      form.alone = ref(value);
    } else if (field == "late_default") {
      form.late_default = ref(value);
      form.late = cases(value);
    } else if (field == "negative") {
      form.off_flag = ref(value);
    } else if (field == "short") {
      form.short_flag = ref(value);
    } else if (field == "range") {
      form.range = ref(value);
    } else if (field == "stores") {
      form.stores = body.find_bool("stores", true);
    } else if (field == "required") {
      form.required = body.find_bool("required", false);
    } else if (field == "items") {
      form.has_items = true;
      form.items = static_cast<std::uint8_t>(parse_type(value.text()));
    } else if (field == "zero_is_unset") {
      form.zero_is_unset = body.find_bool("zero_is_unset", false);
    }
  }

  RecordRange cases(Node list) {
    if (!list.is_list()) return {};
    std::vector<CaseRecord> all;
    for (const Node entry : list)
      all.push_back({conditions_.condition(entry.find("when")), ref(entry.find("value"))});
    const RecordRange range{size_of(arena_.cases.size()), size_of(all.size())};
    arena_.cases.insert(arena_.cases.end(), all.begin(), all.end());
    return range;
  }

  // --- rules ---

  void rules() {
    const Node all = body_.find("rules");
    all.each_pair([&](Node, Node rule) { read_rule(rule); });
    if (!all.is_list()) return;
    for (const Node rule : all) read_rule(rule);
  }

  void read_rule(Node node) {
    RuleRecord rule;
    rule.node = ref(node);
    node.each_pair([&](Node key, Node value) {
      const std::string_view field = key.text();
      if (field == "option") {
        rule.option = conditions_.name(value);
      } else if (field == "when") {
        rule.when = conditions_.condition(value);
      } else if (field == "scripts") {
        rule.has_scripts = true;
        rule.scripts = scripts(value);
      } else if (field == "needs") {
        rule.needs = conditions_.condition(value);
      } else if (field == "used_when") {
        rule.used_when = conditions_.condition(value);
      } else if (field == "excludes") {
        rule.excludes = conditions_.condition(value);
      } else if (field == "needs_any") {
        rule.has_needs_any = true;
        rule.needs_any = names(value);
      }
    });
    if (const auto part = node.find_text("part"))
      rule.ended_by = names(body_.find("ends_before").find(*part));
    arena_.rules.push_back(rule);
  }

  // --- purposes ---

  static std::uint32_t quantities(Node list) {
    std::uint32_t bits = 0;
    for (std::uint32_t i = 0; i < kQuantityCount; ++i)
      if (list.contains(quantity_key(static_cast<QuantityName>(i)))) bits |= 1U << i;
    return bits;
  }

  void purposes() {
    body_.find("purposes").each_pair([&](Node name, Node node) {
      if (!node.is_map()) return;
      PurposeRecord purpose;
      purpose.name = ref(name);
      purpose.node = ref(node);
      const Node script = node.find("script");
      purpose.script = ref(script);
      purpose.takes_preset = node.find_bool("preset", true);
      purpose.has_figures = purpose.takes_preset && node.find_bool("figures", true);
      if (node.find_text("presets")) purpose.group = ref(node.find("presets"));
      const Node own = body_.find("scripts").find(script.text());
      purpose.program = own.find_text("program") ? ref(own.find("program")) : purpose.script;
      if (own.find_text("directory"))
        purpose.directory = ref(own.find("directory"));
      else if (body_.find_text("directory"))
        purpose.directory = ref(body_.find("directory"));
      purpose.without = quantities(node.find("without"));
      purpose.needs = quantities(node.find("needs"));
      arena_.purposes.push_back(purpose);
    });
  }

  // --- the rest ---

  void field(std::initializer_list<std::string_view> path) {
    Node at = body_;
    for (const std::string_view key : path) at = at.find(key);
    NameRecord record{ref(at), kNone};
    if (at.is_scalar() && !at.is_null()) record.number = arena_.table().number_of(at.text());
    arena_.fields.push_back(record);
  }

  void fields() {
#define APP_FIELD(id, ...) field({__VA_ARGS__});
#include "ipucnn/app_fields.def"
#undef APP_FIELD
  }

  void sort_conditions() {
    auto& order = arena_.by_place;
    for (std::uint32_t i = 0; i < arena_.conditions.size(); ++i) order.push_back(i);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      return arena_.conditions[a].node.packed < arena_.conditions[b].node.packed;
    });
  }

  Node body_;
  AppArena& arena_;
  ConditionReader conditions_;
};

}  // namespace

AppTable AppArena::table() const {
  return {fields,           options, forms,   cases,          rules, purposes, conditions, words,
          values,           names,   scripts, script_numbers, slots, required, by_place,   trees,
          presets_are_words};
}

void read_app(Node body, AppArena& arena) { AppReader(body, arena).run(); }

}  // namespace load
}  // namespace ipucnn
