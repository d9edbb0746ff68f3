"""Keeps TensorFlow out of a process that only answers.

Rasa imports it with its policies, whatever the model is made of: 250 MB and seconds at every start
of a brain, and nothing of ours ever calls it. Here the import finds an empty stand-in, from which
Rasa's classes can be derived and none can work. A model with a component that needs the real one is
refused.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Iterable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from typing import Any

LEFT_OUT = frozenset({"tensorflow", "tensorflow_addons", "tensorflow_hub", "keras"})


class TensorflowNeededError(Exception):
    """The model has a component that cannot work without TensorFlow."""


class _AbsentType(type):
    """A class of which every attribute is such a class."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _absent(name)

    def __getitem__(cls, _key: Any) -> Any:
        return cls

    def __or__(cls, _other: Any) -> Any:
        return cls


class _Absent(metaclass=_AbsentType):
    """What stands for anything of TensorFlow's while Rasa's modules are loaded."""

    def __init__(self, *_arguments: Any, **_named: Any) -> None:
        """A decorator with arguments is called so."""

    def __call__(self, decorated: Any) -> Any:
        return decorated


def _absent(name: str) -> Any:
    return _AbsentType(name, (_Absent,), {})


class _AbsentModule(types.ModuleType):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__ = []
        self.__version__ = "0"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _absent(name)


class _Finder(MetaPathFinder, Loader):
    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: Any = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] in LEFT_OUT:
            return ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> types.ModuleType:
        return _AbsentModule(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """There is nothing in it."""


def leave_out_tensorflow() -> None:
    """From now on this process imports the stand-in. Before Rasa is imported; once is enough."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


def check_components(components: Iterable[Any]) -> None:
    """Raises TensorflowNeededError where a component's module got the stand-in."""
    for component in components:
        module = sys.modules[type(component).__module__]
        if any(isinstance(value, _AbsentModule) for value in vars(module).values()):
            raise TensorflowNeededError(f"{type(component).__name__} needs TensorFlow")
