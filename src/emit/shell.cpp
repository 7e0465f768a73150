// One option a line, quoted so that any POSIX shell gives back exactly the plan's words.
#include "emit/emitters.h"

namespace ipucnn::emitting {
namespace {

/// A folder for `cd`: neither an option, nor searched for along CDPATH.
std::string folder_word(const Arg& folder) {
  const Piece& first = folder.pieces.front();
  const std::string_view head = std::string_view(first.text).substr(0, first.text.find('/'));
  const bool plain =
      first.kind == Piece::Kind::Variable || head.empty() || head == "." || head == "..";
  return (plain ? "" : "./") + shell_quote(folder);
}

/// A program's name that a shell does not take for an assignment.
std::string program_word(const Arg& program) {
  const std::string word = shell_quote(program);
  return (word.find('=') == std::string::npos ? "" : "''") + word;
}

/// Variables and words, `before` in front of the program.
std::string words_text(const Command& command, std::string_view indent, std::string_view before) {
  std::string out(indent);
  for (const auto& [name, value] : command.env) out += name + "=" + shell_quote(value) + " ";
  out += before;
  for (std::size_t i = 0; i < command.argv.size(); ++i) {
    const Arg& arg = command.argv[i];
    if (i > 0) {
      if (arg.begins) {
        out += " \\\n";
        out += indent;
        out += i > command.program_at && command.program_at > 0 ? "    " : "  ";
      } else {
        out += ' ';
      }
    }
    out += i == 0 ? program_word(arg) : shell_quote(arg);
  }
  return out;
}

std::string command_text(const Command& command) {
  if (command.cwd.pieces.empty()) return words_text(command, "", "");
  return "( cd " + folder_word(command.cwd) + " &&\n" + words_text(command, "  ", "") + " )";
}

}  // namespace

std::string exec_text(const Command& command) {
  const std::string folder =
      command.cwd.pieces.empty() ? "" : "  cd " + folder_word(command.cwd) + "\n";
  return folder + words_text(command, "  ", "exec ") + "\n";
}

std::vector<Artifact> emit_shell(const JobPlan& plan) {
  std::string text;
  for (const Step& step : plan.steps) {
    if (&step != plan.steps.data()) text += " &&\n";
    text += command_text(step.command);
  }
  return {{plan.name + ".sh", text + "\n"}};
}

std::vector<Artifact> emit_shell_plans(const std::vector<JobPlan>& plans) {
  std::string text;
  for (const JobPlan& plan : plans) {
    std::string one = std::move(emit_shell(plan).front().text);
    one.pop_back();
    text += (text.empty() ? "" : " &&\n") + one;
  }
  return {{plans.front().name + ".sh", text + "\n"}};
}

}  // namespace ipucnn::emitting
