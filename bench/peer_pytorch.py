"""peer_pytorch.py: the training speed of PyTorch on 784-128-128-128-10, to be run beside Atelier's.

Fashion-MNIST, ReLU, cross-entropy, Adam with rate 1e-3, batches of 64, float32, on the CPU, for 1 and 2 threads. All
data lie in memory as float tensors and each batch is one index_select: no DataLoader, no transform. Each form of Adam
that the version has is tried. Prints one JSON object: samples per second as the median and the best of several windows,
and the machine's load before the run, for with 2 threads PyTorch suffers much from any neighbour.

    python bench/peer_pytorch.py [--data DIR] [--seconds S] [--threads 1,2]
"""
import argparse
import gzip
import json
import os
import pathlib
import statistics
import time

import numpy as np
import torch
from torch import nn

FORMS = {"for-loop": {"foreach": False}, "foreach": {"foreach": True}, "fused": {"fused": True}}
WINDOW = 50  # steps
BATCH = 64


def read_idx(path, header):
    """The payload of a gzipped IDX file after its header."""
    with gzip.open(path, "rb") as file:
        return np.frombuffer(file.read(), dtype=np.uint8, offset=header)


def load(folder):
    """Images [60000, 784] in [0, 1] and labels."""
    images = read_idx(folder / "train-images-idx3-ubyte.gz", 16).reshape(-1, 784)
    labels = read_idx(folder / "train-labels-idx1-ubyte.gz", 8)
    return torch.from_numpy(images.astype(np.float32) / 255), torch.from_numpy(labels.astype(np.int64))


def steps(network, optimizer, images, labels, order, count, start):
    """Trains `count` batches of the shuffled order from batch number `start` on; returns the last loss."""
    batches = len(order) // BATCH
    for step in range(start, start + count):
        rows = order[step % batches * BATCH : (step % batches + 1) * BATCH]
        optimizer.zero_grad(set_to_none=True)
        loss = nn.functional.cross_entropy(network(images.index_select(0, rows)), labels.index_select(0, rows))
        loss.backward()
        optimizer.step()
    return loss.item()


def measure(images, labels, form, seconds):
    """Samples per second of windows of 50 steps, after two windows to warm up."""
    torch.manual_seed(1)
    network = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 128), nn.ReLU(), nn.Linear(128, 128),
                            nn.ReLU(), nn.Linear(128, 10))
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3, **FORMS[form])
    order = torch.randperm(len(images))
    first = steps(network, optimizer, images, labels, order, 1, 0)
    last, done, rates = steps(network, optimizer, images, labels, order, 2 * WINDOW, 1), 2 * WINDOW + 1, []
    end = time.perf_counter() + seconds
    while len(rates) < 3 or time.perf_counter() < end:
        before = time.perf_counter()
        last = steps(network, optimizer, images, labels, order, WINDOW, done)
        rates.append(WINDOW * BATCH / (time.perf_counter() - before))
        done += WINDOW
    return {"adam": form, "threads": torch.get_num_threads(), "median": round(statistics.median(rates)),
            "best": round(max(rates)), "windows": len(rates), "first_loss": round(first, 4),
            "last_loss": round(last, 4)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=pathlib.Path, default="/usr/share/datasets/fashion-mnist")
    parser.add_argument("--seconds", type=float, default=3, help="of measuring, for each form and number of threads")
    parser.add_argument("--threads", default="1,2")
    arguments = parser.parse_args()
    load_before = os.getloadavg()[0]
    images, labels = load(arguments.data)
    results = []
    for threads in map(int, arguments.threads.split(",")):
        torch.set_num_threads(threads)
        results += [measure(images, labels, form, arguments.seconds) for form in FORMS]
    print(json.dumps({"peer": "pytorch", "version": torch.__version__, "network": "784-128-128-128-10", "batch": BATCH,
                      "unit": "samples per second", "cores": os.cpu_count(), "load_before": load_before,
                      "results": results}, indent=1))


if __name__ == "__main__":
    main()
