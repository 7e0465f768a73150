#include "cli/checkout.h"

#include <unistd.h>

#include "cli/files.h"

namespace ipucnn::cli {
namespace {

bool exists(const std::string& path) { return ::access(path.c_str(), R_OK) == 0; }

/// Texts of files: {train.py: identical-replica-seeding}.
bool hold(const std::string& folder, Node texts, bool expected) {
  bool all = true;
  texts.each_pair([&](Node file, Node wanted) {
    if (!all) return;
    std::string error;
    const auto text = read_file(folder + "/" + std::string(file.text()), error);
    all = (text && text->find(wanted.text()) != std::string::npos) == expected;
  });
  return all;
}

bool bears(const std::string& folder, Node marks) {
  if (!marks.is_map()) return false;
  if (const Node files = marks.find("has"); files.is_list())
    for (const Node file : files)
      if (!exists(folder + "/" + std::string(file.text()))) return false;
  if (const Node files = marks.find("lacks"); files.is_list())
    for (const Node file : files)
      if (exists(folder + "/" + std::string(file.text()))) return false;
  return hold(folder, marks.find("text"), true) && hold(folder, marks.find("no_text"), false);
}

}  // namespace

std::optional<Checkout> recognise_checkout(const Catalog& catalog, const std::string& folder,
                                           AppId of) {
  std::optional<Checkout> found;
  for (const Entry& app : catalog.entries(Section::Applications)) {
    const AppId id = parse_app_id(app.name.text());
    const bool wanted =
        of.name.empty() || (of.name == id.name && (of.release.empty() || of.release == id.release));
    if (!wanted || !bears(folder, app.body.find("checkout"))) continue;
    found = Checkout{std::string(app.name.text()), {}};
    if (exists(folder + "/configs.yml")) found->configs = folder + "/configs.yml";
  }
  return found;
}

}  // namespace ipucnn::cli
