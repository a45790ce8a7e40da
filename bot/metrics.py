"""The metrics for the operator; no label names a chat, a person or a file."""

from http import HTTPStatus

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_STAGE_BUCKETS = (0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800)  # seconds

# Of gateways. Any other number may be made up, and each would be counted for ever.
_STATUSES = frozenset(HTTPStatus) | frozenset(range(520, 531))


def status_label(status: int) -> str:
    """Return the label of an HTTP status; those that nobody has defined share one."""
    return str(status) if status in _STATUSES else "other"


class Metrics:
    """The metrics of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.accepted = self._counter("jobs_accepted", "Jobs made from messages.", "kind")
        self.refused = self._counter(
            "recordings_refused", "Recordings of chats that had as many without an answer as they may."
        )
        self.ended = self._counter("jobs_ended", "Jobs that ended, by what the user got.", "outcome")
        self.errands_ended = self._counter("errands_ended", "Things that people asked for, by kind.", "kind", "outcome")
        self.reused = self._counter("transcripts_reused", "Jobs answered without a generation of their own.")
        self.creates_in_doubt = self._counter(
            "creates_in_doubt", "Creates of ended jobs whose answer never came: each may have been paid for."
        )
        self.edits_in_doubt = self._counter(
            "edits_in_doubt", "Edits for jobs that another process had taken over by then: each may have come too late."
        )
        self.bugs = self._counter("bugs", "Steps and updates that failed unexpectedly.", "where")
        self.bugs_seen = 0  # of this process
        self.updates_skipped = self._counter(
            "updates_skipped", "Updates that could not be read, or that process after process died with."
        )
        self.replies_dropped = self._counter(
            "replies_dropped", "Replies that were not sent, as newer ones of the same chat waited."
        )
        self.provider = self._counter("provider_answers", "Answers of the AI/ML API.", "call", "status")
        self.telegram = self._counter("telegram_answers", "Answers of the Bot API.", "method", "status")
        self.webhook = self._counter("webhook_answers", "Answers to what is brought to the webhook.", "status")
        self.unknown_statuses = self._counter(
            "provider_unknown_statuses", "Generation statuses that no document names, taken as pending."
        )
        self.stage = Histogram(
            "verbatim_stage_seconds",
            "How long jobs were in a stage.",
            ["stage"],
            buckets=_STAGE_BUCKETS,
            registry=self.registry,
        )
        self._add_gauges()

    def _add_gauges(self) -> None:
        self.backlog = self._gauge(
            "backlog", "Unfinished jobs by state; `due` waits for its step, and is counted up to 1,000.", "state"
        )
        self.errands = self._gauge("errands", "Files and other things that people have asked for and not got yet.")
        self.leads = self._gauge("leads", "Whether this process leads: 1, or 0.")
        self.slots = self._gauge(
            "slots", "Recordings, and parts of long ones, that may be at the AI/ML API at once.", "family"
        )
        self.slots_taken = self._gauge(
            "slots_taken", "Slots that are taken: for what is there, or on its way.", "family"
        )

    def bug(self, where: str) -> None:
        self.bugs.labels(where).inc()
        self.bugs_seen += 1

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"verbatim_{name}", text, labels, registry=self.registry)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"verbatim_{name}", text, labels, registry=self.registry)

    def render(self) -> bytes:
        return generate_latest(self.registry)
