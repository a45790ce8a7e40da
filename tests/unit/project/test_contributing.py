from tests.unit.project.checkout import text

MOST_LINES = 60


def test_it_is_one_page():
    assert len(text("CONTRIBUTING.md").splitlines()) <= MOST_LINES
