"""optimizers.py: 100-step traces of every optimizer PyTorch shares with Atelier -> optimizers.json.

The problem, in R^8, with u_i = x_i - a_i:
    f(x) = sum_i (c_i u_i^2 / 2 + u_i^4 / 4) + sum_{i<7} u_i^2 x_{i+1}^2 / 8
Its gradient uses + - * only, in the order that `gradient` writes, so that any program repeats it to the bit.
"""
import pathlib

import torch

from golden import plain, provenance, write

STEPS = 100
EVERY = 10
C = [0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 0.375, 1.5]
A = [1.0, -0.5, 0.25, -1.0, 0.75, 0.125, -0.25, 0.5]
START = [-1.0, 1.5, 2.0, 0.5, -0.75, 1.25, -2.0, 1.0]


def gradient(x):
    """g_i = (c_i u_i + (u_i u_i) u_i) + 0.25 (u_i (x_{i+1} x_{i+1})) + 0.25 ((u_{i-1} u_{i-1}) x_i), left to right;
    the third term is absent for i = 7 and the fourth for i = 0."""
    c, a = torch.tensor(C, dtype=x.dtype), torch.tensor(A, dtype=x.dtype)
    u = x - a
    g = c * u + (u * u) * u
    g[:-1] = g[:-1] + 0.25 * (u[:-1] * (x[1:] * x[1:]))
    g[1:] = g[1:] + 0.25 * ((u[:-1] * u[:-1]) * x[1:])
    return g


def build(name, x, rate, knobs, l2, decoupled):
    """PyTorch's optimizer for one of our names; the knobs are named as Atelier names them."""
    k = dict(knobs)
    betas = (k.get("beta1", 0.9), k.get("beta2", 0.999))
    eps = k.get("epsilon", 1e-8)
    common = {"lr": rate, "weight_decay": l2, "foreach": False}
    optim = torch.optim
    match name:
        case "sgd":
            return optim.SGD([x], **common)
        case "momentum":
            return optim.SGD([x], momentum=k["momentum"], **common)
        case "nesterov":
            return optim.SGD([x], momentum=k["momentum"], nesterov=True, **common)
        case "rmsprop":
            return optim.RMSprop([x], alpha=k["beta"], eps=eps, **common)
        case "adam":
            return optim.Adam([x], betas=betas, eps=eps, **common)
        case "nadam":
            return optim.NAdam([x], betas=betas, eps=eps, momentum_decay=k["psi"], **common)
        case "adamw":
            return optim.AdamW([x], lr=rate, betas=betas, eps=eps, weight_decay=decoupled, foreach=False)
        case "amsgrad":
            return optim.Adam([x], betas=betas, eps=eps, amsgrad=True, **common)
        case "adagrad":
            return optim.Adagrad([x], eps=eps, **common)
        case "adadelta":
            return optim.Adadelta([x], rho=k["beta"], eps=eps, **common)
        case "adamax":
            return optim.Adamax([x], betas=betas, eps=eps, **common)
    raise ValueError(name)


def trace(name, rate, knobs, l2, decoupled, drop, dtype):
    """Parameters after steps EVERY, 2 EVERY, ... STEPS; from step `drop` + 1 on the rate is a quarter."""
    # PyTorch keeps NAdam's running product in the default type: float64 needs it set.
    torch.set_default_dtype(dtype)
    x = torch.tensor(START, dtype=dtype, requires_grad=True)
    optimizer = build(name, x, rate, knobs, l2, decoupled)
    rows = []
    for step in range(1, STEPS + 1):
        if step == drop + 1:
            optimizer.param_groups[0]["lr"] = rate * 0.25
        x.grad = gradient(x.detach())
        optimizer.step()
        if step % EVERY == 0:
            assert torch.isfinite(x).all(), (name, step)
            rows.append(plain(x))
    return rows


ADAM = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
ADAM_OTHER = {"beta1": 0.8, "beta2": 0.95, "epsilon": 1e-4}
RULES = {  # name: (learning rate, default knobs, other knobs)
    "sgd": (0.02, {}, {}),
    "momentum": (0.01, {"momentum": 0.9}, {"momentum": 0.5}),
    "nesterov": (0.01, {"momentum": 0.9}, {"momentum": 0.5}),
    "rmsprop": (0.01, {"beta": 0.99, "epsilon": 1e-8}, {"beta": 0.9, "epsilon": 1e-4}),
    "adam": (0.05, ADAM, ADAM_OTHER),
    "nadam": (0.05, {**ADAM, "psi": 0.004}, {**ADAM_OTHER, "psi": 0.03125}),
    "adamw": (0.05, ADAM, ADAM_OTHER),
    "amsgrad": (0.05, ADAM, ADAM_OTHER),
    "adagrad": (0.25, {"epsilon": 1e-10}, {"epsilon": 1e-2}),
    "adadelta": (1.0, {"beta": 0.9, "epsilon": 1e-6}, {"beta": 0.8, "epsilon": 1e-3}),
    "adamax": (0.05, ADAM, ADAM_OTHER),
}


def cases():
    """For each rule: its defaults, other knobs, a decay, and a learning rate that drops after step 50."""
    for name, (rate, preset, other) in RULES.items():
        decoupled = 0.01 if name == "adamw" else 0.0
        yield name, "default", rate, preset, 0.0, decoupled, STEPS
        if other:
            yield name, "other knobs", rate, other, 0.0, decoupled, STEPS
        if name == "adamw":
            yield name, "decoupled decay", rate, preset, 0.0, 0.25, STEPS
        else:
            yield name, "weight decay", rate, preset, 0.125, 0.0, STEPS
        yield name, "rate drops", rate, preset, 0.0, decoupled, 50


def main():
    traces = []
    for name, title, rate, knobs, l2, decoupled, drop in cases():
        entry = {"optimizer": name, "case": title, "learning_rate": rate, "knobs": knobs, "weight_decay": l2,
                 "decoupled_decay": decoupled, "quarter_rate_after_step": drop}
        for dtype in (torch.float64, torch.float32):
            entry[str(dtype).removeprefix("torch.")] = trace(name, rate, knobs, l2, decoupled, drop, dtype)
        traces.append(entry)
    ends = [entry["float64"][-1] for entry in traces]
    for i, one in enumerate(ends):  # a trace that cannot tell two rules apart proves nothing
        for other in ends[:i]:
            assert max(abs(p - q) for p, q in zip(one, other)) > 1e-6
    write(pathlib.Path(__file__).with_suffix(".json"),
          {**provenance("optimizers.py"), "steps": STEPS, "stored_every": EVERY,
           "problem": {"c": C, "a": A, "start": START, "gradient": gradient.__doc__.replace("\n    ", " ")},
           "traces": traces})


if __name__ == "__main__":
    main()
