from tests.unit.project.checkout import text

MOST_LINES = 60


def test_it_is_one_page():
    assert len(text("CONTRIBUTING.md").splitlines()) <= MOST_LINES


def test_weaknesses_are_reported_in_private():
    assert "privately to the maintainers, by the repository's private vulnerability report" in text("SECURITY.md")
