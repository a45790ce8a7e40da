"""What is known of every reason for which there is no transcript."""

import pytest

from storage.apology import Apology, Reason

OF_THE_FILE = {Reason.TOO_BIG, Reason.EMPTY, Reason.NOT_AUDIO, Reason.NO_SOUND, Reason.TOO_LONG, Reason.FILE_GONE}


@pytest.mark.parametrize("reason", Reason)
def test_each_reason_tells_whether_another_try_may_help(reason):
    may_be_tried_again = Apology(reason).may_be_tried_again
    assert isinstance(may_be_tried_again, bool)
    assert not (may_be_tried_again and reason in OF_THE_FILE)
