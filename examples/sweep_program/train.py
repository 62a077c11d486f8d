"""A program that a sweep can run: it takes its parameters as flags and prints one event line an epoch."""

import argparse
import json

flags = argparse.ArgumentParser()
flags.add_argument("--learning_rate", type=float, required=True)
flags.add_argument("--momentum", type=float, default=0.0)
flags.add_argument("--epochs", type=int, default=20)
given = flags.parse_args()

x, speed = [-1.2, 1.0], [0.0, 0.0]  # down Rosenbrock's valley
for epoch in range(1, given.epochs + 1):
    for _ in range(100):
        bend = x[1] - x[0] ** 2
        slope = [-400 * x[0] * bend - 2 * (1 - x[0]), 200 * bend]
        speed = [given.momentum * v - given.learning_rate * s for v, s in zip(speed, slope)]
        x = [min(max(a + v, -10), 10) for a, v in zip(x, speed)]
    loss = 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2
    print(json.dumps({"event": "epoch", "epoch": epoch, "val_loss": loss}), flush=True)
