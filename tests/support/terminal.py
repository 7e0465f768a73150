"""The other side of a terminal that a process of ours writes to."""
import os


def pieces(ours):
    """What comes out of a terminal's side, until everybody has closed the other one; then closes this one."""
    try:
        while piece := os.read(ours, 1 << 16):
            yield piece
    except OSError:  # how Linux says that nobody has it open
        pass
    os.close(ours)
