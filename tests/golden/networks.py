"""networks.py: losses, gradients and running statistics of small networks, in float64 -> networks.json.

A 7-6-5-3 network on a batch of 9; networks with norms on a batch of 70, which makes three slices of Atelier's.
Weights are stored [outputs, inputs], as PyTorch keeps them: z = x W^T + b.
A hidden block is Dense, then the norm, then the activation; a residual block adds its input after that.
"""
import pathlib

import torch
from torch.nn import functional as F

from golden import Numbers, plain, provenance, write

SIZES = [7, 6, 5, 3]
EVEN = [7, 6, 6, 3]  # the residual connection goes around the second hidden block, 6 -> 6
BATCH = 9
LONG = [70, 41]  # rows of the first and the second pass of the networks with norms
SMOOTHING = 0.1

ACTIVATIONS = {
    "identity": lambda z: z,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": lambda z: F.leaky_relu(z, 0.01),
    "elu": lambda z: F.elu(z, 1.0),
    "gelu": lambda z: F.gelu(z, approximate="none"),
    "silu": F.silu,
    "softplus": F.softplus,
}


def half_square(a, b):
    """1/2 of the squared distance, summed over outputs, averaged over the batch."""
    return 0.5 * ((a - b) ** 2).sum(dim=1).mean()


LOSSES = {
    "cross_entropy": lambda z, y, t: F.cross_entropy(z, y),
    "cross_entropy_smoothed": lambda z, y, t: F.cross_entropy(z, y, label_smoothing=SMOOTHING),
    "squared_error_of_softmax": lambda z, y, t: half_square(z.softmax(dim=1), F.one_hot(y, SIZES[-1])),
    "squared_error_of_outputs": lambda z, y, t: half_square(z, F.one_hot(y, SIZES[-1])),
    "regression": lambda z, y, t: half_square(z, t),
}


def dense(sizes, numbers):
    """Explicit weights and biases for each layer, as leaves of the graph."""
    layers = []
    for fan_in, fan_out in zip(sizes, sizes[1:]):
        layers.append({"weight": numbers.tensor(fan_out, fan_in), "bias": numbers.tensor(fan_out, spread=0.5)})
    return layers


def norms(kind, sizes, numbers):
    """A norm after each hidden Dense, its gain around 1 and its shift around 0."""
    made = []
    for width in sizes[1:-1]:
        batch = kind == "batch"
        norm = torch.nn.BatchNorm1d(width, eps=1e-5, momentum=0.1) if batch else torch.nn.LayerNorm(width, eps=1e-5)
        with torch.no_grad():
            norm.weight.copy_(1 + numbers.tensor(width, spread=0.5))
            norm.bias.copy_(numbers.tensor(width, spread=0.5))
        made.append(norm)
    return made


def forward(x, layers, activation, hidden_norms=None, residual=False):
    """The logits [batch, outputs]."""
    for i, layer in enumerate(layers[:-1]):
        z = F.linear(x, layer["weight"], layer["bias"])
        z = ACTIVATIONS[activation](hidden_norms[i](z) if hidden_norms else z)
        x = x + z if residual and x.shape == z.shape else z
    return F.linear(x, layers[-1]["weight"], layers[-1]["bias"])


def leaves(layers, hidden_norms):
    """Every parameter under the name that the file uses, in order of the layers."""
    named = {}
    for i, layer in enumerate(layers):
        named[f"{i}.weight"], named[f"{i}.bias"] = layer["weight"], layer["bias"]
        if hidden_norms and i < len(hidden_norms):
            named[f"{i}.gain"], named[f"{i}.shift"] = hidden_norms[i].weight, hidden_norms[i].bias
    return {name: tensor.requires_grad_() for name, tensor in named.items()}


def case(data, layers, activation, loss, hidden_norms=None, residual=False):
    """Output, loss and all gradients of one pass in training mode."""
    named = leaves(layers, hidden_norms)
    output = forward(data["inputs"], layers, activation, hidden_norms, residual)
    value = LOSSES[loss](output, data["labels"], data["targets"])
    gradients = torch.autograd.grad(value, list(named.values()))
    return {"activation": activation, "loss": loss, "output": plain(output), "value": value.item(),
            "gradients": {name: plain(g) for name, g in zip(named, gradients)}}


def normed(data, kind, sizes, numbers, residual=False):
    """A tanh network with norms, a skip, or both: gradients; with BatchNorm also the running statistics after one pass
    in training mode over all rows and a second over the first of them, and then the loss of all in evaluation mode."""
    layers = dense(sizes, numbers)
    hidden_norms = norms(kind, sizes, numbers) if kind != "none" else None
    named = leaves(layers, hidden_norms)
    result = {"sizes": sizes, "norm": kind, "residual": residual,
              "parameters": {name: plain(tensor) for name, tensor in named.items()},
              **case(data, layers, "tanh", "cross_entropy", hidden_norms, residual)}
    if kind != "batch":
        return result
    forward(data["inputs"][: LONG[1]], layers, "tanh", hidden_norms, residual)
    result["running_mean"] = [plain(norm.running_mean) for norm in hidden_norms]
    result["running_variance"] = [plain(norm.running_var) for norm in hidden_norms]
    for norm in hidden_norms:
        norm.eval()
    output = forward(data["inputs"], layers, "tanh", hidden_norms, residual)
    result["evaluated_output"] = plain(output)
    result["evaluated_value"] = F.cross_entropy(output, data["labels"]).item()
    return result


def curve_start(dtype):
    """Data and initial parameters of the curves: 64 rows of 16 values, classes by a linear teacher."""
    numbers = Numbers(7)
    x, teacher = numbers.tensor(64, 16), numbers.tensor(4, 16)
    y = (x @ teacher.T).argmax(dim=1)
    initial = {name: plain(tensor) for name, tensor in leaves(dense([16, 12, 4], numbers), None).items()}
    return x.to(dtype), y, initial


def train(dtype, make_optimizer, steps, batch, clip=lambda parameters: None):
    """Losses before each step of a 16-12-4 ReLU network, over batches of rows in turn."""
    torch.set_default_dtype(dtype)
    x, y, initial = curve_start(dtype)
    parameters = {name: torch.tensor(rows, dtype=dtype, requires_grad=True) for name, rows in initial.items()}
    layers = [{"weight": parameters[f"{i}.weight"], "bias": parameters[f"{i}.bias"]} for i in range(2)]
    optimizer = make_optimizer(parameters)
    losses = []
    for step in range(steps):
        rows = slice(step * batch % 64, step * batch % 64 + batch)
        optimizer.zero_grad()
        loss = F.cross_entropy(forward(x[rows], layers, "relu"), y[rows])
        loss.backward()
        clip(parameters.values())
        optimizer.step()
        losses.append(plain(loss))
    assert losses[-1] < 0.5 * losses[0], "a curve that does not learn shows nothing"
    return losses


def groups(parameters, decay):
    """Weights with a decay, biases without."""
    return [{"params": [p for name, p in parameters.items() if name.endswith("weight")], "weight_decay": decay},
            {"params": [p for name, p in parameters.items() if name.endswith("bias")], "weight_decay": 0.0}]


def whole_batch_curves():
    """100 steps over all 64 rows at once in float32: decay of the weights alone, clipping by norm and by value."""
    def run(make_optimizer, clip=lambda parameters: None):
        return train(torch.float32, make_optimizer, 100, 64, clip)

    return [
        {"optimizer": "adam", "learning_rate": 0.01, "weight_decay": 0.0625, "clip_norm": 0.5,
         "losses": run(lambda p: torch.optim.Adam(groups(p, 0.0625), lr=0.01),
                       lambda p: torch.nn.utils.clip_grad_norm_(list(p), 0.5))},
        {"optimizer": "adamw", "learning_rate": 0.01, "decoupled_decay": 0.5,
         "losses": run(lambda p: torch.optim.AdamW(groups(p, 0.5), lr=0.01))},
        {"optimizer": "momentum", "learning_rate": 0.125, "clip_value": 0.03125,
         "losses": run(lambda p: torch.optim.SGD(p.values(), lr=0.125, momentum=0.9),
                       lambda p: torch.nn.utils.clip_grad_value_(list(p), 0.03125))},
    ]


def main():
    torch.set_default_dtype(torch.float64)
    numbers = Numbers(2024)
    data = {"inputs": numbers.tensor(BATCH, SIZES[0], spread=2.0), "labels": numbers.labels(BATCH, SIZES[-1]),
            "targets": numbers.tensor(BATCH, SIZES[-1], spread=2.0)}
    layers = dense(SIZES, numbers)
    long = {"inputs": numbers.tensor(LONG[0], SIZES[0], spread=2.0), "labels": numbers.labels(LONG[0], SIZES[-1]),
            "targets": None}
    written = {**provenance("networks.py"), "sizes": SIZES, "label_smoothing": SMOOTHING,
               **{name: plain(tensor) for name, tensor in data.items()},
               "parameters": {name: plain(tensor) for name, tensor in leaves(layers, None).items()},
               "plain": [case(data, layers, activation, loss) for activation in ACTIVATIONS for loss in LOSSES],
               "long": {"inputs": plain(long["inputs"]), "labels": plain(long["labels"]), "batches": LONG},
               "normed": [normed(long, "batch", SIZES, numbers), normed(long, "layer", SIZES, numbers),
                          normed(long, "none", EVEN, numbers, residual=True),
                          normed(long, "batch", EVEN, numbers, residual=True)]}
    def adam(parameters):
        return torch.optim.Adam(parameters.values(), lr=0.01, foreach=False)

    x, y, initial = curve_start(torch.float64)
    written["curve"] = {"sizes": [16, 12, 4], "activation": "relu", "optimizer": "adam", "learning_rate": 0.01,
                        "batch_size": 16, "inputs": plain(x), "labels": plain(y), "parameters": initial,
                        "float64": train(torch.float64, adam, 200, 16), "float32": train(torch.float32, adam, 200, 16),
                        "whole": whole_batch_curves()}
    write(pathlib.Path(__file__).with_suffix(".json"), written)


if __name__ == "__main__":
    main()
