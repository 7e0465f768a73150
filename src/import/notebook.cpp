#include "import/notebook.h"

#include <algorithm>
#include <string>

#include "import/cell_reader.h"
#include "import/json_strings.h"

namespace ipucnn::importing {
namespace {

class NotebookReader {
 public:
  NotebookReader(const Places& places, Diagnostics& out)
      : places_(places), out_(out), json_(places.text(), behind_mark(places.text())) {}

  std::vector<CommandText> run() {
    json_.each_member([&](std::string_view key) {
      if (key == "cells" && json_.at('[')) json_.each_item([&] { cell(); });
      if (key == "metadata" && json_.at('{')) metadata();
    });
    if (const auto at = json_.failed())
      out_.add(FindingId::Y001, places_.span(*at, *at + 1), "the notebook is no JSON from here on")
          .help = "open it in Jupyter and save it again";
    for (const Cell& one : cells_) {
      if (one.is_markdown)
        markdown(one.source);
      else if (shell_kernel_)
        reader_.take(one.source);
      else
        reader_.read(one.source);
    }
    return std::move(reader_.found);
  }

 private:
  struct Cell {
    Located source;
    bool is_markdown = false;
  };

  void metadata() {
    json_.each_member([&](std::string_view key) {
      if (key != "kernelspec" || !json_.at('{')) return;
      json_.each_member([&](std::string_view field) {
        if (field == "name" && json_.at('"')) shell_kernel_ = json_.string().text == "bash";
      });
    });
  }

  void cell() {
    if (!json_.at('{')) return;
    Cell one;
    std::string type;
    json_.each_member([&](std::string_view key) {
      if (key == "cell_type" && json_.at('"')) type = json_.string().text;
      if (key != "source") return;
      if (json_.at('"')) one.source = json_.string();
      if (json_.at('[')) json_.each_item([&] { one.source.add(json_.string()); });
    });
    one.is_markdown = type == "markdown";
    if (type == "code" || one.is_markdown) cells_.push_back(std::move(one));
  }

  void markdown(const Located& source) {
    for (CommandText& text : markdown_commands(source.text)) {
      for (std::uint32_t& from : text.text.from)
        from = source.from[std::min<std::size_t>(from, source.from.size() - 1)];
      text.new_section = true;
      reader_.found.push_back(std::move(text));
    }
  }

  const Places& places_;
  Diagnostics& out_;
  JsonReader json_;
  std::vector<Cell> cells_;
  bool shell_kernel_ = false;
  CellReader reader_;
};

}  // namespace

std::vector<CommandText> notebook_commands(const Places& places, Diagnostics& out) {
  return NotebookReader(places, out).run();
}

}  // namespace ipucnn::importing
