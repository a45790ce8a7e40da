"""The recording that somebody wants another text of: from its job, or else from the message that is replied to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from telegram import Message

from bot.engine.intake import Intake
from bot.speech.catalogue import Model, find
from bot.speech.languages import nearest, spoken
from bot.telegram.downloading.file_limit import FileLimit
from handlers.media import Carrier, asked_for
from storage.apology import Apology
from storage.intake import NewJob, Version
from storage.options import Options
from storage.words import Asked, Job


@dataclass(frozen=True, slots=True)
class AtHand:
    """A recording as it came, and the job of the text at hand, if there is one.

    `chat_id` is the chat that chooses, as in Version. `own` is that job where somebody chose its model or its language:
    what is not chosen anew, stays.
    """

    new: NewJob
    chat_id: int
    job: Job | None = None
    own: Job | None = None

    def with_model(self, model: Model) -> Version:
        """Want a text by a model, in the language that stays, or else in that of the chat."""

        def choose(_: str, options: Options) -> tuple[str, Options]:
            language = options.language if self.own is None else self.own.options.language
            return model.name, replace(options, language=language).without(model.untaken)

        return Version(self.new, self.chat_id, self.job_id, choose)

    def in_language(self, language: str, preferred: Sequence[Model]) -> Version:
        """Want a text in a language, by the model that stays, or else by that of the chat: the nearest that knows it.

        `preferred` are the operator's models, the default one first.
        """

        def choose(chosen: str, options: Options) -> tuple[str, Options]:
            model = find(chosen if self.own is None else self.own.model) or preferred[0]
            if spoken(model, language) is None:
                model = nearest(model, language, preferred) or model
            return model.name, replace(options, language=spoken(model, language) or language).without(model.untaken)

        return Version(self.new, self.chat_id, self.job_id, choose)

    @property
    def job_id(self) -> int | None:
        return None if self.job is None else self.job.id


Found = AtHand | Apology | None


def of_job(intake: Intake, job: Job, chat_id: int, shown_as: int, asker: int | None) -> AtHand:
    """Return the recording of a job, whose chat is `chat_id` now.

    `shown_as` is a message that shows its text, or brings the recording.
    """
    about = job.reply_to or job.placeholder_id or shown_as
    is_theirs = job.user_id is None or job.user_id == asker  # who wants no text may ask for that of their own
    people = () if is_theirs or job.user_id is None else (job.user_id,)
    new = replace(intake.sent_again(job), chat_id=job.chat_id, asked=Asked.PLAINLY, about=about, people=people)
    return AtHand(new, chat_id, job, job if job.message_id < 0 and shown_as != about else None)


def of_message(intake: Intake, message: Message, carrier: Carrier, limit: FileLimit, asker: int | None) -> Found:
    """Return the recording in a message that another one replies to, or why it cannot be had; None if there is none."""
    recording = asked_for(message, carrier, limit, Asked.PLAINLY)
    if recording is None or isinstance(recording, Apology):
        return recording
    people = tuple(each for each in recording.people if each != asker)
    about = recording.about or message.message_id
    return AtHand(intake.as_new(replace(recording, about=about, people=people, sent_at=None)), recording.chat_id)
