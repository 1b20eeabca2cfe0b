"""The kit's reference for authors of scene code, taken from the docstrings so that it cannot be out of date."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

OMITTED_PARAMETERS = ("self", "kwargs", "args")
OMITTED_METHODS = ("find_screen_anchor", "get_moving_mobjects", "middle_on", "next_to", "scale")
"""Methods that serve the kit, or do what manim's of the same name do: no author needs to be told of them."""


def describe_names(modules: dict[str, tuple[str, ...]]) -> str:
    """Write one entry per name, with its signature and docstring. `modules` maps each module to its names."""
    folder = Path(__file__).parent
    entries: list[str] = []
    for module, names in modules.items():
        tree = ast.parse((folder / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8"))
        for name in names:
            entries += _describe(tree, name)
    return "\n\n".join(entries) + "\n"


def _describe(tree: ast.Module, name: str) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            yield f"{_signature(name, node)}\n{_indented_docstring(node)}"
        elif isinstance(node, ast.ClassDef) and node.name == name:
            signature = _signature(name, _find_method(node, "__init__"))
            yield "\n".join([f"{signature}\n{_indented_docstring(node)}", *_describe_methods(node)])
        elif isinstance(node, ast.Assign) and name in map(ast.unparse, node.targets):
            kind = getattr(getattr(node.value, "func", None), "id", "")
            made = next((each for each in tree.body if isinstance(each, ast.ClassDef) and each.name == kind), None)
            if made is not None:
                yield f"{name}\n{_indented_docstring(made)}"


def _describe_methods(node: ast.ClassDef) -> Iterator[str]:
    for each in node.body:
        if (
            not isinstance(each, ast.FunctionDef)
            or each.name.startswith("_")
            or each.name in OMITTED_METHODS
            or not ast.get_docstring(each)
        ):
            continue
        if any(isinstance(mark, ast.Name) and mark.id == "property" for mark in each.decorator_list):
            continue
        docstring = " ".join((ast.get_docstring(each) or "").split())
        yield f"    {_signature('.' + each.name, each)}: {docstring}"


def _find_method(node: ast.ClassDef, name: str) -> ast.FunctionDef | None:
    return next((each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == name), None)


def _signature(name: str, function: ast.FunctionDef | None) -> str:
    if function is None:
        return name
    arguments = function.args
    names = [each.arg for each in arguments.args if each.arg not in OMITTED_PARAMETERS]
    required = len(names) - len(arguments.defaults)
    defaults: list[ast.expr | None] = [None] * required + list(arguments.defaults)
    parameters = [_parameter(each, default) for each, default in zip(names, defaults, strict=True)]
    if arguments.vararg is not None and arguments.vararg.arg not in OMITTED_PARAMETERS:
        parameters.insert(required, f"*{arguments.vararg.arg}")
    parameters += [
        _parameter(each.arg, default)
        for each, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if each.arg not in OMITTED_PARAMETERS
    ]
    return f"{name}({', '.join(parameters)})"


def _parameter(name: str, default: ast.expr | None) -> str:
    return name if default is None else f"{name}={ast.unparse(default)}"


def _indented_docstring(node: ast.ClassDef | ast.FunctionDef) -> str:
    return "\n".join(f"    {line}".rstrip() for line in (ast.get_docstring(node) or "").splitlines())
