#include "ipucnn/launcher.h"

namespace ipucnn {
namespace {

constexpr LauncherSpec kLaunchers[] = {
#define LAUNCHER(name, processes) {#name, ProcessModel::processes},
#include "resolve/launchers.def"
#undef LAUNCHER
};

}  // namespace

const LauncherSpec* find_launcher(std::string_view name) {
  for (const LauncherSpec& launcher : kLaunchers)
    if (launcher.name == name) return &launcher;
  return nullptr;
}

}  // namespace ipucnn
