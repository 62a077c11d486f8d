"""golden.py: what the generators of reference data share: provenance, plain numbers, readable JSON."""
import json
import platform

import torch


def provenance(generator):
    """Which program and which versions made a file."""
    return {"generator": f"tests/golden/{generator}", "torch": torch.__version__.split("+")[0],
            "python": platform.python_version()}


class Numbers:
    """Small fixed pseudo-random numbers, the same in every version: a 32-bit linear congruential generator
    (Numerical Recipes), cut to multiples of 1/1024 in [-1, 1), exact in float32 and short as text."""

    def __init__(self, seed):
        self.state = seed

    def raw(self):
        self.state = (1664525 * self.state + 1013904223) % 2**32
        return self.state >> 16

    def one(self, spread=1.0):
        return (self.raw() % 2048 - 1024) / 1024 * spread

    def tensor(self, *shape, spread=1.0):
        """Float64 numbers in [-spread, spread); spread should be a power of two."""
        count = 1
        for extent in shape:
            count *= extent
        return torch.tensor([self.one(spread) for _ in range(count)], dtype=torch.float64).reshape(shape)

    def labels(self, count, classes):
        return torch.tensor([self.raw() % classes for _ in range(count)])


def plain(tensor):
    """A tensor as nested lists of the shortest decimals that read back to the same bits."""
    tensor = tensor.detach()
    if tensor.dtype == torch.float32:
        if tensor.dim() == 0:
            return float(str(tensor.numpy()[()]))
        return [plain(row) for row in tensor]
    return tensor.tolist()


def _text(value, indent):
    inner = json.dumps(value)
    if len(inner) + indent <= 118 or not isinstance(value, (dict, list)):
        return inner
    pad = " " * (indent + 1)
    if isinstance(value, dict):
        rows = [f"{pad}{json.dumps(key)}: {_text(entry, indent + 1)}" for key, entry in value.items()]
        return "{\n" + ",\n".join(rows) + "\n" + " " * indent + "}"
    if any(isinstance(entry, (dict, list)) for entry in value):
        rows = [pad + _text(entry, indent + 1) for entry in value]
        return "[\n" + ",\n".join(rows) + "\n" + " " * indent + "]"
    return inner


def write(path, value):
    """Writes JSON with short things on one line, and a line a row of numbers."""
    with open(path, "w", encoding="utf-8") as file:
        file.write(_text(value, 0) + "\n")
