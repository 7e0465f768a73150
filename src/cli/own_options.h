#pragma once

// Seen by usage.cpp and help.cpp alone, because CLI11 takes long to compile.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <array>
#include <string>
#include <vector>

#include "cli/options.h"

namespace ipucnn::cli {

/// Options of ours as CLI11 has them, each built when it is first asked for.
class OwnOptions {
 public:
  /// Descriptions are for --help alone.
  explicit OwnOptions(const CommandRow& command, bool described = false);

  CLI::Option* build(const OptionRow& row);
  /// Throws CLI::ParseError.
  void parse(const std::vector<std::string>& words);
  CLI::App& app() { return app_; }

 private:
  void relate();

  const CommandRow& command_;
  bool described_;
  CLI::App app_;
  std::array<CLI::Option*, kOptionCount> built_{};
};

}  // namespace ipucnn::cli
