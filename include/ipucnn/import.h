#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/catalog.h"
#include "ipucnn/resolve.h"

namespace ipucnn {

/// What a text with commands in it is.
enum class CommandSource : std::uint8_t { Shell, Markdown, Rst, Yaml, Notebook };

/// By the name's end, the first line, or for YAML its keys; absent when it is none.
std::optional<CommandSource> command_source(std::string_view name, std::string_view text);

/// What a loop of the text runs through.
struct ImportedLoop {
  std::string use;  ///< what stands for it in the words of a line
  std::vector<std::string> values;
};

/// A variable of the text whose value stands in a command, and where the text sets it.
struct ImportedVariable {
  std::string name;
  Span at;
};

/// A command as a job of ours. Every node and word points at the text that it was read from.
struct ImportedJob {
  std::string name;
  Span at;                          ///< the command's first word
  std::uint32_t last_line = 0;      ///< of the command
  std::vector<std::string> line;    ///< its words, with faults mended
  std::vector<ImportedLoop> loops;  ///< those that a sweep is made of, outermost first
  std::vector<std::string> lost;    ///< options of the line that findings say are not in the job
  std::vector<ImportedVariable> variables{};
  std::vector<Span> told{};        ///< where findings on the text speak of this command
  std::vector<Span> open{};        ///< values that only a shell can tell: a job cannot hold them
  std::string application{};       ///< NAME@RELEASE that it is taken for
  bool figures_elsewhere = false;  ///< in a file that is not read: they cannot be judged
  bool release_guessed = false;    ///< another release fits as well, and the newest was taken
  bool of_container = false;       ///< Kubernetes starts it, which puts $(NAME) into its words
  std::unique_ptr<Document>
      document;               ///< `jobs:` with this one entry, but for the script's options
  std::vector<Word> options;  ///< the script's own words

  Entry entry() const;
};

/// What an import is asked to take a command for.
struct ImportRequest {
  CommandSource kind = CommandSource::Shell;
  std::size_t begin = 0;    ///< offset at which a shell's text begins
  AppId application{};      ///< where the script does not tell; empty: any
  std::string_view sdk{};   ///< release of the SDK; empty: not known
  bool everything = false;  ///< say so where a command is none of ours
  /// Where given, commands of a benchmark specification that are of no known application are
  /// counted here, and judged as plain_command takes them.
  std::size_t* plain = nullptr;
};

/// Every training command of a text, in order; others are passed over. Of a benchmark specification
/// those of every variant, under its name. Reports what is wrong with the text and the launcher's
/// words; a command that has no script of ours gives no job.
std::vector<ImportedJob> import_commands(const Catalog& catalog, const Sources& sources,
                                         SourceId source, const ImportRequest& request,
                                         Diagnostics& out);

}  // namespace ipucnn
