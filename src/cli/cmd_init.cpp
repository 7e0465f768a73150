#include <fmt/format.h>

#include "cli/commands.h"
#include "ipucnn/record.h"
#include "ipucnn/text_file.h"

namespace ipucnn::cli {
namespace {

constexpr std::string_view kStart =
    R"(# yaml-language-server: $schema=ipucnn.schema.json
#
# What ipucnn takes from here and not from the command line. It is found upward from the folder a
# command is given in. An example is in force once the signs in front of its lines are taken away.
# Every entry can go; docs/formats.md has all there are.

# What is asked for when the command line does not say.
defaults:
#  site: my-room
#  target: pod16
#  profile: default
#  application: tensorflow1_cnns@2.3

# Machine rooms: addresses, folders, partition.
sites:
#  my-room:
#    target: pod16
#    hosts: [192.0.2.1]
#    data_dir: ${env:DATASETS_DIR}
#    app_dir: /checkouts/examples/applications/tensorflow/cnns/training

# Presets of yours, below the name of their application. `ipucnn show presets` lists what there is,
# `ipucnn show NAME` what is in one.
presets:
#  tensorflow1_cnns:
#    mine:
#      extends: mk2_resnet50_gn_16ipus
#      epochs: 2
)";

}  // namespace

int cmd_init(const SplitArgv& split, const Streams& streams, const World& world) {
  const std::string path = world.below("ipucnn.yml");
  std::string error;
  if (!create_file(path, kStart, error)) {
    say(streams,
        error.empty() ? fmt::format("{} is there already, and stays as it is", path) : error);
    return error.empty() ? kFindings : kUsage;
  }
  const std::string schema = world.below("ipucnn.schema.json");
  if (!write_file(schema, schema_of_own_files(split, world), error))
    return usage(streams, error, split);
  say(streams,
      fmt::format("{} written, and {} for editors; `ipucnn show config` lists the files in "
                  "force",
                  path, schema));
  return kDone;
}

}  // namespace ipucnn::cli
