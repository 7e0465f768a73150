// A SPANK plugin that adds --ipus=N to srun and sbatch, as sites have it from Graphcore's Slurm: N
// is a power of two, and the job sees it as IPUS_GRANTED. tests/slurm_test.py builds it.
#include <slurm/spank.h>
#include <stdio.h>
#include <stdlib.h>

SPANK_PLUGIN(ipus_option, 1)

static char granted[16];

static int take_count(int value, const char* text, int is_remote) {
  char* end = NULL;
  const long count = strtol(text, &end, 10);
  (void)value;
  (void)is_remote;
  if (end == text || *end != '\0' || count < 1 || count > 1024 || (count & (count - 1)) != 0) {
    slurm_error("--ipus: a power of two is needed, not '%s'", text);
    return -1;
  }
  snprintf(granted, sizeof granted, "%ld", count);
  return 0;
}

int slurm_spank_init(spank_t spank, int count, char** words) {
  static struct spank_option ipus = {"ipus", "N", "IPUs of the job", 1, 0, take_count};
  (void)count;
  (void)words;
  return spank_option_register(spank, &ipus);
}

// Where the job is submitted; what is set here reaches it with the rest of the environment.
int slurm_spank_init_post_opt(spank_t spank, int count, char** words) {
  (void)spank;
  (void)count;
  (void)words;
  return granted[0] == '\0' ? 0 : setenv("IPUS_GRANTED", granted, 1);
}
