"""The forms of an answer: what is shown of a text, and what instead where a chat refuses that."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from bot import links
from bot.speech.catalogue import Model
from bot.speech.languages import nova_instead
from bot.text.layout import Document, Page, in_file, in_pages, in_text, lay_out, says_something
from bot.text.texts import Texts
from storage.apology import Notice
from storage.transcript import LONGEST_TEXT, Doubt
from storage.words import LINK, Answers, Form, Job

Answer = tuple[Page, ...] | Document
Layout = Callable[[str, Texts], Answer]
MORE = "⋯"  # the button behind which there is all that can be had of a text
TO_COME = "…"  # what a message says that is about to have its text


def laid_out(layout: Layout, job: Job, text: str) -> Answer:
    """Return what was said in a recording, or that nothing was, as the job's form has it."""
    texts = texts_of(job, job.form)
    return layout(worded(job, job.form, _said(job, text, texts)), texts)


def _said(job: Job, text: str, texts: Texts) -> str:
    if not says_something(text):
        return texts.answers.no_speech()
    if job.doubtful is not Doubt.WORDS or job.apology is not None:
        return text
    nova = None if job.shown_in > 0 else nova_for(job)  # in private its button stands below the text
    how = "" if nova is None else texts.answers.again_behind(MORE, nova.name)
    return texts.answers.perhaps_invented(text, how)


def nova_for(job: Job) -> Model | None:
    """Return the model that is offered for a text that perhaps nobody said."""
    return nova_instead(job.model, job.options.language) if job.doubtful is Doubt.WORDS else None


def texts_of(job: Job, form: Form) -> Texts:
    """Return the sentences for who reads an answer in a form: its chat, or the sender alone."""
    return Texts(job.speaks if form is Form.PRIVATE else job.interface)


def chosen(job: Job, text: str) -> Layout:
    """Return the layout that the chat of a job chose for texts; other answers have the usual one."""
    if job.apology is not None or not says_something(text):
        return usual
    match job.answers:
        case Answers.TEXT:
            return only_text
        case Answers.FILE:
            return file
        case Answers.FOLD:
            return partial(usual, fold_from=job.fold_from)
        case Answers.AUTO | None:
            return usual


def usual(text: str, texts: Texts, *, fold_from: int | None = None) -> Answer:
    """Return a message, a few pages, or a file, which says if the text was cut short."""
    return _complete(lay_out(text, fold_from), text, texts)


def only_text(text: str, texts: Texts) -> Answer:
    """Return as many pages as there are, up to a limit, beyond which nothing but a file has all of it."""
    return _complete(in_text(text), text, texts)


def pages(text: str, texts: Texts) -> Answer:
    """Return as many pages as are needed, up to a limit."""
    return in_pages(text, texts.answers.no_files())


def file(text: str, texts: Texts) -> Answer:
    return _complete(in_file(text), text, texts)


def _complete(answer: Answer, text: str, texts: Texts) -> Answer:
    """Let a file say if the text was cut short, which is longer than pages can be then."""
    if isinstance(answer, Document) and len(text) >= LONGEST_TEXT:
        return replace(answer, content=answer.content + f"\n\n{texts.answers.cut_short()}\n".encode())
    return answer


def waiting(job: Job, form: Form, notice: Notice) -> Page | Document:
    """Return the placeholder; a host of another alphabet is shown as it is written in ASCII."""
    host = links.foreign_host(job.file_id) if job.kind == LINK else None
    return saying(job, form, texts_of(job, form).waiting.placeholder(notice, host))


def progress(job: Job, told: str) -> Page | Document:
    """Return the placeholder with a line about how far its job is."""
    host = links.foreign_host(job.file_id) if job.kind == LINK else None
    return saying(job, job.form, f"{texts_of(job, job.form).waiting.placeholder(Notice.NONE, host)}\n{told}")


def to_come(job: Job, form: Form) -> Page | Document:
    """Return what stands for an answer that is known: nothing is said of it in a quiet chat."""
    return saying(job, form, TO_COME) if job.reacts else waiting(job, form, Notice.NONE)


def saying(job: Job, form: Form, text: str) -> Page | Document:
    """Return a short text as one message, wherever it is shown."""
    return message(form, worded(job, form, text))


def message(form: Form, text: str) -> Page | Document:
    """Return a short text as one message."""
    return in_file(text) if form is Form.FILE else Page(text, collapsed=False)


def worded(job: Job, form: Form, text: str) -> str:
    """Return a text with a word about the chat of the recording, where it is shown in another one."""
    return texts_of(job, form).answers.in_private(text, _link(job)) if form is Form.PRIVATE else text


def _link(job: Job) -> str | None:
    """Return a link to the recording, which only supergroups and channels have."""
    number = -job.chat_id - 10**12
    if job.reply_to is None or number <= 0:
        return None
    return f"https://t.me/c/{number}/{job.reply_to}"
