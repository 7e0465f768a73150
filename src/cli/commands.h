#pragma once

#include <optional>
#include <string_view>

#include "cli/split_argv.h"
#include "cli/streams.h"
#include "ipucnn/diagnostic.h"

namespace ipucnn::cli {

#define COMMAND(name, letter, positionals, most_words, formats, marks, help) \
  int cmd_##name(const SplitArgv& split, const Streams& streams, const World& world);
#include "cli/commands.def"
#undef COMMAND

/// Prints findings for people on `err`.
void print_findings(const Diagnostics& findings, const Sources& sources, const SplitArgv& split,
                    const Streams& streams, const World& world);

std::string_view program_version();
/// Of this version, as docs/changelog.md has it: 2026-11-26.
std::string_view release_date();

/// --color, else NO_COLOR and whether the stream is a terminal.
bool use_color(const SplitArgv& split, bool terminal, const World& world);

/// JSON Schema of our files with the applications and presets that are known here.
std::string schema_of_own_files(const SplitArgv& split, const World& world);

/// One line on `err`, beginning with the program's name.
void say(const Streams& streams, std::string_view text);

/// Says what is wrong with the use of our options and where help is. Always kUsage.
int usage(const Streams& streams, std::string_view text, const SplitArgv& split);

/// Says it at the word that is wrong (U001). Always kUsage.
int misused(const Word& word, std::string message, const SplitArgv& split, const Streams& streams,
            const World& world);

}  // namespace ipucnn::cli
