"""PyTorch's side of bench/trainer.sh: ResNets for CIFAR trained as a user of PyTorch would, one thread.

Reads one request a line from standard input, answers one JSON object a line:
  {"ask": "about"}                                          versions and instruction set
  {"ask": "peak"}                                           GFLOP/s of a large product of 32-bit matrices
  {"ask": "step", "row": r, "network": n, "m": m, "seconds": s}
                                                            images, wall and CPU seconds of whole steps
Rows: plain (contiguous, one replica after another), plain-cl (the same, channels-last), fused (the replicas as one network of
grouped convolutions), fused-cl.
"""
import json
import os
import subprocess
import sys
import time

import torch
from torch import nn
import torch.nn.functional as F

REPLICAS = 5
CLASSES = 10
IMAGES = 1024
RATE = 2.0 ** -12
WEIGHT_DECAY = 1e-4


class Residual(nn.Module):
    """Two convolutions and the shortcut of option A; groups replicas beside each other."""

    def __init__(self, channels, filters, stride, groups):
        super().__init__()
        self.groups, self.stride, self.padding = groups, stride, filters - channels
        self.first = convolution(channels, filters, stride, groups)
        self.first_norm = nn.BatchNorm2d(groups * filters)
        self.second = convolution(filters, filters, 1, groups)
        self.second_norm = nn.BatchNorm2d(groups * filters)

    def forward(self, x):
        branch = self.second_norm(self.second(F.relu(self.first_norm(self.first(x)), inplace=True)))
        return F.relu(branch + self.shortcut(x), inplace=True)

    def shortcut(self, x):
        if self.padding == 0:
            return x
        x = x[:, :, :: self.stride, :: self.stride]
        if self.groups == 1:
            return F.pad(x, (0, 0, 0, 0, 0, self.padding))
        b, channels, height, width = x.shape
        x = x.reshape(b, self.groups, channels // self.groups, height, width)
        return F.pad(x, (0, 0, 0, 0, 0, self.padding)).reshape(b, -1, height, width)


class ResNet(nn.Module):
    """He et al. 2015, section 4.2: 6n + 2 layers; as many replicas as groups."""

    def __init__(self, depth, groups):
        super().__init__()
        self.groups = groups
        self.stem = convolution(3, 16, 1, groups)
        self.stem_norm = nn.BatchNorm2d(groups * 16)
        blocks, channels = [], 16
        for filters in (16, 32, 64):
            for block in range((depth - 2) // 6):
                blocks.append(Residual(channels, filters, 2 if filters > 16 and block == 0 else 1, groups))
                channels = filters
        self.blocks = nn.Sequential(*blocks)
        if groups == 1:
            self.classifier = nn.Linear(64, CLASSES)
        else:
            self.weight = nn.Parameter(torch.randn(groups, 64, CLASSES) * (2 / 64) ** 0.5)
            self.bias = nn.Parameter(torch.zeros(groups, 1, CLASSES))

    def forward(self, x):
        x = self.blocks(F.relu(self.stem_norm(self.stem(x)), inplace=True)).mean((2, 3))
        if self.groups == 1:
            return self.classifier(x)
        return torch.baddbmm(self.bias, x.view(x.shape[0], self.groups, 64).transpose(0, 1), self.weight)


def convolution(channels, filters, stride, groups):
    return nn.Conv2d(groups * channels, groups * filters, 3, stride, 1, groups=groups, bias=False)


class Row:
    """The replicas of one row, ready to step."""

    def __init__(self, row, network, m):
        torch.manual_seed(1)
        self.m = m
        self.fused = row.startswith("fused")
        self.format = torch.channels_last if row.endswith("-cl") else torch.contiguous_format
        depth, groups = int(network[len("resnet"):]), REPLICAS if self.fused else 1
        self.networks = [ResNet(depth, groups).to(memory_format=self.format) for _ in range(1 if self.fused else REPLICAS)]
        self.optimizers = [torch.optim.SGD(n.parameters(), lr=RATE * m, weight_decay=WEIGHT_DECAY, foreach=True) for n in self.networks]
        self.images = torch.randn(IMAGES, 3, 32, 32)
        if not self.fused:
            self.images = self.images.contiguous(memory_format=self.format)
        self.labels = torch.randint(0, CLASSES, (IMAGES,))
        self.count = 0

    def step(self):
        """One update of the next replica, or of all that are fused; answers its images."""
        at = self.count % len(self.networks)
        self.count += 1
        network, optimizer = self.networks[at], self.optimizers[at]
        optimizer.zero_grad(set_to_none=True)
        if self.fused:
            drawn = torch.randint(0, IMAGES, (self.m * REPLICAS,))
            x = self.images.index_select(0, drawn).view(self.m, REPLICAS * 3, 32, 32).contiguous(memory_format=self.format)
            logits = network(x)
            labels = self.labels.index_select(0, drawn).view(self.m, REPLICAS).transpose(0, 1).reshape(-1)
            loss = F.cross_entropy(logits.reshape(-1, CLASSES), labels, reduction="sum") / self.m
        else:
            drawn = torch.randint(0, IMAGES, (self.m,))
            loss = F.cross_entropy(network(self.images.index_select(0, drawn)), self.labels.index_select(0, drawn))
        loss.backward()
        optimizer.step()
        return self.m * (REPLICAS if self.fused else 1)


def about():
    text = own("--instructions", ONEDNN_VERBOSE="1")
    found = [line.split("isa:", 1)[1] for line in text.splitlines() if "isa:" in line]
    libraries = {os.path.basename(os.path.realpath(line.split()[-1])) for line in open("/proc/self/maps") if "blas" in line}
    return {"version": torch.__version__, "instructions": found[0] if found else "unknown", "blas": ", ".join(sorted(libraries))}


def own(option, **environment):
    """What this script prints with that option in a process of its own."""
    return subprocess.run([sys.executable, __file__, option], env={**os.environ, **environment}, capture_output=True, text=True).stdout


def peak():
    """GFLOP/s of the best of large products, also with the kernels for AVX-512 that OpenBLAS does not choose on newer cores."""
    flags = open("/proc/cpuinfo").read()
    kernels = [{}] + ([{"OPENBLAS_CORETYPE": "SkylakeX"}] if " avx512f" in flags else [])
    return {"gflops": max(float(own("--peak", **kernel)) for kernel in kernels)}


def products():
    n, best = 1536, 0.0
    a, b = torch.randn(n, n), torch.randn(n, n)
    for _ in range(30):
        start = time.process_time()
        torch.mm(a, b)
        best = max(best, 2 * n ** 3 / (time.process_time() - start) / 1e9)
    return best


def measure(row, seconds):
    images, wall, cpu = 0, time.perf_counter(), time.process_time()
    while True:
        images += row.step()
        if time.process_time() - cpu >= seconds:
            return {"images": images, "wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


def main():
    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    if "--instructions" in sys.argv:
        F.conv2d(torch.randn(4, 16, 8, 8), torch.randn(16, 16, 3, 3))
        return
    if "--peak" in sys.argv:
        print(products())
        return
    rows, key = {}, None
    for line in sys.stdin:
        request = json.loads(line)
        if request["ask"] == "about":
            answer = about()
        elif request["ask"] == "peak":
            answer = peak()
        else:
            if key != (request["network"], request["m"]):
                rows, key = {}, (request["network"], request["m"])
            name = request["row"]
            if name not in rows:
                rows[name] = Row(name, *key)
                rows[name].step()
                rows[name].step()
            answer = measure(rows[name], request["seconds"])
        print(json.dumps(answer), flush=True)


main()
