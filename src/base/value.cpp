#include "ipucnn/value.h"

namespace ipucnn {

std::string_view origin_name(OriginKind kind) {
  switch (kind) {
    case OriginKind::AppDefault:
      return "application default";
    case OriginKind::LateDefault:
      return "late default";
    case OriginKind::Preset:
      return "preset";
    case OriginKind::InheritedPreset:
      return "inherited preset";
    case OriginKind::Purpose:
      return "purpose";
    case OriginKind::Derived:
      return "derived";
    case OriginKind::Placeholder:
      return "placeholder";
    case OriginKind::DataDirVariable:
      return "DATA_DIR";
    case OriginKind::Site:
      return "site";
    case OriginKind::Profile:
      return "profile";
    case OriginKind::Job:
      return "job";
    case OriginKind::Variable:
      return "environment";
    case OriginKind::CommandLine:
      break;
  }
  return "command line";
}

}  // namespace ipucnn
