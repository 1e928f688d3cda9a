"""Turning the heavy steps of a recognition model into eight-bit arithmetic, by the ranges that were measured on lines of print.

Done are the wide pointwise convolutions (nine tenths of the work) and the final choice among all characters; all else stays as it was, for
there accuracy falls. Weights are rounded per output channel. Needed at installation only.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper, version_converter

Numbers = np.ndarray[Any, np.dtype[Any]]
Ranges = Mapping[str, tuple[float, float]]

OPSET = 17  # the first with all that is used here by far; the models come with 11
_WIDE = 96  # channels, in and out, from which a convolution is worth it
_MANY = 10_000  # columns: only the choice among all characters is as wide


def in_whole_numbers(source: Path, ranges: Ranges, *, greatest: int = 127) -> tuple[bytes, bytes]:
    """The model with its heavy steps in whole numbers, parted in two: all that comes before the choice among the characters, and that choice.

    ``greatest``: weights are rounded to whole numbers from -greatest to greatest. Raises KeyError where a tensor's range was not measured.
    """
    model = plain_model(source)
    _Rounding(model, ranges, greatest).round_all(set(heavy_steps(model)))
    choice = _parted(model)
    return model.SerializeToString(deterministic=True), choice.SerializeToString(deterministic=True)


def _parted(model: Any) -> Any:
    """Takes the choice among the characters off a rounded model, which then ends with the rounded numbers of each step; the choice as a model of its
    own, from those to each character's weight, before they are made chances (softmax)."""
    graph = model.graph
    makers = {output: node for node in graph.node for output in node.output}
    softmax = makers[graph.output[0].name]
    added = makers[softmax.input[0]]
    product = makers[added.input[0]]
    steps, weights = (makers[name] for name in product.input)
    taken = {node.name for node in (softmax, added, product, steps, weights)}
    if [softmax.op_type, added.op_type, product.op_type, steps.op_type] != ["Softmax", "Add", "MatMul", "DequantizeLinear"]:
        raise KeyError("the choice among the characters")
    inputs = [steps.input[0], weights.input[0], steps.input[1], weights.input[1], steps.input[2], weights.input[2], added.input[1]]
    known = {constant.name: constant for constant in graph.initializer}
    features, characters = known[weights.input[0]].dims
    chosen = helper.make_graph(
        [helper.make_node("MatMulIntegerToFloat", inputs, ["weights"], name="choice", domain="com.microsoft")],
        "choice",
        [helper.make_tensor_value_info(steps.input[0], onnx.TensorProto.UINT8, ["steps", features])],
        [helper.make_tensor_value_info("weights", onnx.TensorProto.FLOAT, ["steps", characters])],
        [known[name] for name in inputs[1:]],
    )
    domains = [helper.make_opsetid("", OPSET), helper.make_opsetid("com.microsoft", 1)]
    choice = helper.make_model(chosen, opset_imports=domains, ir_version=model.ir_version)
    nodes = [node for node in graph.node if node.name not in taken]
    used = {name for node in nodes for name in node.input}
    kept = [constant for constant in graph.initializer if constant.name in used]
    end = helper.make_tensor_value_info(steps.input[0], onnx.TensorProto.UINT8, ["lines", "steps", features])
    for field, values in ((graph.node, nodes), (graph.initializer, kept), (graph.output, [end])):
        del field[:]
        field.extend(values)
    return choice


def plain_model(source: Path) -> Any:
    """The model with what its steps have in common folded together, still in fractions."""
    with tempfile.TemporaryDirectory() as folder:
        newer, folded = Path(folder) / "newer.onnx", Path(folder) / "folded.onnx"
        onnx.save(version_converter.convert_version(onnx.load(source), OPSET), newer)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.optimized_model_filepath = str(folded)
        onnxruntime.InferenceSession(str(newer), options, providers=["CPUExecutionProvider"])
        model = onnx.load(folded)
    _fold_gelu(model)
    return model


def heavy_steps(model: Any) -> dict[str, tuple[str, str]]:
    """The steps worth rounding, each with the names of what goes in and comes out."""
    weights = {weight.name: tuple(weight.dims) for weight in model.graph.initializer}
    found = {}
    for node in model.graph.node:
        shape = weights.get(node.input[1], ()) if len(node.input) > 1 else ()
        pointwise = node.op_type == "Conv" and len(shape) == 4 and min(shape[:2]) >= _WIDE and shape[2:] == (1, 1)
        if pointwise or (node.op_type == "MatMul" and len(shape) == 2 and shape[1] >= _MANY):
            found[node.name] = (node.input[0], node.output[0])
    return found


def _fold_gelu(model: Any) -> None:
    """x/√2 → erf → +1 → ·x → ·½ as the one step that onnxruntime knows: between rounded steps it no longer sees that by itself."""
    graph = model.graph
    makers = {output: node for node in graph.node for output in node.output}
    users: dict[str, list[Any]] = {}
    for node in graph.node:
        for name in node.input:
            users.setdefault(name, []).append(node)
    dropped: set[str] = set()
    put: dict[str, Any] = {}
    for erf in [node for node in graph.node if node.op_type == "Erf"]:
        halved = makers[erf.input[0]]
        added = users[erf.output[0]][0]
        times = users[added.output[0]][0]
        last = users[times.output[0]][0]
        if (halved.op_type, added.op_type, times.op_type, last.op_type) != ("Div", "Add", "Mul", "Mul") or halved.input[0] not in times.input:
            continue
        dropped |= {halved.output[0], erf.output[0], added.output[0], times.output[0]}
        put[last.output[0]] = helper.make_node("Gelu", [halved.input[0]], [last.output[0]], name=f"gelu {len(put)}", domain="com.microsoft")
    nodes = [put.get(node.output[0], node) for node in graph.node if node.output[0] not in dropped]
    del graph.node[:]
    graph.node.extend(nodes)
    if put and all(known.domain != "com.microsoft" for known in model.opset_import):
        model.opset_import.append(helper.make_opsetid("com.microsoft", 1))


class _Rounding:
    """Rewrites steps of one model; a tensor that several steps read is rounded once."""

    def __init__(self, model: Any, ranges: Ranges, greatest: int) -> None:
        self._graph, self._ranges, self._greatest = model.graph, ranges, greatest
        self._weights = {weight.name: weight for weight in self._graph.initializer}
        self._nodes: list[Any] = []
        self._scales: dict[str, float] = {}

    def round_all(self, steps: set[str]) -> None:
        for node in list(self._graph.node):
            if node.name in steps:
                self._round(node)
            else:
                self._nodes.append(node)
        used = {name for node in self._nodes for name in node.input}
        kept = [weight for weight in self._graph.initializer if weight.name in used]
        for field, values in ((self._graph.node, self._nodes), (self._graph.initializer, kept)):
            del field[:]
            field.extend(values)

    def _round(self, node: Any) -> None:
        tensor = node.input[0]
        if tensor not in self._scales:
            self._scales[tensor] = self._rounded(tensor, tensor)
        read = self._restored(tensor, f"{node.name} in")
        inputs = [read, *self._rounded_weights(node, self._scales[tensor])]
        if node.op_type != "Conv":
            self._nodes.append(helper.make_node(node.op_type, inputs, list(node.output), name=node.name))
            return
        output = node.output[0]
        exact = helper.make_node("Conv", inputs, [f"{output} exact"], name=node.name)
        exact.attribute.extend(node.attribute)
        self._nodes.append(exact)
        self._rounded(f"{output} exact", output, name=f"{output} out")
        self._restored(f"{output} out", output)

    def _rounded(self, tensor: str, ranged: str, *, name: str = "") -> float:
        """Adds the rounding of a tensor over its measured range, zero included; its scale."""
        name = name or tensor
        low, high = min(0.0, self._ranges[ranged][0]), max(0.0, self._ranges[ranged][1])
        scale = np.float32((high - low) / 255)
        self._constant(f"{name} scale", np.array(scale, np.float32))
        self._constant(f"{name} zero", np.array(np.clip(round(-low / float(scale)), 0, 255), np.uint8))
        self._nodes.append(helper.make_node("QuantizeLinear", [tensor, f"{name} scale", f"{name} zero"], [f"{name} bytes"], name=f"{name} rounded"))
        return float(scale)

    def _restored(self, name: str, output: str) -> str:
        """Adds the way back of a rounded tensor."""
        inputs = [f"{name} bytes", f"{name} scale", f"{name} zero"]
        self._nodes.append(helper.make_node("DequantizeLinear", inputs, [output], name=f"{output} restored"))
        return output

    def _rounded_weights(self, node: Any, scale_in: float) -> list[str]:
        """The names of a step's weights, and of its bias where it has one, both as bytes and their way back."""
        weight = numpy_helper.to_array(self._weights[node.input[1]])
        axis = 0 if node.op_type == "Conv" else 1
        others = tuple(dimension for dimension in range(weight.ndim) if dimension != axis)
        scales = (np.maximum(np.abs(weight).max(axis=others), 1e-8) / self._greatest).astype(np.float32)
        shape = [-1 if dimension == axis else 1 for dimension in range(weight.ndim)]
        rounded = np.clip(np.round(weight / scales.reshape(shape)), -self._greatest, self._greatest).astype(np.int8)
        names = [self._channelwise(f"{node.name} weight", rounded, scales, axis)]
        if len(node.input) > 2:
            fine = (scales * np.float32(scale_in)).astype(np.float32)
            bias = np.round(numpy_helper.to_array(self._weights[node.input[2]]) / fine).astype(np.int32)
            names.append(self._channelwise(f"{node.name} bias", bias, fine, 0))
        return names

    def _channelwise(self, name: str, values: Numbers, scales: Numbers, axis: int) -> str:
        self._constant(f"{name} bytes", values)
        self._constant(f"{name} scale", scales)
        self._constant(f"{name} zero", np.zeros(len(scales), values.dtype))
        inputs = [f"{name} bytes", f"{name} scale", f"{name} zero"]
        self._nodes.append(helper.make_node("DequantizeLinear", inputs, [name], name=f"{name} restored", axis=axis))
        return name

    def _constant(self, name: str, value: Numbers) -> None:
        self._graph.initializer.append(numpy_helper.from_array(value, name))
