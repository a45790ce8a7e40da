"""Every limit and wait of the engine and of what stands above it, each with its reason. Spans are in seconds."""

from bot.outgoing import waits

MINUTE = 60.0
HOUR = 60 * MINUTE
DAY = 24 * HOUR

# Leases and steps
LEASE_TTL = 10 * MINUTE  # a job whose process died is due again after it; a restart does not wait for that
STEP_TIMEOUT = 9 * MINUTE  # without a byte passing; ends well before the lease, which is renewed while bytes pass
RENEW_EVERY = 2 * MINUTE  # a lease under which bytes have passed; a few renewals may fail before it runs out
STEPS_AT_ONCE = 100  # more would only wait for the provider's slots and Telegram's pace
MOST_IN_HAND = 1000  # with those that only wait for a moment; each takes some kilobytes
STEPS_PER_PLACE_LEFT = 3  # of one chat: alone it gets three quarters of the places, and leaves the rest to others
CLAIMED_AT_ONCE = 10  # so that the steps of a chat are counted again before it gets more
LONGEST_SLEEP = 30.0  # between two claims, should a wake ever be missed
LONGEST_SLEEP_BESIDE_OTHERS = 2.0  # nobody tells of what another replica makes due, or has given back
CLAIM_EVERY = 0.02  # at the most: what becomes due between two claims is claimed together
STORAGE_AGAIN_AFTER = 1.0  # after a step or a claim that the database refused: a full disk or a backup lasts longer

# Memory and processor time for what the provider answers
LONG_TEXT = 100_000  # characters, which is more than an hour of speech; laying it out would keep all others waiting
LONG_TEXTS_AT_ONCE = 4  # on their way to their chats; each takes some ten megabytes at the most
WORDS_IN_HAND = 2_000  # of a transcript that is shown as soon as it is stored: those of a quarter of an hour
WORDS_LAID_OUT_AT_ONCE = 500  # which takes milliseconds; more are laid out on a thread
MOST_UNSURE = 10_000  # jobs whose placeholder may be there, or be gone; one that is forgotten costs a message or a call
LONG_TEXT_AGAIN_AFTER = 1.0  # for one that found no place; another one's file is uploaded in about that time

# A stop: the sum stays below the 8 seconds that are promised
STOP_GRACE = 3.0  # for steps to end by themselves
INTERRUPT_GRACE = 1.0  # for what an interrupted step may not leave half done
CONFIRM_TIMEOUT = 2.0  # for telling Telegram what has been handled
STOP_WORK_WITHIN = 5.0  # for all of that together
LEAVE_WITHIN = 0.7  # for each of two things that are stored at the very end

# Several processes. With DEAD_AFTER and LEADS_FOR of storage.replicas, another one goes on within 15 s after a death.
BEAT_EVERY = 3.0  # several of them may fail before a replica counts as dead
REPLICAS_LOOK_EVERY = 1.0  # so that another one leads at once after a stop
STEADY_FOR = 6.0  # of beats, before others are taken for dead: after an outage of the database all begin to beat again
SHARED_READ_EVERY = 2.0  # three small questions to the database; people wait longer between two messages

# Messages
DELETABLE_FOR = 2 * DAY  # Telegram lets bots delete their own so long

# The clock
CLOCK_LOOK_EVERY = 2.0  # so that a machine that slept goes on at once
CLOCK_SLEPT = 1.0  # less is what the looks at two clocks take
CLOCK_JUMP = 5.0  # between the system's clock and ours; less is how clocks are kept right
LONGEST_STORED_WAIT = waits.LONGEST + MINUTE  # no server is heeded that asks for more
LONGEST_AT_PROVIDER = 2 * HOUR  # a result is asked for 55 minutes, and then for an hour while its answers fail
TELEGRAM_REPEATS_WITHIN = DAY  # it keeps an update that was not confirmed no longer
SHORTEST_GAP = MINUTE  # a restart takes less, and the last known moment is 20 seconds old at the most

# Long recordings
PARTS_AT_ONCE = 4  # of one recording at the provider; more would hardly be quicker, and need others' slots
SLOTS_ASKED_FOR_PARTS_EVERY = 5.0  # while others need them: parts take minutes
MOST_LOOKS_IN_VAIN = 5  # in a row, at parts whose recording is still being sent; a network that is gone longer is down
LOOK_IN_VAIN_AGAIN_AFTER = 5.0  # at the same part: were the step to fail, all files would have to be made anew
PROGRESS_EVERY = 20.0  # people look at a chat about so often, and it costs a write of the chat
QUEUE_TOLD_AFTER = 15.0  # most get a slot sooner, and who waits longer wonders
MOST_AHEAD = 1000  # that are counted: nobody needs to know more exactly, and it costs less than a millisecond
MOST_TOLD = 10_000  # jobs of which is known here when they were told of; the database knows it, too

# Attempts
SHORTEST_WAIT = 1.0  # where 0 seconds would do, so that no step spins
BACKOFF_JITTER = 0.2  # of the wait, so that jobs that failed together are spread
LONGEST_BACKOFF = MINUTE  # the provider and Telegram are back within minutes, and users wait
TRIES = HOUR  # that fail, with the waits between them; later the generation would be forgotten anyway
TRIES_FOR_AN_ANSWER = DAY  # that is known: it costs nothing to keep, and was paid for
PASSING = MINUTE  # the longest wait for a placeholder without which a recording goes up all the same
REFUSED_AGAIN_AFTER = 10.0  # where nobody says how long a chat refuses; see bot.telegram.refusing for the usual waits
TRIES_AT_A_SLOW_FILE = 2  # one for the case that it was the machine that was slow
FEW_ATTEMPTS = 5  # at what is unlikely to change: a file that Telegram does not find, a refusal that nobody knows
MOST_CREATES_IN_DOUBT = 5  # each may have been paid for; where the process died of them, only after DOUBT_FOR
DOUBT_FOR = 15 * MINUTE  # since the job was accepted: a machine in trouble is often well again by then
DOUBT_WAIT = 20.0  # after the second create in doubt; twice as long after each further one
LONGEST_DOUBT_WAIT = 10 * MINUTE  # so that a job is not forgotten
MOST_GENERATIONS_LOST = 5  # each may have been paid for

# Deaths of the process
MOST_DEATHS = 3  # while a job was worked on alone: it kills the processes that take it
ALONE_FOR = 10.0  # others wait so long for an interrupted job to get on; twice as long after each further death
LONGEST_ALONE = 5 * MINUTE  # a machine that has time for it converts any recording in less
ALONE_AFTER_START = 30.0  # later, nobody waits for steps to end, nor for a job that one death interrupted
LET_OTHERS_END = 10.0  # before an interrupted job begins; most steps take less
SUSPECT_WAIT = 10.0  # after a start, for a job with a death of its own; twice as long after each further one
MANY_INTERRUPTIONS = 5  # of a job without a death of its own: from here on it waits like a suspect, up to
LONGEST_SUSPECT_WAIT = 10 * MINUTE  # each time
MOST_INTERRUPTIONS = 10  # and INTERRUPTED_FOR has passed since the job was accepted: an answer is due
INTERRUPTED_FOR = HOUR

# Pauses, while the provider refuses every job
PAUSE = 30.0  # the first one; each that ends in vain makes the next one twice as long
LONGEST_PAUSE = 2 * MINUTE  # so that work goes on soon after the operator has acted
PAUSE_GIVE_UP_AFTER = DAY  # those who wait are told that nothing will come of it
PAUSE_GIVE_UP_AFTER_RESTART = 10 * MINUTE  # for jobs older than a day: an earlier process may have waited long already
SLOT_KEPT_UNSEEN = MINUTE  # while looks fail: most generations have ended by then, and others wait for the slot
SLOT_LENT = 1.0  # to a job for its preparation, which for most takes less; then others may have the slot meanwhile
SLOT_ADDED_EVERY = 0.05  # at the most: a crowd has twice the slots within seconds, and few creates too many are begun
SLOTS_REFUSED_FOR = 2 * MINUTE  # no more than were refused: each vain try is a pause for all, and limits change
SLOT_ASKED_FOR_EVERY = 0.5  # by a job whose preparation took longer, so that it starts soon after another one ends
SLOT_ASKED_FOR = 120  # times; then the preparation is thrown away, as others need the place of its step
ADMISSION_AGAIN_AFTER = MINUTE  # for a job that waits for another one, which wakes it; thousands may wait

# Looks at the provider
FIRST_LOOK = 0.3  # after the create: no service known is quicker, and a look costs nothing at the provider
SHORTEST_LOOK = 0.15  # between two looks: so short a delay is not felt, and a shorter one would double the looks
LONGEST_LOOK = 15.0  # hardly felt after minutes of waiting
LOOKS_PER_ELAPSED = 12  # a look after a twelfth of the time passed makes the wait a twelfth longer at most
YOUNG = 10.0  # of a generation: until then it is usually finished; later half of the budget of looks is for others
LATER_BY = 1.1  # what was learned may make an answer, in seconds after its create: that is hardly felt
LENGTHS = (15.0, MINUTE, 5 * MINUTE, 30 * MINUTE)  # of recordings that take about as long as each other, up to each
LEARNED_SHARE = 1 / 32  # of the way to a slower generation: then about one in ten is quicker than what is learned
SLOWED_FOR = 30.0  # a model's looks, by each refusal of one; then the limit of the provider is tried again
MOST_SLOWINGS = 3  # each makes the looks half as many; an eighth is below any limit that serves its purpose
LONGEST_SLOWED = MINUTE  # between two looks
MOST_LOOKS_KNOWN = 10_000  # jobs whose last look is known; one that is forgotten stands at the end of the line
LOOK_IN_HAND = 3.0  # to a look, for which a step keeps its lease; after longer waits a claim costs little
LATE_LOOKS = 0.2  # that a busy machine makes up for; after more they go evenly again
LINE_IN_HAND = MINUTE  # in the line for a look, which only a very small LOOKS_PER_SECOND makes so long
UNREADABLE_WAITS = (2.0, 5.0, 10.0, 20.0)  # between looks at what is finished and cannot be read: it may be half stored
NOT_YET_KNOWN = MINUTE  # after a create: until then an unknown generation may only be new
GIVE_UP_AFTER = 55 * MINUTE  # the provider forgets a result after an hour
EXPECTED_WITHIN = 10 * MINUTE  # a generation, plus EXPECTED_SHARE
EXPECTED_SHARE = 2.0  # of the length of the recording

# Errands: what people ask to be done with an answer that is there
ERRANDS_AT_ONCE = 8  # most are a file of some kilobytes; several chats are served while one is waited for
ERRANDS_LOOK_EVERY_BESIDE_OTHERS = 5.0  # what a dead replica leaves; what is asked here is begun at once
ERRAND_ATTEMPTS = 8  # over some minutes, or deaths; who still wants it asks again, and the text is in the chat
MOST_SENDINGS_IN_DOUBT = 2  # each may have come: a third copy helps nobody

# Other work
QUIET_FOR = 5 * MINUTE  # in a chat that wants no placeholders: then people wonder, and a wait is told of even there
FFMPEG_TIMEOUT = HOUR  # on a machine that is too busy; what makes a conversion slow is limited by its processor time
ROOM_TIMEOUT = 5.0  # for space for files: others need theirs for seconds, and a longer wait would keep a place
ROOM_TOLD_AFTER = 15.0  # after a recording was accepted; most find room within a few seconds
ROOM_GIVE_UP_AFTER = DAY  # those who wait are told then that nothing will come of it
ROOM_AGAIN_AFTER = 5.0  # without space: it may be others' files that fill the disk
STRANGER_TOLD_EVERY = DAY  # that the bot is not for its chat
TROUBLE_LOOK_EVERY = 2.0  # costs microseconds
TROUBLE_TOLD_EVERY = HOUR  # of one kind, so that trouble that comes and goes rings no phone all day
TROUBLE_TOLD_AGAIN_AFTER = MINUTE  # where Telegram takes no message
PROVIDER_DOWN_FOR = 10 * MINUTE  # less ends by itself before anybody could act
FIRST_CREDITS_LOOK = 5.0  # after a start, which has other things to do
CREDITS_LOOK_EVERY = 10 * MINUTE
STRANGER_LOGGED_EVERY = HOUR  # so that an operator who looks for the id of a chat finds it soon
MEMBERSHIP_SETTLES = 1.0  # of the bot in a chat: Telegram tells of one event in several updates, in any order
INTRODUCTION_AGAIN_AFTER = 30.0  # when Telegram did not take it; somebody has just added the bot and looks at it
MAINTENANCE_EVERY = 20.0  # well within the 120 seconds after which /healthz calls a silent database ill
DATABASE_LOOK_EVERY = 2.0  # costs microseconds, and what is written to a file that was deleted is lost
HINT_EVERY = MINUTE  # in a chat: who sends ten pictures has read it once
JOBS_KEPT_FOR = 7 * DAY  # a message that Telegram delivers again must still find its job
PURGE_PIECE = 0.005  # in one transaction, which others wait for: half of what they may, as rows are not alike
PURGE_SHARE = 0.2  # of the time, at the most; the rest belongs to others
PURGE_FEWEST, PURGE_MOST = 20, 500  # rows in a piece: fewer would end too late, more save nothing
PURGE_GROWTH = 1.5  # from one piece to the next
