// What the built-in data and the files in force offer to somebody who types.
#include "ipucnn/completion.h"

#include "ipucnn/file_schema.h"

namespace ipucnn {
namespace {

template <class Take>
void each_option(const AppSchema* application, const Take& take) {
  if (application == nullptr) return;
  for (const OptionSpec& known : application->options({}, Facts())) take(known);
}

/// Whether --launch can give it: no mapping or block.
bool holds_single_values(FieldKind kind) {
  return kind == FieldKind::Text || kind == FieldKind::Number || kind == FieldKind::Flag ||
         kind == FieldKind::List;
}

void add_values(const OptionSpec& option, Completions& out) {
  for (const Node choice : option.choices) out.words.emplace_back(choice.text());
}

}  // namespace

void add_presets(const Catalog& catalog, std::string_view typed, Completions& out) {
  const std::size_t colon = typed.find(':');
  const bool named = colon != typed.npos;
  const AppId application = named ? parse_app_id(typed.substr(0, colon)) : AppId{};
  if (named) out.before += typed.substr(0, colon + 1);
  for (const PresetRef& preset : catalog.presets(application))
    out.words.emplace_back(preset.name.text());
  if (named || typed.empty()) return;
  for (const std::string_view name : catalog.names(Section::Applications))
    out.words.push_back(std::string(name) + ":");
}

void add_keys(const AppSchema* application, std::string_view typed, std::string_view separator,
              Completions& out) {
  const std::size_t equals = typed.find('=');
  if (equals != typed.npos) out.before += typed.substr(0, equals + 1);
  each_option(application, [&](const OptionSpec& option) {
    if (equals == typed.npos)
      out.words.push_back(std::string(option.key) + std::string(separator));
    else if (option.key == typed.substr(0, equals))
      add_values(option, out);
  });
}

bool add_choices(const AppSchema* application, std::string_view flag, Completions& out) {
  if (flag.size() < 2 || flag.front() != '-') return false;
  each_option(application, [&](const OptionSpec& option) {
    if (option.flag == flag || option.short_flag == flag) add_values(option, out);
  });
  return !out.words.empty();
}

void add_flags(const AppSchema* application, Completions& out) {
  each_option(application, [&](const OptionSpec& option) { out.words.emplace_back(option.flag); });
}

void add_launch_keys(std::string_view typed, Completions& out) {
  const std::size_t equals = typed.find('=');
  if (equals == typed.npos) {
    for (const Field& field : fields_of("launch"))
      if (holds_single_values(field.kind)) out.words.push_back(std::string(field.key) + "=");
    out.words.emplace_back("partition=");
    return;
  }
  out.before += typed.substr(0, equals + 1);
  const auto field = find_field("launch", typed.substr(0, equals));
  if (!field) return;
  out.add(field->words());
  if (field->kind == FieldKind::Flag) out.add({"yes", "no"});
  constexpr std::int64_t kFew = 9;
  const auto [least, most] = field->range();
  if (field->kind == FieldKind::Number && most <= kFew)
    for (std::int64_t value = least; value <= most; ++value)
      out.words.push_back(std::to_string(value));
}

bool add_values(ValueKind kind, const std::vector<std::string_view>& choices,
                const Catalog& catalog, const AppSchema* application, std::string_view typed,
                Completions& out) {
  switch (kind) {
    case ValueKind::Preset:
      add_presets(catalog, typed, out);
      return false;
    case ValueKind::Target:
      out.add(catalog.names(Section::Targets));
      return false;
    case ValueKind::Site:
      out.add(catalog.names(Section::Sites));
      return true;
    case ValueKind::Job:
      out.add(catalog.names(Section::Jobs));
      return false;
    case ValueKind::Profile:
      out.add(catalog.names(Section::Profiles));
      return false;
    case ValueKind::Application:
      out.add(catalog.names(Section::Applications));
      return false;
    case ValueKind::Purpose:
      if (application != nullptr) out.add(application->purposes());
      return false;
    case ValueKind::Key:
      add_keys(application, typed, "", out);
      return false;
    case ValueKind::KeyValue:
      add_keys(application, typed, "=", out);
      return false;
    case ValueKind::LaunchSetting:
      add_launch_keys(typed, out);
      return false;
    case ValueKind::Finding:
      out.add(finding_ids());
      return false;
    case ValueKind::File:
    case ValueKind::Folder:
      return true;
    case ValueKind::Format:
    case ValueKind::Choice:
      out.add(choices);
      return false;
    default:
      return false;
  }
}

}  // namespace ipucnn
