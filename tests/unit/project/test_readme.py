import re

from prometheus_client.metrics import MetricWrapperBase

from bot.config import Settings
from bot.metrics import Metrics
from bot.text.sentences import COMMANDS
from storage import outcomes
from storage.words import NEXT, State
from tests.unit.project.checkout import ROOT, quoted, section, table, text

STEP = re.compile(r" (◀?─[^A-Z]*[A-Z][a-z][^◀▶]*?─▶?) +(?=[A-Z]{4})")
FORTH = re.compile(r"─+([^─◀▶]+)─+▶")
BACK = re.compile(r"◀─+([^─◀▶]+)─+")


def default(name: str) -> str:
    """How the table writes a default."""
    field = Settings.model_fields[name]
    if field.is_required():
        return "required"
    return "empty" if field.default in (None, frozenset()) else f"`{field.default}`"


def drawn() -> list[tuple[State, str, State]]:
    """Every arrow of the drawing: from, label, to."""
    _, drawing, _ = section("States").split("```")
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


def sources() -> str:
    files = [file for room in ("bot", "handlers", "storage") for file in (ROOT / room).rglob("*.py")]
    return "\n".join(file.read_text("utf-8") for file in files)


def test_the_settings_table_says_what_the_settings_say():
    expected = [[f"`{name.upper()}`", default(name), each.description] for name, each in Settings.model_fields.items()]
    assert table("Settings") == expected


def test_every_setting_named_anywhere_exists():
    named = {name.split("=")[0] for name in quoted(text("README.md")) if re.match(r"[A-Z]+_[A-Z_]+\b", name)}
    assert named == {name.upper() for name in Settings.model_fields}


def test_the_metrics_table_says_what_the_metrics_say():
    metrics = Metrics()
    labels = {
        metric._name: ", ".join(f"`{label}`" for label in metric._labelnames)
        for metric in vars(metrics).values()
        if isinstance(metric, MetricWrapperBase)
    }
    expected = [
        [f"`{each.name}{'_total' if each.type == 'counter' else ''}`", labels[each.name], each.documentation]
        for each in metrics.registry.collect()
    ]
    assert table("Health and metrics") == expected


def test_every_metric_named_anywhere_exists():
    named = set(re.findall(r"\bverbatim_[a-z_]+", text("README.md")))
    assert named == {name.strip("`") for name, _, _ in table("Health and metrics")}


def test_every_event_named_anywhere_is_logged_somewhere():
    code = sources()
    kinds = {f"job.{kind.__name__.lower()}" for kind in outcomes.Outcome.__args__}
    named = {name for name in quoted(section("In trouble")) if re.fullmatch(r"[a-z]+\.[a-z_]+", name)}
    assert len(named) > 10
    assert {name for name in named - kinds if f'"{name}"' not in code} == set()


def test_the_drawing_has_exactly_the_moves_that_a_job_can_make():
    moves = {(start, end) for start, _, end in drawn()}
    assert moves == {(start, end) for start, ends in NEXT.items() for end in ends}


def test_the_drawing_labels_its_arrows_with_outcomes_or_the_cancel_button():
    words = {word for _, label, _ in drawn() for word in re.findall(r"\w+", label)}
    outcome_names = {kind.__name__ for kind in outcomes.Outcome.__args__}
    assert words - outcome_names == {"or", "cancel"}


def test_every_state_has_its_sentence():
    said = re.findall(r"^- \*\*([A-Z]+)\*\*: \w", section("States"), re.MULTILINE)
    assert sorted(said) == sorted(state.name for state in State)


def test_every_make_command_exists_and_every_one_is_explained():
    phony = re.search(r"^\.PHONY: (.*)$", text("Makefile"), re.MULTILINE)
    assert phony
    assert set(re.findall(r"(?:^|`)make (?:PYTHON=\S+ )?([a-z]+)", text("README.md"), re.MULTILINE)) == set(
        phony[1].split()
    )


def test_every_command_of_the_bot_is_explained():
    assert {name for name in quoted(text("README.md")) if re.fullmatch(r"/[a-z]+", name)} - {
        "/healthz",
        "/metrics",
        "/data",
        "/tmp",
    } == {f"/{name}" for name, _ in COMMANDS}


def test_every_path_named_in_the_rooms_exists():
    named = quoted(section("Where things are"))
    assert len(named) > 8
    assert [name for name in named if not (ROOT / name).exists()] == []
