#pragma once

#include "cli/split_argv.h"
#include "cli/streams.h"

namespace ipucnn::cli {

#define COMMAND(name, letter, positionals, help) \
  int cmd_##name(const SplitArgv& split, const Streams& streams, const World& world);
#include "cli/commands.def"
#undef COMMAND

/// Prints findings for people on `err`.
class Pipeline;
void print_findings(Pipeline& pipeline, const SplitArgv& split, const Streams& streams,
                    const World& world);

/// One line on `err`, beginning with the program's name.
void say(const Streams& streams, std::string_view text);

/// Says what is wrong with the use of our options and where help is. Always kUsage.
int usage(const Streams& streams, std::string_view text, const SplitArgv& split);

}  // namespace ipucnn::cli
