"""Where the marks of a chart lie. The templates write them as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 640
ROW, BAR = 26, 16
LABEL, VALUE = 210, 70
LINE_HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 200, 46, 24, 14, 28
COLUMN_HEIGHT = 180
MOST_MARKS = 8


@dataclass(frozen=True)
class Bar:
    """One bar and what stands beside it."""

    label: str
    value: int
    note: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Chart:
    """A chart of `width` times `height` units. A line's points are in `points`; `marks` are places
    and texts below it, `top` is the greatest value."""

    kind: str
    width: int
    height: int
    bars: tuple[Bar, ...] = ()
    points: tuple[tuple[float, float], ...] = ()
    marks: tuple[tuple[float, str], ...] = ()
    top: int = 0


def bars(rows: Sequence[tuple[str, int]], notes: Sequence[str] = ()) -> Chart:
    """Lying bars, one a row, the longest as long as there is room."""
    greatest = max((value for _, value in rows), default=0)
    room = WIDTH - LABEL - VALUE
    drawn = tuple(
        Bar(
            label,
            value,
            notes[number] if notes else "",
            LABEL,
            number * ROW + (ROW - BAR) / 2,
            round(room * value / greatest, 1) if greatest else 0.0,
            BAR,
        )
        for number, (label, value) in enumerate(rows)
    )
    return Chart("bars", WIDTH, max(len(rows), 1) * ROW, drawn, top=greatest)


def columns(rows: Sequence[tuple[str, int]]) -> Chart:
    """Standing bars, one a column."""
    greatest = max((value for _, value in rows), default=0)
    step = (WIDTH - LEFT) / max(len(rows), 1)
    room = COLUMN_HEIGHT - TOP - BOTTOM
    drawn = []
    for number, (label, value) in enumerate(rows):
        height = round(room * value / greatest, 1) if greatest else 0.0
        left, top = round(LEFT + number * step + step * 0.1, 1), round(TOP + room - height, 1)
        drawn.append(Bar(label, value, "", left, top, round(step * 0.8, 1), height))
    every = -(-len(rows) // MOST_MARKS) or 1
    marks = tuple((bar.x + bar.width / 2, bar.label) for bar in drawn[::every])
    return Chart("columns", WIDTH, COLUMN_HEIGHT, tuple(drawn), marks=marks, top=greatest)


def line(rows: Sequence[tuple[str, int]]) -> Chart:
    """A line through the values from left to right; one value alone is a point in the middle."""
    greatest = max((value for _, value in rows), default=0)
    room, across = LINE_HEIGHT - TOP - BOTTOM, WIDTH - LEFT - RIGHT
    points = []
    for number, (_, value) in enumerate(rows):
        place = number / (len(rows) - 1) if len(rows) > 1 else 0.5
        height = room * value / greatest if greatest else 0.0
        points.append((round(LEFT + across * place, 1), round(TOP + room - height, 1)))
    every = -(-len(rows) // MOST_MARKS) or 1
    marks = tuple((points[n][0], rows[n][0]) for n in range(0, len(rows), every))
    return Chart("line", WIDTH, LINE_HEIGHT, (), tuple(points), marks, greatest)
