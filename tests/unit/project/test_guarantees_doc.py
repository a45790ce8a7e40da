import re

from storage import outcomes
from storage.words import NEXT, State
from tests.unit.project.checkout import blocks, section

DOCUMENT = "docs/guarantees.md"
STEP = re.compile(r" (◀?─[^A-Z]*[A-Z][a-z][^◀▶]*?─▶?) +(?=[A-Z]{4})")
FORTH = re.compile(r"─+([^─◀▶]+)─+▶")
BACK = re.compile(r"◀─+([^─◀▶]+)─+")


def drawn() -> list[tuple[State, str, State]]:
    """Every arrow of the drawing: from, label, to."""
    (drawing,) = blocks(section(DOCUMENT, "States"))
    found = []
    for row in drawing.strip().splitlines():
        state, *steps = STEP.split(row)
        for arrow, following in zip(steps[::2], steps[1::2], strict=True):
            found.append(move(State[state], arrow, State[following]))
            state = following
    return found


def move(left: State, arrow: str, right: State) -> tuple[State, str, State]:
    if match := FORTH.fullmatch(arrow):
        return left, match[1], right
    match = BACK.fullmatch(arrow)
    assert match, f"{arrow} is no arrow"
    return right, match[1], left


def test_the_drawing_has_exactly_the_moves_that_a_job_can_make():
    moves = {(start, end) for start, _, end in drawn()}
    assert moves == {(start, end) for start, ends in NEXT.items() for end in ends}


def test_the_drawing_labels_its_arrows_with_outcomes_or_the_cancel_button():
    words = {word for _, label, _ in drawn() for word in re.findall(r"\w+", label)}
    outcome_names = {kind.__name__ for kind in outcomes.Outcome.__args__}
    assert words - outcome_names == {"or", "cancel"}


def test_every_state_has_its_sentence():
    said = re.findall(r"^- \*\*([A-Z]+)\*\*: \w", section(DOCUMENT, "States"), re.MULTILINE)
    assert sorted(said) == sorted(state.name for state in State)
