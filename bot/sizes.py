"""Sizes that several rooms have in common, in bytes."""

MEGABYTE = 1024 * 1024

# A file of a step that is read at once: it has just been written, and reading it takes less time than a thread does.
SMALL_FILE = 256 * 1024

# Of the beginning of a file, by which it is recognised. Enough for every signature, and for the frame that
# `bot.media.sniff` looks behind: the largest, of AAC, has 8,191 bytes. `bot.media.opus` needs the first page too, which
# has at most 65,307.
HEAD_BYTES = 65_536
