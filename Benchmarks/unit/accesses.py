"""Which files of a folder are opened, told by the kernel (inotify)."""

import collections
import ctypes
import os
import struct

OPENED = 0x20


class OpenedFiles:
    """Counts from now on."""

    def __init__(self, folder):
        self.library = ctypes.CDLL(None, use_errno=True)
        self.descriptor = self.library.inotify_init1(os.O_NONBLOCK)
        watch = self.library.inotify_add_watch(self.descriptor, os.fsencode(folder), OPENED)
        if self.descriptor < 0 or watch < 0:
            raise OSError(ctypes.get_errno(), f"cannot watch {folder}")

    def counts(self):
        """How often each file was opened; ends the watch."""
        counts = collections.Counter()
        while True:
            try:
                events = os.read(self.descriptor, 1 << 20)
            except BlockingIOError:
                break
            while events:
                _, _, _, length = struct.unpack_from("iIII", events)
                name = events[16:16 + length].rstrip(b"\0").decode()
                counts[name] += bool(name)
                events = events[16 + length:]
        os.close(self.descriptor)
        return +counts
