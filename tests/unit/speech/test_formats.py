"""The files that the AI/ML API reads as they are."""

from bot.media.sniff import Container
from bot.speech.aimlapi.formats import UPLOAD_FORMATS


def test_every_container_of_the_table_is_one_that_files_are_recognised_as():
    assert set(UPLOAD_FORMATS.by_container) <= {container.value for container in Container}


def test_every_format_has_a_name_of_its_own_for_the_upload():
    formats = UPLOAD_FORMATS.by_container.values()
    assert len({read.content_type for read in formats}) == len({read.file_name for read in formats}) == len(formats)
