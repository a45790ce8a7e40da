"""A small chart: one bar a day, drawn as a picture. Its library is loaded when the first one is drawn."""

import io
from collections.abc import Sequence

WIDTH, HEIGHT = 640, 320
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 24, 40  # margins
INK, FAINT, BAR, PAPER = "#24292f", "#d0d7de", "#2481cc", "#ffffff"


def draw_bars(values: Sequence[float], labels: Sequence[str]) -> bytes:
    """Return a PNG with a bar for each value, above its label where that is not empty.

    It takes some milliseconds of a processor: call it in a thread.
    """
    from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415 - much code, and most days nobody asks for a chart

    picture = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(14)
    floor, top = HEIGHT - BOTTOM, _rounded_up(max(values, default=0.0))
    for part in range(3):
        height = floor - (floor - TOP) * part / 2
        pen.line((LEFT, height, WIDTH - RIGHT, height), fill=FAINT)
        pen.text((LEFT - 8, height), f"{top * part / 2:g}", fill=INK, font=font, anchor="rm")
    step = (WIDTH - LEFT - RIGHT) / max(len(values), 1)
    for number, (value, label) in enumerate(zip(values, labels, strict=True)):
        at = LEFT + number * step
        if value > 0:
            height = max(1.0, (floor - TOP) * value / top)
            pen.rectangle((at + step * 0.15, floor - height, at + step * 0.85, floor), fill=BAR)
        if label:
            pen.text((at + step / 2, floor + 8), label, fill=INK, font=font, anchor="ma")
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()


def _rounded_up(most: float) -> float:
    """Return the next of 2, 4, 10, 20, 40, 100, …: the half of it can be read as well."""
    scale = 1.0
    while True:
        for step in (2.0, 4.0, 10.0):
            if most <= step * scale:
                return step * scale
        scale *= 10.0
