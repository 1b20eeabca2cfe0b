"""The kit in words, for whoever writes scene code. Read from the docstrings, so it cannot be out of date."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ASIDE = ("self", "kwargs", "args")


def vocabulary(modules: dict[str, tuple[str, ...]]) -> str:
    """One entry per name: how it is called, and what its docstring says. `modules` maps module to names."""
    folder = Path(__file__).parent
    entries: list[str] = []
    for module, names in modules.items():
        tree = ast.parse((folder / f"{module}.py").read_text(encoding="utf-8"))
        for name in names:
            entries += _entry(tree, name)
    return "\n\n".join(entries) + "\n"


def _entry(tree: ast.Module, name: str) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            yield f"{_call(name, node)}\n{_indented(node)}"
        elif isinstance(node, ast.ClassDef) and node.name == name:
            yield "\n".join([f"{_call(name, _method(node, '__init__'))}\n{_indented(node)}", *_methods(node)])
        elif isinstance(node, ast.Assign) and name in map(ast.unparse, node.targets):
            kind = getattr(getattr(node.value, "func", None), "id", "")
            made = next((each for each in tree.body if isinstance(each, ast.ClassDef) and each.name == kind), None)
            if made is not None:
                yield f"{name}\n{_indented(made)}"


def _methods(node: ast.ClassDef) -> Iterator[str]:
    for each in node.body:
        if not isinstance(each, ast.FunctionDef) or each.name.startswith("_") or not ast.get_docstring(each):
            continue
        if any(isinstance(mark, ast.Name) and mark.id == "property" for mark in each.decorator_list):
            continue
        said = " ".join((ast.get_docstring(each) or "").split())
        yield f"    {_call('.' + each.name, each)}: {said}"


def _method(node: ast.ClassDef, name: str) -> ast.FunctionDef | None:
    return next((each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == name), None)


def _call(name: str, function: ast.FunctionDef | None) -> str:
    if function is None:
        return name
    given = function.args
    told = [each.arg for each in given.args if each.arg not in ASIDE]
    defaults: list[ast.expr | None] = [None] * (len(told) - len(given.defaults)) + list(given.defaults)
    words = [_argument(arg, default) for arg, default in zip(told, defaults, strict=True)]
    if given.vararg is not None and given.vararg.arg not in ASIDE:
        words.insert(0 if not told else len(told) - len(given.defaults), f"*{given.vararg.arg}")
    words += [
        _argument(each.arg, default)
        for each, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)
        if each.arg not in ASIDE
    ]
    return f"{name}({', '.join(words)})"


def _argument(name: str, default: ast.expr | None) -> str:
    return name if default is None else f"{name}={ast.unparse(default)}"


def _indented(node: ast.ClassDef | ast.FunctionDef) -> str:
    return "\n".join(f"    {line}".rstrip() for line in (ast.get_docstring(node) or "").splitlines())
