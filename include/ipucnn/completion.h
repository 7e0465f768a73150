#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/catalog.h"
#include "ipucnn/schema.h"
#include "ipucnn/value_kind.h"

namespace ipucnn {

inline constexpr std::array<std::string_view, 3> kShells = {"bash", "zsh", "fish"};

/// The last line of `completion words` where a file may stand as well.
inline constexpr std::string_view kFilesToo = "#files";

/// What a shell reads to complete our words; empty for a shell that is not known. It asks the
/// program that is being typed, so that one of a checkout completes by itself.
std::string_view completion_script(std::string_view shell);

/// Words that could stand at one place. What is typed there begins with `before`, or it is another
/// word.
struct Completions {
  std::string before{};
  std::vector<std::string> words{};

  void add(const std::vector<std::string_view>& more) {
    words.insert(words.end(), more.begin(), more.end());
  }
};

/// Names of presets; behind `APP@RELEASE:` those of that application.
void add_presets(const Catalog& catalog, std::string_view typed, Completions& out);

/// Keys of an application's options with what goes behind them (`=` or nothing); behind `KEY=` the
/// values that are known. None without an application.
void add_keys(const AppSchema* application, std::string_view typed, std::string_view separator,
              Completions& out);

/// The values that are known of the option with this flag. False when there are none.
bool add_choices(const AppSchema* application, std::string_view flag, Completions& out);

/// All flags of an application.
void add_flags(const AppSchema* application, Completions& out);

/// Keys of launch settings with `=` behind them; behind `KEY=` the values that there are.
void add_launch_keys(std::string_view typed, Completions& out);

/// What an option of ours may be given: names of the catalog, keys and purposes of an application,
/// or `choices`, the fixed words of the option. Whether a file may stand there as well.
bool add_values(ValueKind kind, const std::vector<std::string_view>& choices,
                const Catalog& catalog, const AppSchema* application, std::string_view typed,
                Completions& out);

}  // namespace ipucnn
