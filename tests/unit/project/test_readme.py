from bot.config import Settings
from tests.unit.project.checkout import blocks, documents, section, text

MOST_LINES = 100


def test_it_is_short():
    assert len(text("README.md").splitlines()) <= MOST_LINES


def test_it_shows_the_chat_before_anything_else():
    before, picture, _ = text("README.md").partition("](docs/chat.png)")
    assert picture
    assert "\n## " not in before


def test_the_demo_is_one_command_and_the_set_up_two():
    (demo,) = blocks(section("README.md", "Try it"))
    (set_up,) = blocks(section("README.md", "Set up"))
    assert demo.splitlines() == ["make demo"]
    assert [line.partition("#")[0].strip() for line in set_up.splitlines()] == ["cp .env.example .env", "make run"]


def test_it_states_the_limits_and_the_times_that_are_in_force():
    files, minutes, hours = Settings.max_file_mb, Settings.max_audio_minutes, Settings.transcript_ttl_hours
    assert f"up to {files} MB and {minutes} minutes" in section("README.md", "What it does")
    assert f"free for {hours} hours" in section("README.md", "What it costs")
    assert f"kept for {hours} hours" in section("README.md", "Where the audio goes")


def test_it_leads_to_what_everybody_looks_for():
    links = section("README.md", "Read on")
    for target in (
        "docs/README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "LICENSE",
        "THIRD_PARTY_NOTICES.md",
    ):
        assert f"({target})" in links


def test_the_list_of_documents_has_every_document():
    index = text("docs/README.md")
    others = set(documents()) - {"README.md", "docs/README.md"}
    targets = {name.removeprefix("docs/") if name.startswith("docs/") else f"../{name}" for name in others}
    assert {target for target in targets if f"({target})" not in index} == set()
    assert {"../CHANGELOG.md", "../CONTRIBUTING.md", "../SECURITY.md", "../THIRD_PARTY_NOTICES.md"} <= targets
