"""Figures: what was measured, beside what is asked."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Figure:
    """One measured number beside its floor; ``at_least`` when more is better."""

    name: str
    measured: float
    unit: str
    floor: float | None = None
    at_least: bool = False

    @property
    def is_reached(self) -> bool:
        """Whether the floor holds."""
        if self.floor is None:
            return True
        return self.measured >= self.floor if self.at_least else self.measured <= self.floor

    def __str__(self) -> str:
        """One line."""
        word = "at least" if self.at_least else "at most"
        floor = f"  ({word} {self.floor:g})" if self.floor is not None else ""
        mark = "" if self.is_reached else "  NOT REACHED"
        return f"  {self.name:<58}{self.measured:>10.2f} {self.unit}{floor}{mark}"


FIGURES: list[Figure] = []


def note(figure: Figure) -> None:
    """Print a figure and keep it for the verdict."""
    FIGURES.append(figure)
    print(figure, flush=True)


def p95(seconds: list[float]) -> float:
    """The 95th percentile in milliseconds."""
    return statistics.quantiles(seconds, n=100)[94] * 1000


def median(seconds: list[float]) -> float:
    """The middle one in milliseconds."""
    return statistics.median(seconds) * 1000


def timed(action: Callable[[], object]) -> float:
    """Seconds that an action takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start
