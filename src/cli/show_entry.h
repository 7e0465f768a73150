#pragma once

#include "cli/input_files.h"
#include "cli/split_argv.h"
#include "cli/streams.h"
#include "ipucnn/view.h"

namespace ipucnn::cli {

/// Whether the words are `show target NAME` or its like.
bool names_an_entry(const SplitArgv& split);

/// Prints that entry and gives the status. Reports K002, K004, K005, K050 or K017.
int show_named_entry(const InputFiles& files, const SplitArgv& split, ViewFormat format,
                     const Streams& streams);

/// Whether the word is that of a list: presets, targets and so on.
bool names_a_list(const SplitArgv& split);

/// Whether the only word is no preset, but nearly the name of a list; says so.
bool is_nearly_a_list(const InputFiles& files, const SplitArgv& split, const Streams& streams);

/// Says, as a misuse, what a list or an entry has no use for: options that choose or change a
/// preset, and words for the application. False when there was something.
bool uses_all_words(const SplitArgv& split, const Streams& streams, const World& world);

/// The application that --app asks `show presets` for; a default-made one without it. Reports K003.
std::optional<AppId> listed_application(const InputFiles& files, const SplitArgv& split,
                                        const Streams& streams);

}  // namespace ipucnn::cli
