"""Trains again, in PyTorch with autograd, what SmallBatch.Bench.Oracle trained, and compares every loss.

  oracle.py FOLDER NORMALISATION
One replica at a time, of torch.nn modules in 64 bits, from the same weights and batches. The folder's files are described in
bench/Oracle/Training.cs. Prints a line for each setting and one target.
"""
import json
import math
import sys

import numpy
import torch
from torch import nn
import torch.nn.functional as F

GOAL = 1e-9


class Values:
    """Hands out a replica's numbers in the order of the file."""

    def __init__(self, numbers):
        self.numbers, self.at = numbers, 0

    def take(self, *shape):
        count = math.prod(shape)
        assert self.at + count <= len(self.numbers), "the network has more parameters than the file"
        part = self.numbers[self.at:self.at + count]
        self.at += count
        return torch.from_numpy(part.astype(numpy.float64)).view(shape)


class Residual(nn.Module):
    """branch(x) + shortcut(x). Without a projection a changed shape is subsampled and padded with zero channels."""

    def __init__(self, branch, projection, before, after):
        super().__init__()
        self.branch, self.projection = branch, projection
        self.stride, self.padding = before[1] // after[1], after[0] - before[0]

    def forward(self, x):
        if self.projection is not None:
            return self.branch(x) + self.projection(x)
        return self.branch(x) + F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.padding))


class Reader:
    """Makes modules of a list of layers, following the shape of the map: (channels, height, width)."""

    def __init__(self, training, values):
        self.training, self.values = training, values

    def read(self, layers, shape):
        modules = []
        for layer in layers:
            made, shape = getattr(self, layer["kind"])(layer, shape)
            modules.append(made)
        return nn.Sequential(*modules), shape

    def conv(self, layer, shape):
        kernel, stride, padding, filters = layer["kernel"], layer["stride"], layer["padding"], layer["filters"]
        normalised = self.training["afterConvolutions"]
        convolution = nn.Conv2d(shape[0], filters, kernel, stride, padding, bias=not normalised)
        convolution.weight.data = self.values.take(filters, shape[0], kernel, kernel)
        shape = (filters, *((side + 2 * padding - kernel) // stride + 1 for side in shape[1:]))
        if normalised:
            return nn.Sequential(convolution, self.normalisation(filters)), shape
        convolution.bias.data = self.values.take(filters)
        return convolution, shape

    def relu(self, layer, shape):
        return nn.ReLU(), shape

    def maxPool(self, layer, shape):
        kernel, stride, padding = layer["kernel"], layer["stride"], layer["padding"]
        return nn.MaxPool2d(kernel, stride, padding), (shape[0], *((side + 2 * padding - kernel) // stride + 1 for side in shape[1:]))

    def averagePool(self, layer, shape):
        return nn.AdaptiveAvgPool2d(1), (shape[0], 1, 1)

    def linear(self, layer, shape):
        channels, height, width = shape
        hidden = layer["outputs"] is not None
        outputs = layer["outputs"] if hidden else self.training["classes"]
        normalised = hidden and self.training["afterHiddenLayers"]
        linear = nn.Linear(channels * height * width, outputs, bias=not normalised)
        # The file's inputs go position by position (height, width, channel), PyTorch's channel by channel.
        weight = self.values.take(height, width, channels, outputs)
        linear.weight.data = weight.permute(3, 2, 0, 1).reshape(outputs, -1).contiguous()
        modules = [nn.Flatten(), linear, nn.Unflatten(1, (outputs, 1, 1))]
        if normalised:
            modules.append(self.normalisation(outputs))
        else:
            linear.bias.data = self.values.take(outputs)
        return nn.Sequential(*modules), (outputs, 1, 1)

    def residual(self, layer, shape):
        branch, after = self.read(layer["layers"], shape)
        projection = None
        if layer["projection"] and after != shape:
            projection, _ = self.conv({"filters": after[0], "kernel": 1, "stride": shape[1] // after[1], "padding": 0}, shape)
        return Residual(branch, projection, shape, after), after

    def normalisation(self, channels):
        groups, epsilon = self.training["groups"], self.training["epsilon"]
        norm = nn.BatchNorm2d(channels, epsilon) if groups is None else nn.GroupNorm(groups, channels, epsilon)
        norm.weight.data, norm.bias.data = self.values.take(channels), self.values.take(channels)
        if groups is None:
            norm.running_mean.data, norm.running_var.data = self.values.take(channels), self.values.take(channels)
        return norm


def differences(training, setting, weights, images, labels, draws):
    """Relative differences of every loss, and the first and last loss of replica 0."""
    found, shown = [], []
    for replica in range(training["replicas"]):
        values = Values(weights[replica])
        network, _ = Reader(training, values).read(training["layers"], tuple(training["image"]))
        network = network.double()
        assert values.at == len(values.numbers), "the file has more parameters than the network"
        if setting["adamw"]:
            optimizer = torch.optim.AdamW(network.parameters(), lr=1, betas=setting["betas"], eps=setting["optimizerEpsilon"], weight_decay=setting["weightDecay"])
        else:
            optimizer = torch.optim.SGD(network.parameters(), lr=1, momentum=setting["optimizerMomentum"], nesterov=setting["nesterov"], weight_decay=setting["weightDecay"])
        norms = [m for m in network.modules() if isinstance(m, nn.BatchNorm2d)]
        for step, count in enumerate(setting["batches"]):
            for group in optimizer.param_groups:
                group["lr"] = setting["rates"][step][replica]
            optimizer.zero_grad()
            loss = 0.0
            for part in draws[step, replica, :count].split(setting["part"]):
                for norm in norms:
                    norm.momentum = training["momentum" if len(part) == setting["part"] else "lastMomentum"]
                share = F.cross_entropy(network(images[part]).flatten(1), labels[part], reduction="sum") / count
                share.backward()
                loss += share.item()
            optimizer.step()
            found.append(difference(loss, setting["losses"][step][replica]))
            shown.append(loss)
        network.eval()
        with torch.no_grad():
            loss = F.cross_entropy(network(images).flatten(1), labels).item()
        found.append(difference(loss, setting["testLosses"][replica]))
        if replica == 0:
            first, last = shown[0], shown[-1]
    return found, first, last


def difference(wanted, found):
    return math.inf if found is None or not math.isfinite(wanted) else abs(wanted - found) / max(1, abs(wanted))


def main():
    folder, norm = sys.argv[1:]
    torch.set_num_threads(1)
    with open(f"{folder}/training.json") as file:
        training = json.load(file)
    weights = numpy.fromfile(f"{folder}/weights.f32", numpy.float32).reshape(training["replicas"], training["values"])
    images = torch.from_numpy(numpy.fromfile(f"{folder}/images.f64", numpy.float64)).view(-1, *training["image"])
    labels = torch.from_numpy(numpy.fromfile(f"{folder}/labels.i32", numpy.int32)).long()
    draws = torch.from_numpy(numpy.fromfile(f"{folder}/draws.i32", numpy.int32)).long().view(-1, training["replicas"], training["batch"])
    worst = 0.0
    for setting in training["settings"]:
        found, first, last = differences(training, setting, weights, images, labels, draws)
        worst = max(worst, max(found))
        print(f"{training['network']:<10}{norm:<8}{setting['name']:<15}{len(setting['batches']):>6}{first:>9.3f}{last:>9.3f}{max(found):>12.1e}")
    print(f"target oracle-{training['network']}-{norm} {worst:.1e} {GOAL:.0e} {'met' if worst <= GOAL else 'short'}")


main()
