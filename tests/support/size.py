"""How much a random or an enduring test does: IPUCNN_TEST_SIZE=full is ./scripts/test --long, anything
else what CI has time for."""
import os


def sized(small, full):
    return full if os.environ.get("IPUCNN_TEST_SIZE") == "full" else small
