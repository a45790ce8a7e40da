"""What is offered to who wants another text of a recording: models, and languages in which it is likely to be."""

from collections.abc import Sequence

from bot.speech.catalogue import MODELS
from bot.speech.languages import LANGUAGES, likely
from bot.telegram.writing.button_data import InLanguage, WithModel
from bot.telegram.writing.buttons import Button, Keyboard, button
from handlers.asker import Asker
from handlers.at_hand import AtHand
from storage.options import AUTO
from storage.store import Store

IN_A_ROW = 2
MOST_ALONE = 8  # languages
BESIDE_MODELS = 4


async def models_and_languages(store: Store, at_hand: AtHand, asker: Asker, job_id: int) -> Keyboard:
    """Return the models, and below them the languages in which the recording is likely to be."""
    models = [button(model.name, WithModel(job_id, model.name)) for model in MODELS]
    return [*_rows(models), *await languages(store, at_hand, asker, job_id, BESIDE_MODELS)]


async def languages(store: Store, at_hand: AtHand, asker: Asker, job_id: int, most: int = MOST_ALONE) -> Keyboard:
    """Return the likeliest languages."""
    job = at_hand.job
    heard = None if job is None or job.transcript_id is None else await store.language(job.transcript_id)
    chosen = (await store.settings(at_hand.new.chat_id)).language
    person = None if asker.person is None else asker.person.language_code
    first = (person, None if job is None else job.interface, None if chosen == AUTO else chosen)
    return _rows([button(LANGUAGES[each].own, InLanguage(job_id, each)) for each in likely(first, heard, most)])


def _rows(buttons: Sequence[Button]) -> Keyboard:
    return [buttons[at : at + IN_A_ROW] for at in range(0, len(buttons), IN_A_ROW)]
