// The manual page of ipucnn.yml, made from the tables that reading goes by.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/roff.h"
#include "base/text.h"
#include "ipucnn/descriptor.h"
#include "ipucnn/file_schema.h"
#include "ipucnn/view.h"

namespace ipucnn {
namespace {

using Form = Shape::Form;

std::string_view section_about(Section section) {
  switch (section) {
    case Section::Applications:
      return "applications by NAME@RELEASE: options, scripts, quantities, rules and figures";
    case Section::Targets:
      return "machines by name";
    case Section::Sites:
      return "machine rooms by name: addresses, folders, partitions, SDKs";
    case Section::Profiles:
      return "ways to write a launch line, by name";
    case Section::Presets:
      return "by application, then by name: values of its options; `extends` names the preset to "
             "start from";
    case Section::Jobs:
      return "launches by name: a preset with what it is to run on";
    case Section::Defaults:
      return "what is in force where nothing else is said";
  }
  return {};
}

std::string words_of(const Field& field) {
  const auto words = field.words();
  return fmt::format("{}", fmt::join(words, "|"));
}

/// What stands behind a key, in words.
std::string takes(const Field& field) {
  switch (field.kind) {
    case FieldKind::Text:
      return field.words().empty() ? "TEXT" : words_of(field);
    case FieldKind::Number:
      return "N";
    case FieldKind::Real:
      return "NUMBER";
    case FieldKind::Percent:
      return "N%";
    case FieldKind::Flag:
      return "yes|no";
    case FieldKind::Duration:
      return "DURATION";
    case FieldKind::Quantity:
      return field.detail == "cpus" ? "CPUS" : "BYTES";
    case FieldKind::DnsName:
      return "NAME";
    case FieldKind::Image:
      return "IMAGE";
    case FieldKind::List:
      return field.words().empty() ? "[TEXT...]" : "[" + words_of(field) + "...]";
    case FieldKind::Words:
      return "TEXT|[TEXT...]";
    case FieldKind::Pair:
      return "[FEWEST, MOST]";
    case FieldKind::TextMap:
      return "{NAME: TEXT...}";
    case FieldKind::WordsMap:
      return "{NAME: TEXT|[TEXT...]...}";
    case FieldKind::Values:
      return "{KEY: VALUE...}";
    case FieldKind::Axes:
      return "{KEY: [VALUE...]...}";
    case FieldKind::Ids:
      return "[ID...]|{ID: REASON...}";
    case FieldKind::Name:
      return "NAME";
    case FieldKind::Targets:
      return "{PRESET: TARGET...}";
    case FieldKind::Entry:
      return "{...}";
    case FieldKind::Entries:
      return "{NAME: {...}...}";
    case FieldKind::Groups:
      return "{NAME: {NAME: {...}...}...}";
  }
  return {};
}

bool holds_a_shape(const Field& field) {
  return field.kind == FieldKind::Entry || field.kind == FieldKind::Entries ||
         field.kind == FieldKind::Groups;
}

std::string words_of(const Shape& shape) {
  switch (shape.form) {
    case Form::Text:
      return "TEXT";
    case Form::Whole:
      return "N";
    case Form::Real:
      return "NUMBER";
    case Form::Flag:
      return "yes|no";
    case Form::Duration:
      return "DURATION";
    case Form::Word:
      return fmt::format("{}", fmt::join(shape.words, "|"));
    case Form::Name:
      return to_upper(name_set_words(shape.set));
    case Form::Bound:
      return "NUMBER|NAME";
    case Form::Value:
      return "VALUE";
    case Form::Metric:
      return "'TEXT {value} TEXT'";
    case Form::Regex:
      return "REGEX";
    case Form::Condition:
      return "{NAME: TEST...}";
    case Form::List:
      return "[" + words_of(*shape.item) + "...]";
    case Form::Named:
      return "{NAME: " + words_of(*shape.item) + "...}";
    case Form::Fields:
      return "{...}";
    case Form::Any:
      break;
  }
  return "VALUE";
}

class FileManual {
 public:
  FileManual(std::string_view date, std::string_view source)
      : page_("ipucnn.yml", 5, date, source, "files of ipucnn: machines, presets, jobs") {}

  std::string run() {
    page_.heading("DESCRIPTION");
    page_.paragraph(
        "YAML 1.1. A project's file is ipucnn.yml, found from the current folder upward; those of "
        "a user are ~/.config/ipucnn/*.yml, those of a site /etc/ipucnn/*.yml. A later file "
        "replaces whole named entries of an earlier one; an entry that extends its own name "
        "changes a part: mappings are merged by key, lists replaced, and null takes a key away.");
    page_.heading("SECTIONS");
    for (std::size_t i = 0; i < kSectionCount; ++i) {
      const auto section = static_cast<Section>(i);
      page_.item(std::string(section_key(section)) + ":", "", section_about(section));
    }
    for (std::size_t i = 0; i < kSectionCount; ++i) {
      const auto section = static_cast<Section>(i);
      const std::string_view shape = shape_of(section);
      if (!shape.empty()) write_fields(shape, section_key(section));
    }
    write_fields("launch", "launch settings");
    write_shape(application_shape(), "applications");
    page_.heading("VALUES");
    page_.item("DURATION", "", "90, 90s, 15m or 1h30m");
    page_.item("CPUS", "", "32, 0.5 or 500m");
    page_.item("BYTES", "", "200Gi, 200G or 200000000000, as Kubernetes writes them");
    page_.item("TEXT", "",
               "{workspace}, {data_dir} and the like stand for values of the site, "
               "${env:NAME} for a variable when the job starts");
    page_.see_also("ipucnn(1), ipucnn-schema(1), ipucnn-check(1)");
    return page_.text();
  }

 private:
  void write_fields(std::string_view shape, std::string_view title) {
    if (!written_.insert(std::string(shape)).second) return;
    page_.heading(to_upper(title));
    // Launch settings belong to several mappings, and have a heading of their own.
    std::vector<Field> fields = fields_of(shape);
    const auto is_own = [&](const Field& field) {
      return shape == "launch" || field.shape == shape;
    };
    if (!std::all_of(fields.begin(), fields.end(), is_own))
      page_.paragraph("Launch settings (below) stand here, too.");
    std::erase_if(fields, [&](const Field& field) { return !is_own(field); });
    for (const Field& field : fields) write(field);
    for (const Field& field : fields)
      if (holds_a_shape(field) && field.detail != "launch")
        write_fields(field.detail, fmt::format("{}: {}", title, field.key));
  }

  void write(const Field& field) {
    std::string about(field.about);
    if (field.kind == FieldKind::Number || field.kind == FieldKind::Pair) {
      const auto [least, most] = field.range();
      about += most == kLargestFigure ? fmt::format("; at least {}", least)
                                      : fmt::format("; {} to {}", least, most);
    }
    if (field.use == FieldUse::Later) about += " (judged, and not used yet)";
    page_.item(std::string(field.key) + ":", takes(field), about);
  }

  void write_shape(const Shape& shape, const std::string& title) {
    if (shape.form != Form::Fields || !shapes_.insert(&shape).second) return;
    page_.heading(to_upper(title));
    for (const FieldShape& field : shape.fields) {
      std::string about(field.about);
      if (field.required) about += "; needed";
      if (field.planned) about += " (judged, and not used yet)";
      page_.item(std::string(field.key) + ":", words_of(*field.shape), about);
    }
    for (const FieldShape& field : shape.fields)
      each_mapping(*field.shape, [&](const Shape& inner) {
        write_shape(inner, title + ": " + std::string(field.key));
      });
  }

  /// The mappings that a value may hold.
  template <typename Take>
  static void each_mapping(const Shape& shape, const Take& take) {
    for (const Shape* one = &shape; one != nullptr; one = one->other) {
      if (one->form == Form::Fields) take(*one);
      if (one->item != nullptr) each_mapping(*one->item, take);
    }
  }

  ManualPage page_;
  std::set<std::string> written_;
  std::set<const Shape*> shapes_;
};

}  // namespace

std::string manual_of_files(std::string_view date, std::string_view source) {
  return FileManual(date, source).run();
}

}  // namespace ipucnn
