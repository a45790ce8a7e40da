-- Jobs as the first schema kept them, one of each kind that changed later.
INSERT INTO transcripts VALUES
    (1, 'u4|#g1_nova-2-general|pt-BR', '{"text":"said","language":null,"duration":null,"words":[]}', 2000000000.0);
INSERT INTO jobs (id, from_chat_id, message_id, chat_id, kind, file_id, model, language, cache_key, state, notice, slot,
    waits, posting, doubts, losses, transcript_id, apology, created_at, next_at) VALUES
    (1, 7, 1, 7, 'voice', 'f', 'm', 'auto', 'u1|m|auto', 'queued', 'held', NULL, 'held', 0, 0, 0, NULL, NULL, 1, 1),
    (2, 7, 2, 7, 'voice', 'f', 'm', 'auto', 'u2|m|auto', 'queued', '', NULL, 'woken', 0, 0, 0, NULL, NULL, 1, 1),
    (3, 7, 3, 7, 'voice', 'f', 'm', 'en', 'u|3|m|en', 'submitted', '', 'nova', NULL, 0, 2, 1, NULL, NULL, 1, 1),
    (4, 7, 4, 7, 'voice', 'f', 'm', 'pt-BR', 'u4|#g1_nova-2-general|pt-BR', 'ready', '', NULL, NULL, 0, 0, 0, 1, NULL,
        1, 1),
    (5, 7, 5, 7, 'voice', 'f', 'm', 'auto', 'u5|m|auto', 'ready', '', NULL, NULL, 0, 0, 0, NULL,
        '{"reason": "on_hold", "facts": {}}', 1, 1),
    (6, 7, 6, 7, 'voice', 'f', 'm', 'auto', 'u6|m|auto', 'queued', '', 'nova', NULL, 1, 1, 0, NULL, NULL, 1, 1);
INSERT INTO jobs (id, from_chat_id, message_id, chat_id, kind, file_id, model, language, cache_key, state, created_at,
    ended_at) VALUES
    (7, 7, 7, 7, 'voice', 'f', 'm', 'auto', 'u7|m|auto', 'delivered', 1, 2),
    (8, 7, 8, 7, 'voice', 'f', 'm', 'auto', 'u8|m|auto', 'failed', 1, 2),
    (9, 7, 9, 7, 'voice', 'f', 'm', 'auto', 'u9|m|auto', 'cancelled', 1, 2);
INSERT INTO generations VALUES (3, 0, 'g', 0, 1, NULL);
