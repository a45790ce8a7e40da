import pytest

from tests.cases.table import Record, recorder


@pytest.fixture
def record(request: pytest.FixtureRequest) -> Record:
    """Puts a row into the table that is printed in the end."""
    return recorder(request.node)
