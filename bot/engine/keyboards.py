"""The buttons under messages of a job: under its placeholder, its answer and its apology."""

from collections.abc import Sequence

from bot.engine.forms import MORE, nova_for, texts_of
from bot.telegram.writing.button_data import (
    AskDelete,
    AskLanguage,
    AskVersion,
    AskWho,
    DeleteText,
    ExportText,
    ShowLess,
    ShowMore,
    TryAgain,
    WithModel,
)
from bot.telegram.writing.buttons import Button, Keyboard, button, cancel_button
from bot.text.layout import says_something
from bot.text.texts import Texts
from storage.transcript import Doubt
from storage.words import Form, Job

ENDINGS = ("txt", "srt", "vtt", "md", "json")  # those that bot.documents makes, which is loaded when one is wanted


def cancel(job: Job, form: Form) -> Keyboard:
    return [[cancel_button(job.id, texts_of(job, form).cancelling.button())]]


def again(job: Job, form: Form) -> Keyboard:
    """Return what is under an apology after which another try may help; nothing under any other answer."""
    if job.apology is None or not job.apology.may_be_tried_again:
        return ()
    return [[button(texts_of(job, form).again.button(), TryAgain(job.id))]]


def under(job: Job, text: str) -> Keyboard:
    """Return what is under the last message of an answer that says `text`."""
    if job.apology is not None:
        return again(job, job.form)
    if not says_something(text):
        return _rows(_doubt(job))
    return under_text(job)


def under_text(job: Job) -> Keyboard:
    """Return what is under a text at first: in private all there is, elsewhere one button that leads to the rest.

    That of a doubtful language does, too: nothing else tells of that doubt, and the text of one of the words.
    """
    if job.doubtful is Doubt.NO_SPEECH:
        return ()
    if job.shown_in > 0:
        return _rows(_doubt(job), *_more(job))
    return [_doubt(job) if job.doubtful is Doubt.LANGUAGE else [_to_the_rest(job)]]


def opened(job: Job) -> Keyboard:
    """Return what is under a text once somebody has asked for the rest of it."""
    if job.shown_in > 0:
        return under_text(job)
    return _rows(_doubt(job), *_more(job), [_back(job)])


def below_languages(job: Job) -> Sequence[Button]:
    """Return what is below the languages that a text may be had in: the way to the rest, and the one back."""
    return [_back(job)] if job.shown_in > 0 else [_to_the_rest(job), _back(job)]


def below_models(job: Job) -> Sequence[Button]:
    return [_back(job)]


def again_with(job: Job, model: str) -> Button:
    """Return the button that has the recording transcribed again with one model."""
    return button(texts_of(job, job.form).versions.button_with(model), WithModel(job.id, model))


def _to_the_rest(job: Job) -> Button:
    return button(MORE, ShowMore(job.id))


def _back(job: Job) -> Button:
    return button(texts_of(job, job.form).settings.back(), ShowLess(job.id))


def _more(job: Job) -> Sequence[Sequence[Button]]:
    """Return what can be had of every text, in rows."""
    texts = texts_of(job, job.form)
    rows = (_files(job), _other(job, texts), _deleting(job, texts))
    return [row for row in rows if row]


def other_versions(job: Job) -> Keyboard:
    """Return what is under a sentence that a text cannot be had any more."""
    return [[_version(job, texts_of(job, job.form))]]


def deletion(job: Job) -> Keyboard:
    """Return what is under a text while it is asked whether to delete it."""
    words = texts_of(job, job.form).more
    return [[button(words.delete_it(), DeleteText(job.id))], [button(words.keep_it(), ShowLess(job.id))]]


def _files(job: Job) -> Sequence[Button]:
    """Return a button for each form in which the text can be had as a file."""
    return [button(f".{ending}", ExportText(job.id, ending)) for ending in ENDINGS]


def _other(job: Job, texts: Texts) -> Sequence[Button]:
    """Return the buttons for another version of the text, and for the names of those who speak in it, if it has any.

    With one speaker alone it has none. Where older programs did not count the speakers, it may have some.
    """
    has_names = job.options.speakers and (job.speakers is None or job.speakers > 1)
    who = [button(texts.who.button(), AskWho(job.id))] if has_names else []
    return [_version(job, texts), *who]


def _version(job: Job, texts: Texts) -> Button:
    return button(texts.versions.button(), AskVersion(job.id))


def _deleting(job: Job, texts: Texts) -> Sequence[Button]:
    return [button(texts.more.delete(), AskDelete(job.id))]


def _doubt(job: Job) -> Sequence[Button]:
    """Return the button of a doubtful text: to have it in another language, or where it may be invented, by nova."""
    if job.doubtful is Doubt.LANGUAGE:
        return [button(texts_of(job, job.form).languages.wrong(), AskLanguage(job.id))]
    nova = nova_for(job)
    return () if nova is None else [again_with(job, nova.name)]


def _rows(*rows: Sequence[Button]) -> Keyboard:
    return [row for row in rows if row]
