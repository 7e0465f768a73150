// The names that a descriptor can speak of, and the values that its options can have.
#include <algorithm>
#include <array>
#include <iterator>

#include "ipucnn/descriptor.h"
#include "ipucnn/schema.h"

namespace ipucnn {
namespace {

struct QuantityText {
  std::string_view key;
  std::string_view words;
};
constexpr std::array<QuantityText, kQuantityCount> kQuantities = {
    QuantityText{"micro_batch", "micro batch"},
    QuantityText{"accumulation", "gradient accumulation"},
    QuantityText{"replicas", "replicas"},
    QuantityText{"ipus_per_replica", "IPUs per replica"},
    QuantityText{"splits", "pipeline splits"},
    QuantityText{"schedule", "pipeline schedule"},
    QuantityText{"data_dir", "data folder"},
    QuantityText{"restore_path", "restore path"},
    QuantityText{"output_dir", "output folder"},
    QuantityText{"global_batch", "global batch"},
};

constexpr std::string_view kFindings[] = {
#define FINDING(id, ...) #id,
#include "ipucnn/findings.def"
#undef FINDING
};
constexpr std::string_view kFigures[] = {
#define FIGURE(words) words,
#include "ipucnn/figure_names.def"
#undef FIGURE
};
constexpr std::string_view kLaunchers[] = {"poprun", "none", "mpirun", "mpiexec"};
constexpr std::string_view kGenerations[] = {"mk1", "mk2", "bow", "gpu", "none"};
constexpr std::string_view kRunFigures[] = {"micro_batch",
                                            "accumulation",
                                            "pipeline",
                                            "shards",
                                            "epochs",
                                            "updates",
                                            "logs_per_epoch",
                                            "updates_per_log",
                                            "updates_per_call",
                                            "checkpoints_per_epoch",
                                            "epochs_per_checkpoint",
                                            "data_set",
                                            "percent_of_data",
                                            "synthetic_data",
                                            "output_dir",
                                            "output_parent",
                                            "restore_path",
                                            "repeat",
                                            "global_batch",
                                            "first_checkpoint",
                                            "evaluation_batch",
                                            "evaluation_replicas"};

constexpr std::array<std::string_view, kNameSetCount> kSetWords = {
    "option",      "script",         "purpose",  "metric",  "phase",    "data set",
    "application", "application",    "quantity", "finding", "launcher", "generation of IPUs",
    "figure",      "figure of a run"};

template <typename Range>
std::vector<std::string_view> copy_of(const Range& names) {
  return {std::begin(names), std::end(names)};
}

std::vector<std::string_view> keys_of(Node map) {
  std::vector<std::string_view> keys;
  map.each_pair([&](Node key, Node) { keys.push_back(key.text()); });
  return keys;
}

void add_form(Node body, OptionValues& values, bool& all_choose) {
  const OptionValues own = values_of_type(body.find("type").text());
  values.booleans = values.booleans || own.booleans;
  values.numbers = values.numbers || own.numbers;
  values.fractions = values.fractions || own.fractions;
  values.texts = values.texts || own.texts;
  const Node choices = body.find("choices");
  if (!choices.is_list()) {
    all_choose = false;
    return;
  }
  for (const Node choice : choices) values.choices.push_back(choice);
}

bool spells_a_number(std::string_view text) {
  return !text.empty() && text.size() < 19 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::string_view quantity_key(QuantityName quantity) {
  return kQuantities.at(static_cast<std::size_t>(quantity)).key;
}

std::string_view quantity_words(QuantityName quantity) {
  return kQuantities.at(static_cast<std::size_t>(quantity)).words;
}

AppId parse_app_id(std::string_view text) {
  AppId id;
  if (const std::size_t slash = text.find('/'); slash != std::string_view::npos) {
    id.group = text.substr(slash + 1);
    text = text.substr(0, slash);
  }
  const std::size_t at = text.find('@');
  id.name = text.substr(0, at);
  if (at != std::string_view::npos) id.release = text.substr(at + 1);
  return id;
}

std::string_view name_set_words(NameSet set) { return kSetWords.at(static_cast<std::size_t>(set)); }

DescriptorNames::DescriptorNames(Node body, const std::vector<Node>& parts)
    : options_(body.find("options")) {
  const auto put = [&](NameSet set) -> std::vector<std::string_view>& {
    return sets_.at(static_cast<std::size_t>(set));
  };
  put(NameSet::Option) = keys_of(options_);
  put(NameSet::Purpose) = keys_of(body.find("purposes"));
  put(NameSet::Metric) = keys_of(body.find("metrics"));
  put(NameSet::DataSet) = keys_of(body.find("data_sets"));
  body.find("scripts").each_pair([&](Node, Node script) {
    const Node phases = script.find("phases");
    if (!phases.is_list()) return;
    for (const Node phase : phases)
      if (const auto name = phase.find_text("name")) put(NameSet::Phase).push_back(*name);
  });
  // Where `scripts` is left out, the purposes name them.
  auto& scripts = put(NameSet::Script) = keys_of(body.find("scripts"));
  if (scripts.empty())
    body.find("purposes").each_pair([&](Node, Node purpose) {
      if (const auto script = purpose.find_text("script")) scripts.push_back(*script);
    });
  for (const Node part : parts)
    part.each_pair([&](Node name, Node) {
      put(NameSet::Application).push_back(parse_app_id(name.text()).name);
      put(NameSet::ApplicationId).push_back(name.text());
    });
  for (std::size_t i = 0; i < kQuantityCount; ++i)
    put(NameSet::Quantity).push_back(quantity_key(static_cast<QuantityName>(i)));
  put(NameSet::Finding) = copy_of(kFindings);
  put(NameSet::Launcher) = copy_of(kLaunchers);
  put(NameSet::Generation) = copy_of(kGenerations);
  put(NameSet::Figure) = copy_of(kFigures);
  put(NameSet::RunFigure) = copy_of(kRunFigures);
}

bool DescriptorNames::knows(NameSet set, std::string_view name) const {
  if (set == NameSet::Option) return static_cast<bool>(options_.find_key(name));
  const auto& names = all(set);
  return std::find(names.begin(), names.end(), name) != names.end();
}

OptionValues values_of_type(std::string_view type) {
  OptionValues values;
  values.booleans = type == "switch" || type == "python_bool" || type == "bool_word";
  values.fractions = type == "float" || type == "fraction";
  values.numbers = values.fractions || type == "int";
  values.texts = !values.booleans && !values.numbers;
  return values;
}

OptionValues figure_values(std::string_view name) {
  OptionValues values;
  values.texts =
      name == "launcher" || name == "purpose" || name == "generation" || name == "instance";
  values.booleans = name == "under_poprun";
  values.numbers = values.fractions = !values.texts && !values.booleans;
  return values;
}

OptionValues option_values(Node option) {
  OptionValues values;
  bool all_choose = true;
  const Node variants = option.find("variants");
  if (option.find("type") || !variants.is_list()) add_form(option, values, all_choose);
  if (variants.is_list())
    for (const Node variant : variants) {
      // A variant without a type or choices has the entry's own.
      if (variant.find("type") || variant.find("choices")) {
        bool chooses = true;
        OptionValues form;
        add_form(variant, form, chooses);
        values.booleans = values.booleans || (variant.find("type") && form.booleans);
        values.numbers = values.numbers || (variant.find("type") && form.numbers);
        values.fractions = values.fractions || (variant.find("type") && form.fractions);
        values.texts = values.texts || (variant.find("type") && form.texts);
        if (chooses)
          values.choices.insert(values.choices.end(), form.choices.begin(), form.choices.end());
        else if (variant.find("type"))
          all_choose = false;
      }
    }
  if (!all_choose) values.choices.clear();
  return values;
}

bool can_be(const OptionValues& values, Node scalar) {
  if (scalar.is_null()) return true;
  if (!values.choices.empty())
    return std::any_of(values.choices.begin(), values.choices.end(), [&](Node choice) {
      return choice.type() == scalar.type() && choice.text() == scalar.text();
    });
  switch (scalar.type()) {
    case ScalarType::Bool:
      return values.booleans;
    case ScalarType::Int:
      return values.numbers || values.texts;
    case ScalarType::Float:
      return values.fractions || values.texts;
    default:
      return values.texts || (values.numbers && spells_a_number(scalar.text()));
  }
}

}  // namespace ipucnn
