#include "cli/app.h"

int main(int argc, char** argv) { return ipucnn::cli::run_process(argc, argv); }
