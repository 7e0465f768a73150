#include "ipucnn/launcher.h"
#include "ipucnn/schema.h"

namespace ipucnn {
namespace {

constexpr LauncherSpec kLaunchers[] = {
#define LAUNCHER(name, processes, program) {#name, ProcessModel::processes, program},
#define NAME(name, program)
#include "resolve/launchers.def"
#undef NAME
#undef LAUNCHER
};

struct ProgramName {
  std::string_view name;
  std::string_view program;
};
constexpr ProgramName kNames[] = {
#define LAUNCHER(name, processes, program) {#name, program},
#define NAME(name, program) {name, program},
#include "resolve/launchers.def"
#undef NAME
#undef LAUNCHER
};

}  // namespace

const LauncherSpec* find_launcher(std::string_view name) {
  for (const LauncherSpec& launcher : kLaunchers)
    if (launcher.name == name) return &launcher;
  return nullptr;
}

std::string_view launcher_program(std::string_view name) {
  for (const ProgramName& known : kNames)
    if (known.name == name) return known.program;
  return {};
}

std::string_view launcher_for(const PurposeSpec& purpose, std::string_view launcher) {
  const Node launchers = purpose.node.find("launchers");
  const std::string_view program = launcher_program(launcher);
  if (!launchers.is_list() || program.empty() || launchers.contains(launcher)) return launcher;
  for (const Node other : launchers)
    if (launcher_program(other.text()) == program) return other.text();
  return launcher;
}

}  // namespace ipucnn
