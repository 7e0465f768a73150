// Commands in files of other programs: by which names they are read, and what stands in them.
#include <gtest/gtest.h>

#include "ipucnn/import.h"

namespace ipucnn {
namespace {

class OtherFiles : public testing::Test {
 protected:
  /// The commands' words, one text each.
  std::vector<std::string> lines(const std::string& name, const std::string& text) {
    source_ = sources_.add(name, text);
    const auto kind = command_source(name, text);
    if (!kind) return {"not read"};
    ImportRequest request;
    request.kind = *kind;
    request.application = {"tensorflow1_cnns", "2.3", {}};
    std::vector<std::string> all;
    for (const ImportedJob& job :
         import_commands(catalog_, sources_, source_, request, findings_)) {
      std::string& line = all.emplace_back();
      for (const std::string& word : job.line) line += (line.empty() ? "" : " ") + word;
      for (const ImportedLoop& loop : job.loops) {
        line += " ;";
        for (const std::string& value : loop.values) line += " " + value;
      }
    }
    return all;
  }
  /// Notes left out.
  std::vector<std::string> found() const {
    std::vector<std::string> all;
    for (const Diagnostic& d : findings_.all())
      if (d.severity != Severity::Note)
        all.push_back(std::string(finding_info(d.id).id) + " " + std::to_string(d.at.line));
    return all;
  }

  SourceId source_ = 0;
  Sources sources_;
  Catalog catalog_{sources_};
  Diagnostics findings_;
};

using Lines = std::vector<std::string>;
const std::string kCommand = "python3 train.py --config mk2_resnet50_gn_16ipus --epochs 2";

TEST_F(OtherFiles, AreReadByTheirNamesHoweverTheseAreWritten) {
  const std::string document = "# Run\n\n```bash\n" + kCommand + "\n```\n";
  for (const char* name : {"README.MD", "a.mdx", "b.qmd", "c.Rmd", "d.Markdown", "e"})
    EXPECT_EQ(lines(name, document), Lines{kCommand}) << name;
  const std::string script = "export A=1\n" + kCommand + "\n";
  for (const char* name : {"run.sbatch", "run.slurm", "run.PBS", "run.lsf", "x/.envrc", "RUN.SH",
                           "run.zsh", "standard input"})
    EXPECT_EQ(lines(name, script), Lines{kCommand}) << name;
  EXPECT_EQ(lines("A.YML", "a:\n  script:\n  - " + kCommand + "\n"), Lines{kCommand});
  EXPECT_EQ(
      lines("plan.json", R"({"schema": "ipucnn.plan/2", "x": {"command": "python3 train.py"}})"),
      Lines{"not read"});
  EXPECT_EQ(lines("a.py", "import os\n"), Lines{"not read"});
}

TEST_F(OtherFiles, OfAnEditorHaveCommentsAndCommasBehindTheLast) {
  const std::string launch = R"({
  // Use IntelliSense: "x" // http://a
  "version": "0.2.0", /* of
  the file */
  "configurations": [
    {"name": "t", "request": "launch", "program": "${workspaceFolder}/train.py",
     "args": ["--config", "mk2_resnet50_gn_16ipus", "--data-dir", "${env:D}//x", ],},
  ],
})";
  const Lines meant{
      "python3 ${env:workspaceFolder}/train.py --config mk2_resnet50_gn_16ipus --data-dir "
      "${env:D}//x"};
  EXPECT_EQ(lines(".vscode/launch.json", launch), meant);
  EXPECT_EQ(lines("standard input", launch), meant);
  const std::string tasks = R"(// tasks
{"version": "2.0.0", "tasks": [
  {"type": "shell", "command": ")" +
                            kCommand + R"("},
  {"type": "process", "command": "python3", "args": ["train.py", "--epochs", "2", "--name-suffix", "a b",]},
]})";
  EXPECT_EQ(lines("tasks.json", tasks),
            (Lines{kCommand, "python3 train.py --epochs 2 --name-suffix a b"}));
  EXPECT_EQ(found(), Lines{});
}

TEST_F(OtherFiles, ThatAreTemplatesHaveVariablesWhereTheyArePutIn) {
  EXPECT_EQ(lines("t.yaml",
                  "{{- if .Values.on }}\n"
                  "apiVersion: batch/v1\n"
                  "kind: Job\n"
                  "metadata:\n"
                  "  name: {{ .Release.Name }}-train\n"
                  "  labels:\n"
                  "    {{- include \"a.labels\" . | nindent 4 }}\n"
                  "spec:\n"
                  "  image: \"{{ .Values.tag | default \"latest\" }}\"\n"
                  "  env: {{ toYaml .Values.env | nindent 8 }}\n"
                  "  command: [python3, train.py]\n"
                  "  args: [--epochs, \"{{ .Values.epochs | default 3 }}\", --name-suffix, x]\n"
                  "{{- end }}\n"),
            Lines{"python3 train.py --epochs ${env:Values_epochs} --name-suffix x"});
  EXPECT_EQ(found(), Lines{});
  EXPECT_EQ(lines("u.yaml", "apiVersion: v1\nkind: Job\na: {{ .x }}\n b: [\n"), Lines{});
  EXPECT_EQ(found(), Lines{"L072 4"});
}

TEST_F(OtherFiles, OfASweepAreTheLoopsThatItGoesThrough) {
  EXPECT_EQ(
      lines("sweep.yaml",
            "program: train.py\n"
            "method: grid\n"
            "metric: {name: loss, goal: minimize}\n"
            "parameters:\n"
            "  batch-size: {values: [4, 8]}\n"
            "  model: {value: resnet}\n"
            "  epochs: {min: 1, max: 9}\n"
            "command:\n"
            "- ${env}\n"
            "- python3\n"
            "- ${program}\n"
            "- --config\n"
            "- mk2_resnet50_gn_16ipus\n"
            "- ${args}\n"),
      Lines{"python3 train.py --config mk2_resnet50_gn_16ipus --batch-size=${env:batch_size@1} "
            "--model=resnet --epochs=${env:epochs} ; 4 8"});
  EXPECT_EQ(lines("short.yaml", "program: train.py\nparameters:\n  epochs: {values: [4]}\n"),
            Lines{"python train.py --epochs=4"});
  EXPECT_EQ(lines("none.yaml", "program: x\nparameters: {a: {values: []}}\ncommand: []\n"),
            Lines{});
}

TEST_F(OtherFiles, JoinAnEntrypointAndItsCommandHoweverTheyAreWritten) {
  const auto service = [](const std::string& body) { return "services:\n  t:\n" + body; };
  for (const char* body : {"    entrypoint: python3 train.py\n    command: --epochs 2\n",
                           "    entrypoint: [python3, train.py]\n    command: --epochs 2\n",
                           "    entrypoint: python3 train.py\n    command: [--epochs, \"2\"]\n",
                           "    entrypoint: [python3, train.py]\n    command: [--epochs, \"2\"]\n",
                           "    command: python3 train.py --epochs 2\n"})
    EXPECT_EQ(lines("compose.yml", service(body)), Lines{"python3 train.py --epochs 2"}) << body;
  EXPECT_EQ(
      lines("compose.yml", service("    entrypoint: [sh, -c]\n    command: " + kCommand + "\n")),
      Lines{kCommand});
  EXPECT_EQ(lines("pipeline.yml", "steps:\n- command:\n  - pip install x\n  - " + kCommand + "\n"),
            Lines{kCommand});
}

TEST_F(OtherFiles, HaveCommandsAtTheirTopAndInListsOfWholeLines) {
  for (const std::string front :
       {"script:\n- ", "run: |\n  ", "command: ", "stages:\n  a:\n    cmd:\n    - echo x\n    - ",
        "- hosts: a\n  tasks:\n  - shell: ",
        "spec:\n  script:\n    command: [bash]\n    source: |\n      "})
    EXPECT_EQ(lines("a.yml", front + kCommand + "\n"), Lines{kCommand}) << front;
  EXPECT_EQ(
      lines("a.yml", "- tasks:\n  - command:\n      argv: [python3, train.py, --epochs, \"2\"]\n"),
      Lines{"python3 train.py --epochs 2"});
  EXPECT_EQ(lines("MLproject",
                  "entry_points:\n  main:\n    command: \"python3 train.py --epochs {epochs}\"\n"),
            Lines{"python3 train.py --epochs ${env:epochs}"});
  EXPECT_EQ(lines("a.yml", "run:\n  model: resnet\n"), Lines{"not read"});
}

TEST_F(OtherFiles, MayTellHowACommandIsWritten) {
  for (const char* words :
       {"--config CONFIG", "--config=CONFIG", "--epochs N", "--data-dir DIR", "--data-dir DATA_DIR",
        "--epochs 2 [--batch-size 4]", "--epochs 2 ...", "[OPTIONS] --epochs 2"}) {
    const std::string command = "python3 train.py " + std::string(words);
    EXPECT_EQ(lines("a.md", "```bash\n" + command + "\n```\nor `" + command + "`\n"), Lines{})
        << words;
    EXPECT_EQ(lines("a.sh", command + "\n").size(), 1U) << words;
  }
  findings_ = {};
  for (const char* words : {"--optimiser SGD --epochs 2", "--name-suffix X --epochs 2"})
    EXPECT_EQ(lines("a.md", "```\npython3 train.py " + std::string(words) + "\n```\n").size(), 1U)
        << words;
}

TEST_F(OtherFiles, AreReadOrSaidWhereAShellIsGivenAText) {
  const std::string quoted = "\"" + kCommand + "\"";
  for (const char* front : {"bsub -n 4 ", "oarsub -l nodes=1 ", "qsub -b y ", "condor_run "})
    EXPECT_EQ(lines("a.sh", front + quoted + "\n"), Lines{kCommand}) << front;
  EXPECT_EQ(lines("a.sh", "printf '%s\\n' '#!/bin/sh' " + quoted + " > run.sh\n"), Lines{kCommand});
  EXPECT_EQ(lines("a.sh", "printf 'x\\n%s %d\\n' 'python3 train.py --epochs' 3 > run.sh\n"),
            Lines{"python3 train.py --epochs 3"});
  EXPECT_EQ(found(), Lines{});
  EXPECT_EQ(lines("a.sh", "alias t=" + quoted + "\nalias v='vim train.py'\nt\n"), Lines{});
  EXPECT_EQ(lines("a.sh", "\nC=" + quoted + "\n\"$C\"\n"), Lines{});
  EXPECT_EQ(found(), (Lines{"L072 1", "L072 3"}));
  EXPECT_EQ(findings_.all().back().severity, Severity::Error);
}

}  // namespace
}  // namespace ipucnn
