#include "ipucnn/import.h"

#include <gtest/gtest.h>

#include "ipucnn/view.h"

namespace ipucnn {
namespace {

class Import : public testing::Test {
 protected:
  std::vector<ImportedJob> read(const std::string& name, const std::string& text) {
    const SourceId source = sources_.add(name, text);
    ImportRequest request;
    request.kind = command_source(name, text).value_or(CommandSource::Shell);
    request.application = application_;
    return import_commands(catalog_, sources_, source, request, findings_);
  }
  /// The text that a place points at.
  std::string at(Span place) const {
    return std::string(sources_.line(place).substr(place.column - 1, place.length));
  }
  std::vector<std::string> found() const {
    std::vector<std::string> all;
    for (const Diagnostic& d : findings_.all())
      all.push_back(std::string(finding_info(d.id).id) + " " + std::to_string(d.at.line) + " " +
                    at(d.at));
    return all;
  }

  AppId application_{
      "tensorflow1_cnns", "2.3", {}};  ///< most words here tell nothing by themselves
  Sources sources_;
  Catalog catalog_{sources_};
  Diagnostics findings_;
};

TEST_F(Import, MakesAJobWhoseNodesPointAtTheWords) {
  const auto jobs =
      read("a.sh",
           "POPLAR_LOG_LEVEL=WARN poprun -vv --host a,b \\\n"
           "  --num-instances=16 --num-replicas 32 --mpi-local-args='-x A -x B=1' \\\n"
           "  python lib/train.py --config mk2_resnet50_gn_16ipus --epochs 2\n");
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(found(), std::vector<std::string>{});
  const Node job = jobs[0].entry().body;
  EXPECT_EQ(job_yaml(jobs[0].entry(), {}),
            "  mk2_resnet50_gn_16ipus-train:\n"
            "    application: tensorflow1_cnns@2.3\n"
            "    preset: mk2_resnet50_gn_16ipus\n"
            "    profile: bare\n"
            "    target: pod32\n"
            "    hosts: 2\n"
            "    options:\n"
            "      replicas: 32\n"
            "    launch:\n"
            "      verbosity: 2\n"
            "      hosts: [a, b]\n"
            "      spelling:\n"
            "        equals: [--num-instances]\n"
            "      instances: 16\n"
            "      forward: [A, \"B=1\"]\n"
            "      python: python\n"
            "      script_dir: lib/\n"
            "      env:\n"
            "        POPLAR_LOG_LEVEL: WARN\n"
            "      ipus_per_replica: 1\n");
  EXPECT_EQ(at(job.find("preset").at()), "mk2_resnet50_gn_16ipus");
  EXPECT_EQ(at(job.find("launch").find("instances").at()), "16");
  EXPECT_EQ(at((*job.find("launch").find("forward").begin()).at()), "A");
  ASSERT_EQ(jobs[0].options.size(), 2U);
  EXPECT_EQ(jobs[0].options[1].at, (Span{jobs[0].at.source, 3, 64, 1}));
}

TEST_F(Import, FindsCommandsInFencedAndIndentedBlocksOfMarkdown) {
  const auto jobs = read("a.md",
                         "Run `python3 train.py --epochs 3`:\n"
                         "\n"
                         "    python3 train.py --epochs 4\n"
                         "\n"
                         "1. or\n"
                         "    python3 train.py --epochs 5\n"
                         "   ```sh\n"
                         "   python3 train.py \\\n"
                         "     --epochs 6\n"
                         "   ```\n"
                         "python3 train.py --epochs 7\n");
  ASSERT_EQ(jobs.size(), 3U);
  EXPECT_EQ(at(jobs[0].options.back().at), "3");
  EXPECT_EQ(at(jobs[1].options.back().at), "4");
  EXPECT_EQ(at(jobs[2].options.back().at), "6");
}

TEST_F(Import, FindsCommandsInTheLinesOfProse) {
  const auto jobs =
      read("a.md",
           "The script `train.py`, `poprun`, `poprun --numa-aware 1` and\n"
           "`poprun ... python3 train.py --epochs 2` start nothing; ``python3 train.py\n"
           "  --epochs 3`` does. A ` alone, and `python3 train.py --epochs 4.\n"
           "\n"
           "| `cd x && python3 train.py --epochs 5` | `python3 train.py --config <c>` |\n"
           "| --- | `python3 train.py --epochs 6` |\n"
           "# `python3 train.py --epochs 7`\n"
           "> `python3 y.py --epochs 8`\n");
  ASSERT_EQ(jobs.size(), 2U);
  EXPECT_EQ(at(jobs[0].options.back().at), "3");
  EXPECT_EQ(jobs[0].at.line, 2U);
  EXPECT_EQ(jobs[0].last_line, 3U);
  EXPECT_EQ(at(jobs[1].options.back().at), "6");
  EXPECT_EQ(found(), std::vector<std::string>{});
}

TEST_F(Import, ALoopOverTheValueOfAnOptionIsASweep) {
  const auto jobs =
      read("a.sh",
           "for B in 4 8; do for G in 1 2; do\n"
           "  for S in a; do python3 train.py --batch-size $B --gradient-accumulation-count=${G}"
           " --name-suffix $S; done\n"
           "done; done\n");
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(found(), std::vector<std::string>{});
  const Node sweep = jobs[0].entry().body.find("sweep");
  ASSERT_EQ(sweep.size(), 2U);
  EXPECT_EQ(at((*sweep.find("batch_size").begin()).at()), "4");
  EXPECT_EQ(sweep.find("gradient_accumulation_count").size(), 2U);
  ASSERT_EQ(jobs[0].options.size(), 2U);
  EXPECT_EQ(jobs[0].options[1].text, "a");
}

TEST_F(Import, ALoopThatNoSweepHoldsIsACommandForEachTurn) {
  const auto jobs =
      read("a.sh",
           "for B in 4 8; do\n"
           "  for C in mk2_resnet50_gn_16ipus mk2_resnet50_bn_16ipus; do\n"
           "    for S in 1 2; do\n"
           "      python3 train.py --config $C --batch-size $B --name-suffix \"$C $B\" --seed $S\n"
           "done; done; done\n");
  ASSERT_EQ(jobs.size(), 4U);
  EXPECT_EQ(jobs[1].entry().body.find("preset").text(), "mk2_resnet50_bn_16ipus");
  EXPECT_EQ(jobs[1].options[1].text, "4");
  EXPECT_EQ(jobs[1].options[3].text, "mk2_resnet50_bn_16ipus 4");
  EXPECT_EQ(at(jobs[1].options[1].at), "$B");
  EXPECT_EQ(jobs[3].options[1].text, "8");
  ASSERT_EQ(jobs[1].variables.size(), 3U);
  EXPECT_EQ(at(jobs[1].variables.back().at), "mk2_resnet50_bn_16ipus");
  EXPECT_EQ(jobs[3].entry().body.find("sweep").size(), 1U);
  EXPECT_EQ(found(), std::vector<std::string>{});
}

TEST_F(Import, ALoopThatDoesMoreIsSaid) {
  read("a.sh",
       "for B in 4 8; do python3 train.py --epochs 1; done\n"
       "for B in 4 8; do B=1; python3 train.py --batch-size $B; done\n"
       "for B in '4 8' 1; do python3 train.py --batch-size $B; done\n"
       "while read B; do python3 train.py --batch-size $B; done <f\n"
       "for B in {1..9}; do python3 train.py --batch-size $B; done\n"
       "for B in 1 2 3 4 5 6 7 8 9; do for C in 1 2 3 4 5 6 7 8; do\n"
       "python3 train.py --name-suffix $B$B$C$C; done; done\n");
  EXPECT_EQ(found(),
            (std::vector<std::string>{"L048 1 for B in 4 8", "L048 2 for B in 4 8", "L040 3 $B",
                                      "L048 4 B", "L048 4 while", "L048 5 for B in {1..9}",
                                      "L048 5 for B in {1..9}", "L040 7 $B", "L040 7 $C"}));
}

TEST_F(Import, AValueThatOnlyAShellCanTellIsAVariableThatNobodySets) {
  const auto jobs = read("a.sh",
                         "A=`x` poprun -v --num-instances $(nproc) python3 train.py --epochs `e` "
                         "--data-dir \"$(pwd)/d\" --seed $1 --name-suffix ${X%.*} x${Y:1}y\n"
                         "python3 train.py --epochs 1 \"${@:2}\"\n"
                         "python3 train.py --epochs {1,2}\n");
  ASSERT_EQ(jobs.size(), 3U);
  const auto& options = jobs[0].options;
  EXPECT_EQ(options[1].text, "${env:(e)}");
  EXPECT_EQ(options[3].text, "${env:(pwd)}/d");
  EXPECT_EQ(at(options[3].at), "\"$(pwd)/d\"");
  EXPECT_EQ(options[5].text, "${env:1}");
  EXPECT_EQ(options[7].text, "${env:X%.*}");
  EXPECT_EQ(options[8].text, "x${env:(..)}y");
  EXPECT_EQ(jobs[0].open.size(), 7U);
  EXPECT_EQ(at(jobs[0].open[0]), "`x`");
  EXPECT_EQ(found(), (std::vector<std::string>{"L040 2 ${@:2}", "L040 3 {1,2}"}));
}

TEST_F(Import, WhateverChangesAVariableIsSeen) {
  for (const char* text :
       {"A=(1 2); A[1]=5; python3 train.py --epochs ${A[1]}", "A=(1 2); unset 'A[1]'; B=${A[1]}",
        "A=(1 2); declare A[1]=5; B=${A[1]}", "A=(1 2); printf -v 'A[1]' 5; B=${A[1]}",
        "B=1; : $((B += 2))", "B=1; : $((++B))", "B=1; declare -n R=B; R=7",
        "A=(a b); IFS=$X; B=\"${A[*]}\""}) {
    const auto jobs = read("a.sh", std::string(text) + "\npython3 train.py --epochs $B\n");
    ASSERT_FALSE(jobs.empty()) << text;
    EXPECT_TRUE(jobs.back().options.back().text.starts_with("${env:")) << text;
  }
  const auto jobs =
      read("a.sh", "A=(a b); IFS=,; python3 train.py --name-suffix \"${A[*]}\" $((B == 1))\n");
  EXPECT_EQ(jobs.front().options[1].text, "a,b");
}

TEST_F(Import, AFunctionIsReadAtEachCallOrAtTheEnd) {
  const auto jobs = read("a.sh",
                         "f() { python3 train.py --epochs $1 \"${@:2}\" $E; }\n"
                         "g() { local n=$1; shift; python3 train.py --epochs $n \"$@\"; }\n"
                         "h() { python3 train.py --epochs 7 --name-suffix $E \"$@\"; }\n"
                         "g 1 --batch-size 4; g 2\nE=end\n");
  ASSERT_EQ(jobs.size(), 4U);
  const auto words = [&](std::size_t job) {
    std::string all;
    for (const Word& word : jobs[job].options) all += word.text + " ";
    return all;
  };
  EXPECT_EQ(words(0), "--epochs 1 --batch-size 4 ");
  EXPECT_EQ(words(1), "--epochs 2 ");
  EXPECT_EQ(words(2), "--epochs ${env:1} ${@:2} end ");
  EXPECT_EQ(words(3), "--epochs 7 --name-suffix end ");
  EXPECT_EQ(found(), (std::vector<std::string>{"L040 1 ${@:2}", "L048 3 \"$@\""}));
}

TEST_F(Import, WhatABranchSetsIsNotKnownBehindIt) {
  const auto jobs = read("a.sh",
                         "A=1 B=1 C=1 D=1\n"
                         "if x; then A=2; python3 train.py --epochs $A; elif y; then B=2; fi\n"
                         "[ -n $D ] || C=2\n"
                         "(D=2; python3 train.py --epochs $D)\n"
                         "python3 train.py --epochs $A --batch-size $B --seed $C --replicas $D\n");
  ASSERT_EQ(jobs.size(), 3U);
  EXPECT_EQ(jobs[0].options[1].text, "2");
  EXPECT_EQ(jobs[1].options[1].text, "2");
  EXPECT_EQ(jobs[2].options[1].text, "${env:A}");
  EXPECT_EQ(jobs[2].options[3].text, "${env:B}");
  EXPECT_EQ(jobs[2].options[5].text, "${env:C}");
  EXPECT_EQ(jobs[2].options[7].text, "1");
  EXPECT_EQ(found(), (std::vector<std::string>{"L048 2 A=2", "L048 2 B=2", "L048 3 C=2"}));
}

TEST_F(Import, WhatDoublesAndWhatNestsWithoutEndIsNotFollowed) {
  std::string doubled = "A=xxxxxxxx\n";
  for (int i = 0; i < 40; ++i) doubled += "A=$A$A\n";
  EXPECT_EQ(read("a.sh", doubled + "python3 train.py --name-suffix $A\n").size(), 1U);
  EXPECT_EQ(read("b.sh", "f() { f; f; python3 train.py --epochs 1; }\nf\n").size(), 1U);
  std::string calls = "f0() { python3 train.py --epochs 1; }\n";
  for (int i = 1; i < 20; ++i)
    calls += "f" + std::to_string(i) + "() { f" + std::to_string(i - 1) + "; f" +
             std::to_string(i - 1) + "; }\n";
  read("c.sh", calls + "f19\n");
  read("d.sh", std::string(100000, '(') + "python3 train.py --epochs 1\n");
  read("e.sh", "A='eval \"$A\"'\neval \"$A\"\n");
  EXPECT_EQ(found().back().substr(0, 6), "L040 1");
}

TEST_F(Import, FindsTheBytesOfEveryKindOfYamlScalar) {
  const auto jobs = read("a.yml",
                         "plain:\n  cmd: python3 train.py\n    --epochs 1\n"
                         "folded:\n  cmd: >-\n    python3 train.py\n      --epochs 2\n"
                         "block:\n  cmd: |\n    python3 train.py \\\n      --epochs 3\n"
                         "double:\n  cmd: \"python3 \\\"train.py\\\" --epochs 4\"\n"
                         "single:\n  cmd: 'python3 ''train.py'' --epochs 5'\n");
  ASSERT_EQ(jobs.size(), 5U);
  // A benchmark's command is split by shlex, to which an escaped line end is a letter.
  EXPECT_EQ(found(), std::vector<std::string>{"L041 10 \\"});
  for (std::size_t i = 0; i < jobs.size(); ++i)
    EXPECT_EQ(at(jobs[i].options.back().at), std::to_string(i + 1)) << jobs[i].name;
  EXPECT_EQ(jobs[1].name, "folded");
}

TEST_F(Import, TakesWhatTheTextSetsAndLeavesOtherVariables) {
  const auto jobs = read("a.md",
                         "```\nexport E='{\"a\":\"b\"}'\nN=3\n```\n"
                         "```\npython3 train.py --epochs $N --data-dir $D\n```\n"
                         "# Next\n"
                         "```\npython3 train.py --epochs $N\n```\n");
  ASSERT_EQ(jobs.size(), 2U);
  EXPECT_EQ(jobs[0].options[1].text, "3");
  EXPECT_EQ(jobs[0].options[3].text, "${env:D}");
  EXPECT_EQ(jobs[0].entry().body.find("launch").find("env").find_text("E"), "{\"a\":\"b\"}");
  EXPECT_EQ(jobs[1].options[1].text, "${env:N}");
  EXPECT_FALSE(jobs[1].entry().body.find("launch"));
}

TEST_F(Import, AVariableThatOnlyServesTheTextIsNotSetForTheProgram) {
  const auto jobs = read("a.sh",
                         "export A=/a B=/b C=/c\n"
                         "poprun --mpi-local-args='-x B' python3 train.py --data-dir $A$B\n");
  ASSERT_EQ(jobs.size(), 1U);
  const Node env = jobs[0].entry().body.find("launch").find("env");
  EXPECT_FALSE(env.find("A"));
  EXPECT_EQ(env.find_text("B"), "/b");
  EXPECT_EQ(env.find_text("C"), "/c");
}

TEST_F(Import, AMarkAndCarriageReturnsAreNoPartOfTheWords) {
  const auto jobs = read("a.sh", "\xEF\xBB\xBFpython3 train.py \\\r\n  --epochs 2\r\n");
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(jobs[0].at, (Span{jobs[0].at.source, 1, 1, 7}));
  EXPECT_EQ(jobs[0].options.back().text, "2");
}

TEST_F(Import, PassesOverWhatIsNoneOfOurs) {
  EXPECT_TRUE(read("a.sh",
                   "pip install -r requirements.txt\ngc-info -l\npython3 -m pytest\n"
                   "echo mpirun x\ngit clone x && cd x\n\n--epochs.py --batch-size 3\n")
                  .empty());
  EXPECT_EQ(found(), std::vector<std::string>{});
}

TEST_F(Import, SaysOnceWhereACommandIsNotRead) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"mpirun hostname", "L060 1 hostname"},
      {"python3 -m train --epochs 1", "L072 1 train"},
      {"$PYTHON train.py --epochs 1", "L072 1 $PYTHON"},
      {"$LAUNCHER python3 train.py", "L072 1 $LAUNCHER"},
      {"$(which python3) train.py", "L072 1 $(which python3)"},
      {"horovodrun -np 8 python3 train.py", "L072 1 horovodrun"},
      {"xargs python3 train.py --lr", "L072 1 python3"},
      {"if x; then T='poprun python3 train.py'; fi; eval $T", "L072 1 $T"},
      {"if x; then T='poprun python3 train.py'; fi; $T --epochs 1", "L072 1 $T"},
      {"T=poprun --num-replicas 2 python3 train.py", "L072 1 T=poprun"},
      {"poprun --num-replicas 2", "L056 1 poprun"},
      {"poprun $OPTIONS python3 train.py", "L072 1 $OPTIONS"}};
  for (const auto& [line, finding] : cases) {
    findings_ = {};
    EXPECT_TRUE(read("a.sh", line + "\n").empty()) << line;
    EXPECT_EQ(found(), std::vector<std::string>{finding}) << line;
  }
  findings_ = {};
  EXPECT_TRUE(read("a.sh",
                   "which poprun\necho poprun python3 train.py\npoprun --version\n"
                   "grep poprun train.py\n# poprun x\ncat <<E\npoprun y\nE\n")
                  .empty());
  EXPECT_EQ(found(), std::vector<std::string>{});
}

TEST_F(Import, ReadsWhatOtherProgramsStart) {
  for (const std::string line :
       {"singularity exec --nv x.sif python3 train.py --epochs 7",
        "conda run -n x python3 train.py --epochs 7",
        "gc-docker -- -ti img python3 train.py --epochs 7",
        "docker run --rm img python3 train.py --epochs 7", "ssh host python3 train.py --epochs 7",
        "screen -dm python3 train.py --epochs 7",
        "sbatch -N 1 --wrap 'python3 train.py --epochs 7'",
        "sbatch --wrap=\"python3 train.py --epochs 7\"",
        "ssh host 'cd x; python3 train.py --epochs 7'",
        "tmux new -d \"python3 train.py --epochs 7\"", "bash -lc 'python3 train.py --epochs 7'"}) {
    findings_ = {};
    const auto jobs = read("a.sh", line + "\n");
    ASSERT_EQ(jobs.size(), 1U) << line;
    EXPECT_EQ(at(jobs[0].options.back().at), "7") << line;
  }
}

TEST_F(Import, IsNoApplicationsWithoutAWordThatTells) {
  application_ = {};
  EXPECT_TRUE(
      read("a.md", "```\npython train.py --lr 0.1 --epochs 3 --cuda --foo x\n```\n").empty());
  EXPECT_EQ(found(), std::vector<std::string>{"L060 2 train.py"});
  findings_ = {};
  // What one command of a text tells holds for the others.
  EXPECT_EQ(read("a.md",
                 "```\npython3 train.py --epochs 3\n"
                 "python3 train.py --config mk2_resnet50_gn_16ipus\n```\n")
                .size(),
            2U);
  EXPECT_EQ(found(), std::vector<std::string>{});
}

TEST_F(Import, ReadsOnlyBlocksThatAreAShells) {
  EXPECT_TRUE(read("a.md",
                   "```python\ntags={\"a\":\"b\"}\npython3 train.py --epochs 1\n```\n"
                   "```yaml\nrun: python3 train.py --epochs 1\n```\n"
                   "```\n|    poprun topology    |\npoprun python3 train.py --epochs 1\n```\n"
                   "```sh\nV={\"a\":\"b\"}\n```\n")
                  .empty());
  EXPECT_EQ(found(), std::vector<std::string>{});
  EXPECT_EQ(read("c.md", "```\nV='{\"a\": \"b\"}' python3 train.py --epochs 1\n```\n").size(), 1U);
  EXPECT_EQ(read("b.md", "```{.bash}\npython3 train.py --epochs 1\n```\n").size(), 1U);
  const auto jobs = read("a.rst",
                         "Title\n=====\n\nRun ``python3 train.py --epochs 1``::\n\n"
                         "    python3 train.py --epochs 2\n\n.. note::\n\n"
                         "   .. code-block:: bash\n      :name: x\n\n"
                         "      python3 train.py --epochs 3\n\n.. code-block:: python\n\n"
                         "   python3 train.py --epochs 4\n");
  ASSERT_EQ(jobs.size(), 3U);
  EXPECT_EQ(at(jobs[0].options.back().at), "1");
  EXPECT_EQ(at(jobs[1].options.back().at), "2");
  EXPECT_EQ(at(jobs[2].options.back().at), "3");
}

TEST_F(Import, ReadsTheCommandsOfOtherProgramsYaml) {
  const auto flow = read("ci.yml",
                         "on: push\njobs:\n  a:\n    steps:\n    - run: |\n"
                         "        cd x\n        python3 train.py --epochs ${{ matrix.n }}\n");
  ASSERT_EQ(flow.size(), 1U);
  EXPECT_EQ(flow[0].options.back().text, "${env:matrix_n}");
  const auto pod = read("job.yaml",
                        "apiVersion: v1\nkind: IPUJob\nspec:\n  launcher:\n    command:\n"
                        "    - python3\n    - train.py\n    args: [\"--epochs\", \"$(N)\"]\n");
  ASSERT_EQ(pod.size(), 1U);
  EXPECT_EQ(pod[0].options.back().text, "${env:N}");
  EXPECT_EQ(at(pod[0].options.front().at), "--epochs");
}

TEST_F(Import, SplitsHostsByWhatIsKnown) {
  const auto hosts = [&](const std::string& list) {
    const auto jobs = read("a.sh", "poprun --host " + list +
                                       " --num-instances 8 --num-replicas 8 python3 train.py"
                                       " --epochs 1\n");
    const Node body = jobs.at(0).entry().body;
    std::string text(body.find_text("hosts").value_or("none"));
    for (const Node host : body.find("launch").find("hosts"))
      text += " " + std::string(host.text());
    return text;
  };
  EXPECT_EQ(hosts("$A,$B"), "2 ${env:A} ${env:B}");
  EXPECT_EQ(hosts("$P.101,$P.102"), "2 ${env:P}.101 ${env:P}.102");
  EXPECT_EQ(hosts("10.1.3.[101-104]"), "4 10.1.3.[101-104]");
  EXPECT_EQ(hosts("h[0-2,4]"), "4 h[0-2,4]");
  EXPECT_EQ(hosts("a,h[1-2]"), "3 a h[1-2]");
}

TEST_F(Import, JoinsTheWordsOfAListInAnAssignment) {
  const auto jobs =
      read("a.sh",
           "f() { local V=\"$@\"; A=(--epochs 2); export W=\"${A[*]}\" X=\"${A[@]}\"\n"
           "python3 train.py $V $W $X; }\nf --seed 3\n");
  ASSERT_EQ(jobs.size(), 1U);
  const std::vector<std::string> wanted = {"python3",  "train.py", "--seed",   "3",
                                           "--epochs", "2",        "--epochs", "2"};
  EXPECT_EQ(jobs[0].line, wanted);
}

TEST_F(Import, SaysWhatMpirunTakesForTheProgram) {
  read("a.sh", "poprun --mpi-local-args=\"A=1 -x PATH\" python3 train.py --epochs 1\n");
  EXPECT_EQ(found(), std::vector<std::string>{"L053 1 A=1"});
  findings_ = {};
  const auto jobs = read("a.sh", "poprun --import-config f.json python3 train.py --epochs 1\n");
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_TRUE(jobs[0].figures_elsewhere);
  EXPECT_EQ(found(), std::vector<std::string>{"L048 1 --import-config"});
}

TEST_F(Import, RefusesAnUnderscoreThatTheParserRefuses) {
  read("a.sh", "python3 train.py --data_dir=x --epochs 1\n");
  EXPECT_EQ(found(), std::vector<std::string>{"K007 1 --data_dir"});
  findings_ = {};
  application_ = {"nvcnn_hvd", {}, {}};
  read("a.sh", "python3 nvcnn_hvd.py --data_dir=x\n");
  EXPECT_EQ(found(), std::vector<std::string>{});
}

TEST_F(Import, SaysWhatBreaksATextAsAWhole) {
  read("a.sh", "#!/bin/sh\r\necho 1\r\npython3 train.py \\\r\n --epochs 2\r\n");
  ASSERT_EQ(findings_.all().size(), 1U);
  EXPECT_EQ(findings_.all()[0].id, FindingId::L070);
  EXPECT_EQ(findings_.all()[0].at.line, 2U);
  findings_ = {};
  read("a.sh", "echo \"abc\npython3 train.py --epochs 2\n");
  EXPECT_EQ(found(), std::vector<std::string>{"L051 1 \""});
  findings_ = {};
  read("a.sh", "python3\xC2\xA0train.py --epochs 2\n");
  ASSERT_EQ(findings_.all().size(), 1U);
  EXPECT_EQ(findings_.all()[0].id, FindingId::L071);
}

TEST_F(Import, TellsApplicationsAndPurposesApart) {
  application_ = {};
  const auto purpose = [&](const std::string& line) {
    const auto jobs = read("a.sh", line);
    if (jobs.size() != 1) return std::string("none");
    const Node body = jobs[0].entry().body;
    return std::string(body.find("application").text()) + " " +
           std::string(body.find_text("purpose").value_or("train"));
  };
  EXPECT_EQ(purpose("python3 train.py --model resnet50 --imagenet-data-path x"),
            "pytorch_cnns@3.2 train");
  EXPECT_EQ(purpose("python3 train.py --model resnet --model-size 50"),
            "tensorflow1_cnns@3.0 train");
  EXPECT_EQ(purpose("python3 train.py --config mk2_resnet50_gn_16ipus --help"),
            "tensorflow1_cnns@2.5 help");
  EXPECT_EQ(purpose("mpirun -np 4 python3 validation.py --model resnet --generated-data"),
            "tensorflow1_cnns@3.0 inference");
  EXPECT_EQ(purpose("mpiexec -np 8 python nvcnn_hvd.py --model=resnet50"), "nvcnn_hvd@1.1 train");
  EXPECT_EQ(purpose("python nvcnn_hvd.py --model=resnet50 --eval"), "nvcnn_hvd@1.1 eval");
  application_ = {"tensorflow1_cnns", {}, {}};
  EXPECT_EQ(purpose("python3 validation.py --model resnet --restore-path x"),
            "tensorflow1_cnns@3.0 validation");
  EXPECT_EQ(purpose("python3 restore.py --restore-path x"), "tensorflow1_cnns@3.0 restore");
}

TEST_F(Import, PointsAtWordsInsideTheWordsOfMpi) {
  read("a.sh",
       "poprun --mpi-global-args=\"--bind-to none --mca a 1 --mca a 1\" python3 train.py\n");
  EXPECT_EQ(found(), std::vector<std::string>{"L050 1 a"});
  EXPECT_EQ(findings_.all()[0].at.column, 58U);
}

TEST(CommandSourceOf, GoesByTheNameAndTheFirstLine) {
  EXPECT_EQ(command_source("a.sh", ""), CommandSource::Shell);
  EXPECT_EQ(command_source("run", "#!/usr/bin/env bash\n"), CommandSource::Shell);
  EXPECT_EQ(command_source("run", "#!/usr/bin/python3\n"), std::nullopt);
  EXPECT_EQ(command_source("run", "# x\nA=1 python3 train.py --epochs 1\n"), CommandSource::Shell);
  EXPECT_EQ(command_source("run", "python3 is needed\n"), std::nullopt);
  EXPECT_EQ(command_source("Makefile", "a:\n\tx\n"), CommandSource::Shell);
  EXPECT_EQ(command_source("README.md", ""), CommandSource::Markdown);
  EXPECT_EQ(command_source("a.rst", ""), CommandSource::Rst);
  EXPECT_EQ(command_source("a.yml", "jobs:\n  a: {x: 1}\n  run: x\n"), std::nullopt);
  EXPECT_EQ(command_source("a.yml", "model:\n  name: x\n"), std::nullopt);
  EXPECT_EQ(command_source("a.yml", "services:\n  a:\n    command: x\n"), CommandSource::Yaml);
  EXPECT_EQ(command_source("b.yml", "a:\n  cmd: x\n"), CommandSource::Yaml);
  EXPECT_EQ(command_source("b.yml", "cmd: x\n"), std::nullopt);
  EXPECT_EQ(command_source("ipucnn.yml", "presets: {}\n"), std::nullopt);
}

TEST_F(Import, GivesUpAtATextThatRemembersTooMuch) {
  std::string text;
  for (int i = 0; i < 2000; ++i) text += "V" + std::to_string(i) + "=x\n";
  for (int i = 0; i < 2000; ++i) text += "echo | cat\n";
  EXPECT_TRUE(read("a.sh", text + "poprun python3 train.py\n").empty());
  EXPECT_EQ(found(), std::vector<std::string>{"L040 2501 cat"});
}

}  // namespace
}  // namespace ipucnn
