-- Works with programs of schema 2 or later.
-- What has been written to Telegram lately, in seconds since the epoch. It is not logged: after a crash of the database it is
-- empty, as it is in a process on SQLite after its start.
CREATE UNLOGGED TABLE pace (
    chat_id       BIGINT PRIMARY KEY,
    messages      DOUBLE PRECISION[] NOT NULL DEFAULT '{}', -- in order; some of the moments may still come
    edits         DOUBLE PRECISION[] NOT NULL DEFAULT '{}',
    promised      DOUBLE PRECISION NOT NULL DEFAULT 0, -- the latest moment that a write was told to come back at
    blocked_until DOUBLE PRECISION NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE UNLOGGED TABLE pace_overall (
    id           INTEGER PRIMARY KEY CHECK (id = 1),
    messages     DOUBLE PRECISION[] NOT NULL DEFAULT '{}',
    edits        DOUBLE PRECISION[] NOT NULL DEFAULT '{}',
    next_message DOUBLE PRECISION NOT NULL DEFAULT 0, -- those that wait go evenly: the next one then
    next_edit    DOUBLE PRECISION NOT NULL DEFAULT 0,
    narrowed_to  INTEGER, -- messages and edits within a second, where refusals have told of a limit for both together
    narrowed_at  DOUBLE PRECISION NOT NULL DEFAULT 0,
    refused      DOUBLE PRECISION[] NOT NULL DEFAULT '{}',
    swept_at     DOUBLE PRECISION NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

-- Those of the moments that are within a span before `now`, in order. What is further ahead than any promise was written
-- before the clock was put back.
CREATE FUNCTION pace_recent(moments DOUBLE PRECISION[], span DOUBLE PRECISION, now DOUBLE PRECISION)
RETURNS DOUBLE PRECISION[] LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN ARRAY(SELECT moment FROM unnest(moments) AS moment WHERE moment > now - span AND moment <= now + 5.5 ORDER BY 1);
END
$$;

-- When there is room for one more of at most so many moments within any span, given in order.
CREATE FUNCTION pace_next(moments DOUBLE PRECISION[], most INTEGER, span DOUBLE PRECISION, now DOUBLE PRECISION)
RETURNS DOUBLE PRECISION LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN CASE WHEN cardinality(moments) < most THEN now
                ELSE greatest(now, moments[cardinality(moments) - most + 1] + span) END;
END
$$;

-- How many messages and edits go within a second: `narrowed_to`, and twice as many after each minute without a refusal.
CREATE FUNCTION pace_narrowed(narrowed_to INTEGER, narrowed_at DOUBLE PRECISION, most INTEGER, now DOUBLE PRECISION)
RETURNS INTEGER LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF narrowed_to IS NULL OR now NOT BETWEEN narrowed_at AND narrowed_at + 600 THEN
        RETURN NULL;
    END IF;
    RETURN nullif(least(2 * most, narrowed_to * (1 << floor((now - narrowed_at) / 60)::integer)), 2 * most);
END
$$;

-- Say whether a write may go, and count it if so. The time is taken after each lock, as somebody else may have had it.
CREATE FUNCTION pace_ask(
    chat BIGINT, is_message BOOLEAN, of_chat INTEGER, chat_span DOUBLE PRECISION, of_messages INTEGER,
    messages_span DOUBLE PRECISION, overall INTEGER, most INTEGER, counted DOUBLE PRECISION[], went DOUBLE PRECISION[],
    OUT verdict TEXT, OUT wait DOUBLE PRECISION, OUT moment DOUBLE PRECISION
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    here pace;
    everywhere pace_overall;
    now DOUBLE PRECISION;
    due DOUBLE PRECISION;
    own DOUBLE PRECISION[];
    other DOUBLE PRECISION[];
    narrowed INTEGER;
    evenly DOUBLE PRECISION;
    told DOUBLE PRECISION;
BEGIN
    LOOP
        SELECT * INTO here FROM pace WHERE chat_id = chat FOR UPDATE;
        EXIT WHEN FOUND;
        INSERT INTO pace (chat_id) VALUES (chat) ON CONFLICT DO NOTHING;
    END LOOP;
    now := extract(epoch FROM clock_timestamp());
    moment := 0;

    IF here.blocked_until > now AND here.blocked_until <= now + 3600 THEN
        verdict := 'blocked';
        wait := here.blocked_until - now;
        RETURN;
    END IF;

    due := pace_next(pace_recent(here.messages || here.edits, chat_span, now), of_chat, chat_span, now);
    evenly := chat_span / of_chat;
    IF is_message AND of_messages IS NOT NULL THEN
        due := greatest(due, pace_next(pace_recent(here.messages, messages_span, now), of_messages, messages_span, now));
        evenly := greatest(evenly, messages_span / of_messages);
    END IF;
    IF due > now THEN
        -- Those that are told to wait are told different moments, and as all of them have gone, from the first one again.
        told := here.promised + evenly;
        told := CASE WHEN told < due OR told > due + messages_span THEN due ELSE told END;
        UPDATE pace SET promised = told WHERE chat_id = chat;
        verdict := 'chat';
        wait := told - now;
        RETURN;
    END IF;

    LOOP
        SELECT * INTO everywhere FROM pace_overall WHERE id = 1 FOR UPDATE;
        EXIT WHEN FOUND;
        INSERT INTO pace_overall (id) VALUES (1) ON CONFLICT DO NOTHING;
    END LOOP;
    now := extract(epoch FROM clock_timestamp());

    IF cardinality(counted) > 0 THEN
        everywhere.messages := ARRAY(
            SELECT coalesce(late.later, sooner) FROM unnest(everywhere.messages) AS sooner
            LEFT JOIN unnest(counted, went) AS late(at, later) ON late.at = sooner);
        everywhere.edits := ARRAY(
            SELECT coalesce(late.later, sooner) FROM unnest(everywhere.edits) AS sooner
            LEFT JOIN unnest(counted, went) AS late(at, later) ON late.at = sooner);
    END IF;
    own := pace_recent(CASE WHEN is_message THEN everywhere.messages ELSE everywhere.edits END, 1, now);
    other := pace_recent(CASE WHEN is_message THEN everywhere.edits ELSE everywhere.messages END, 1, now);
    narrowed := pace_narrowed(everywhere.narrowed_to, everywhere.narrowed_at, most, now);
    evenly := CASE WHEN is_message THEN everywhere.next_message ELSE everywhere.next_edit END;
    due := pace_next(own, overall, 1, now);
    IF narrowed IS NOT NULL THEN
        due := greatest(due, pace_next(pace_recent(own || other, 1, now), least(overall, narrowed), 1, now));
        evenly := greatest(everywhere.next_message, everywhere.next_edit);
    END IF;
    IF evenly <= now + 6 THEN
        due := greatest(due, evenly);
    END IF;

    IF due > now + 5 OR (due > now AND overall < most) THEN
        verdict := 'overall';
        wait := least(due - now, 5);
    ELSE
        verdict := 'granted';
        wait := due - now;
        moment := due;
        own := pace_recent(own || due, 1, now);
        evenly := CASE WHEN due > now THEN due + 1.0 / least(most, coalesce(narrowed, most)) ELSE evenly END;
        UPDATE pace SET
            messages = CASE WHEN is_message THEN pace_recent(messages || due, messages_span, now) ELSE messages END,
            edits = CASE WHEN is_message THEN edits ELSE pace_recent(edits || due, chat_span, now) END
        WHERE chat_id = chat;
    END IF;
    UPDATE pace_overall SET
        messages = CASE WHEN is_message THEN own ELSE other END,
        edits = CASE WHEN is_message THEN other ELSE own END,
        next_message = CASE WHEN is_message THEN evenly ELSE next_message END,
        next_edit = CASE WHEN is_message THEN next_edit ELSE evenly END,
        swept_at = CASE WHEN now BETWEEN everywhere.swept_at AND everywhere.swept_at + 60 THEN swept_at ELSE now END
    WHERE id = 1;

    IF now NOT BETWEEN everywhere.swept_at AND everywhere.swept_at + 60 THEN
        DELETE FROM pace WHERE chat_id IN (
            SELECT chat_id FROM pace
            WHERE chat_id <> chat AND blocked_until <= now AND promised <= now
                AND coalesce(messages[cardinality(messages)], 0) < now - 90 AND coalesce(edits[cardinality(edits)], 0) < now - 90
            FOR UPDATE SKIP LOCKED);
    END IF;
END
$$;

-- Let no write go to a chat for so many seconds.
CREATE FUNCTION pace_block(chat BIGINT, seconds DOUBLE PRECISION) RETURNS VOID LANGUAGE sql AS $$
    INSERT INTO pace AS here (chat_id, blocked_until) VALUES (chat, extract(epoch FROM clock_timestamp()) + seconds)
    ON CONFLICT (chat_id) DO UPDATE SET blocked_until = excluded.blocked_until
$$;

-- Count a refusal that may be about all chats together, and halve what goes within a second after several of them. One of a
-- write that had begun before that tells nothing new.
CREATE FUNCTION pace_refused(
    begun DOUBLE PRECISION, most INTEGER, several INTEGER, soon DOUBLE PRECISION, least_of_all INTEGER
) RETURNS INTEGER LANGUAGE plpgsql AS $$
DECLARE
    everywhere pace_overall;
    now DOUBLE PRECISION;
    places INTEGER;
BEGIN
    INSERT INTO pace_overall (id) VALUES (1) ON CONFLICT DO NOTHING;
    SELECT * INTO everywhere FROM pace_overall WHERE id = 1 FOR UPDATE;
    now := extract(epoch FROM clock_timestamp());
    IF coalesce(begun, now) < everywhere.narrowed_at AND everywhere.narrowed_at <= now THEN
        RETURN NULL;
    END IF;
    everywhere.refused := pace_recent(everywhere.refused || now, soon, now);
    IF cardinality(everywhere.refused) >= several THEN
        everywhere.refused := '{}';
        places := coalesce(pace_narrowed(everywhere.narrowed_to, everywhere.narrowed_at, most, now), 2 * most);
        places := greatest(least_of_all, places / 2);
    END IF;
    UPDATE pace_overall SET
        refused = everywhere.refused,
        narrowed_to = coalesce(places, narrowed_to),
        narrowed_at = CASE WHEN places IS NULL THEN narrowed_at ELSE now END
    WHERE id = 1;
    RETURN places;
END
$$;
