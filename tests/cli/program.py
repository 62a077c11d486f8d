"""The program under test, and small data sets to feed it."""

import fcntl
import gzip
import json
import os
import pathlib
import pty
import random
import select
import struct
import subprocess
import tempfile
import termios
import unittest
import zlib

ATELIER = os.environ["ATELIER"]


class Case(unittest.TestCase):
    """A test with a folder of its own, where the program runs; its cache lies there too."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": folder.name,
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "LC_ALL": "C.UTF-8",
        }

    def run_program(self, *words, **environment):
        return subprocess.run(
            [ATELIER, *map(str, words)],
            cwd=self.folder,
            env=self.environment | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
        )

    def start_program(self, *words):
        return subprocess.Popen(
            [ATELIER, *map(str, words)],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def run_in_terminal(self, *words, width=100, **environment):
        """What a terminal of `width` x 30 cells receives, and the exit code."""
        pid, terminal = pty.fork()
        if pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 30, width, 0, 0))
            os.chdir(self.folder)
            os.execve(ATELIER, [ATELIER, *map(str, words)], self.environment | {"TERM": "xterm-256color"} | environment)
        received = b""
        while select.select([terminal], [], [], 120)[0]:
            try:
                chunk = os.read(terminal, 65536)
            except OSError:  # the program has closed its end
                break
            if not chunk:
                break
            received += chunk
        os.close(terminal)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), received.decode()

    def succeeds(self, *words, **environment):
        ran = self.run_program(*words, **environment)
        self.assertEqual(ran.returncode, 0, ran.stderr)
        return ran

    def fails(self, code, *words, **environment):
        """Runs what must end with this code and one error; returns the error's text."""
        ran = self.run_program(*words, **environment)
        self.assertEqual(ran.returncode, code, f"{words}: {ran.stdout}{ran.stderr}")
        self.assertEqual(ran.stderr.count("error: "), 1, ran.stderr)
        self.assertNotIn("terminate called", ran.stderr)
        return ran.stderr

    def train(self, *words):
        """Trains on the folder `data` with --json; returns the events."""
        ran = self.succeeds("train", "--data", "data", "--json", *words)
        return [json.loads(line) for line in ran.stdout.splitlines()]

    def small_set(self, name="data", train=240, test=60, classes=3, side=6, noise=20):
        """A folder of IDX files: class c is a bright band at its own height, so that it is learnt in a moment."""
        chance = random.Random(1)
        folder = self.folder / name
        folder.mkdir()
        for part, count in (("train", train), ("t10k", test)):
            labels = bytes(i % classes for i in range(count))
            pixels = bytearray()
            for label in labels:
                for row in range(side):
                    bright = 200 if row * classes // side == label else 20
                    pixels += bytes(bright + chance.randrange(noise) for _ in range(side))
            write_idx(folder / f"{part}-images-idx3-ubyte.gz", (count, side, side), bytes(pixels))
            write_idx(folder / f"{part}-labels-idx1-ubyte.gz", (count,), labels)
        return folder


def write_png(path, rows):
    """A grey picture from rows of bytes."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 0, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b""))


def write_idx(path, shape, payload, kind=0x08):
    header = struct.pack(f">BBBB{len(shape)}I", 0, 0, kind, len(shape), *shape)
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "wb") as file:
        file.write(header + payload)
