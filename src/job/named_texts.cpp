// Texts that are named to be checked: files of ours, texts with commands, or what is neither.
#include <fmt/format.h>

#include "ipucnn/check_subjects.h"

namespace ipucnn {
namespace {

/// Whether a text is YAML of some other program: then nothing of ours is wrong in it.
bool is_foreign(JobInputs& inputs, const std::string& path, const std::string& text) {
  Diagnostics ignored;  // what is no YAML at all is reported when it is read as ours
  const auto document = load_yaml(inputs.sources, inputs.sources.add(path, text), ignored);
  return document != nullptr && inputs.catalog.is_foreign(root(document->tree));
}

/// Whether neither its name nor how it begins tells of YAML, and it is none.
bool is_no_yaml(const Word& file, const std::string& text) {
  const auto ends = [&](std::string_view end) { return file.text.ends_with(end); };
  const bool piped = file.text == "standard input";
  if (ends(".yml") || ends(".yaml") || ends(".json") || text.empty() ||
      (piped && text.substr(0, text.find('\n')).find(':') != text.npos))
    return false;
  Sources sources;
  Diagnostics ignored;
  const auto document = load_yaml(sources, sources.add(file.text, text), ignored);
  return document == nullptr || !(root(document->tree).is_map() || root(document->tree).is_null());
}

/// Only a warning: whoever names all files of a folder means those of ours.
void add_no_file_of_ours(JobInputs& inputs, const std::string& name, std::string text,
                         std::string_view why) {
  inputs.findings
      .add(FindingId::K003, {inputs.sources.add(name, std::move(text)), 1, 1, 1},
           fmt::format("this is no file of ipucnn's{}", why))
      .severity = Severity::Warning;
}

}  // namespace

bool add_named_text(JobInputs& inputs, CheckScope& scope, const Word& file, std::string text,
                    const std::optional<Word>& application) {
  if (command_source(file.text, text)) {
    scope.texts.push_back(inputs.sources.add(file.text, std::move(text)));
    return true;
  }
  if (!application && is_no_yaml(file, text)) {
    add_no_file_of_ours(inputs, file.text, std::move(text),
                        ", and none with commands that it reads");
    return true;
  }
  if (!application && is_foreign(inputs, file.text, text)) {
    add_no_file_of_ours(inputs, file.text, std::move(text),
                        ": it has none of its keys, and no application is known whose presets "
                        "have these");
    return true;
  }
  const std::size_t before = inputs.catalog.files().size();
  const auto source = inputs.add_text(
      {file, Layer::Named, application ? application->text : "", {}}, std::move(text));
  if (source) scope.named.files.push_back(*source);
  if (source && inputs.catalog.files().size() == before)
    inputs.findings
        .add(FindingId::Y011, Span{*source, 1, 1, 0},
             fmt::format("{} holds nothing to check", file.text))
        .help = "`ipucnn init` writes a file to start from";
  return source.has_value();
}

}  // namespace ipucnn
