#include "ipucnn/launcher_spelling.h"

#include "base/text.h"

namespace ipucnn::load {
namespace {

constexpr std::string_view kDashes = "--";
/// More names than an option ever had; files may lead in a ring.
constexpr int kMostNames = 8;

}  // namespace

LauncherSpellings::LauncherSpellings(const Catalog& catalog, std::string_view program,
                                     std::string_view sdk)
    : sdk_(sdk) {
  if (sdk.empty()) return;
  const std::vector<Node>& parts = catalog.parts(Section::Defaults);
  for (auto part = parts.rbegin(); part != parts.rend(); ++part)
    if (const Node table = part->find("launchers").find(program).find("spellings"))
      tables_.push_back(table);
}

Node LauncherSpellings::find(std::string_view option) const {
  if (!option.starts_with(kDashes)) return {};
  for (const Node table : tables_)
    if (const Node found = table.find(option.substr(kDashes.size()))) return found;
  return {};
}

std::string_view LauncherSpellings::gone_since(std::string_view option) const {
  const auto until = find(option).find_text("until");
  return until && !release_below(sdk_, *until) ? *until : std::string_view{};
}

std::string_view LauncherSpellings::comes_with(std::string_view option) const {
  const auto since = find(option).find_text("since");
  return since && release_below(sdk_, *since) ? *since : std::string_view{};
}

std::string LauncherSpellings::name_of(std::string_view option) const {
  std::string name(option);
  for (int names = 0; names < kMostNames; ++names) {
    const bool gone = !gone_since(name).empty();
    if (!gone && comes_with(name).empty()) return name;
    const auto other = find(name).find_text(gone ? "after" : "before");
    if (!other || other->empty()) return {};
    name = std::string(kDashes) + std::string(*other);
  }
  return {};
}

std::string_view LauncherSpellings::usual(std::string_view option, std::int64_t ipus) const {
  const Node usual = find(option).find("usual");
  const auto since = usual.find_text("since");
  if (!usual || (since && release_below(sdk_, *since))) return {};
  return ipus >= usual.find_int("least_ipus").value_or(0) ? usual.find_text("value").value_or("")
                                                          : std::string_view{};
}

}  // namespace ipucnn::load
