#pragma once

#include <memory>
#include <string>
#include <vector>

#include "import/shell_block.h"

namespace ipucnn::importing {

/// What stands behind `<` and `>`: files, processes, here-documents and here-strings.
class RedirectReader : protected BlockReader {
 protected:
  RedirectReader(const Located& text, int depth) : BlockReader(text, depth) {}

  bool is_redirection() const;
  /// Where output goes is left out without a word: a run keeps its own logs.
  void take_redirection();
  /// `<(..)` as a word.
  void take_process();
  /// At the start of a line: the texts that the line above announced.
  void take_here_documents();

 private:
  struct HereDocument {
    std::string end;      ///< its last line
    bool tabs = false;    ///< those in front of its lines go
    bool quoted = false;  ///< nothing in it is put in
    std::shared_ptr<ShellWord> body;
    std::uint32_t at = 0;  ///< offset of the word that announces it
  };

  ShellWord read_file_word();
  /// Goes behind `<(..)`, whose commands are started as well.
  void skip_process();
  void take(const HereDocument& document);

  std::vector<HereDocument> here_documents_;
};

}  // namespace ipucnn::importing
