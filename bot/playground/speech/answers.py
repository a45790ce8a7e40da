"""The answers of the API: one recognition in every dialect in which the API has been seen to answer."""

import string
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from bot.playground.speech.recognition import Recognition, Word
from bot.playground.speech.records import Failure, Generation
from bot.playground.speech.sentences import SENTENCE_ENDS, Sentence, paragraphs, sentences

Dialect = Literal["deepgram", "deepgram-channels-object", "output", "root", "assembly", "text"]
CreatedStyle = Literal["generation_id", "queued", "id"]
Json = dict[str, Any]

CONFIDENCE = 0.98
PUNCTUATION = string.punctuation + "".join(SENTENCE_ENDS)


def created(generation_id: str, style: CreatedStyle) -> Json:
    if style == "generation_id":
        return {"generation_id": generation_id}
    name = "id" if style == "id" else "generation_id"
    return {name: generation_id, "status": "queued"}


def pending(dialect: Dialect, generation: Generation, status: str) -> Json:
    return _envelope(dialect, generation, status)


def failed(dialect: Dialect, generation: Generation, failure: Failure) -> Json:
    return _envelope(dialect, generation, failure.status, error=failure.error)


def completed(dialect: Dialect, generation: Generation, heard: Recognition, status: str) -> Json:
    return _envelope(dialect, generation, status, result=_result(dialect, generation, heard))


def _envelope(
    dialect: Dialect,
    generation: Generation,
    status: str,
    result: Json | None = None,
    error: Mapping[str, str] | None = None,
) -> Json:
    if dialect == "output":
        return {"id": generation.id, "status": status, "output": result, "error": error}
    answer: Json = {"status": status}
    if error is not None:
        answer["error"] = error
    if result is not None:
        answer |= result if dialect == "root" else {"result": result}
    return answer


def _result(dialect: Dialect, generation: Generation, heard: Recognition) -> Json:
    if dialect == "assembly":
        return _assembly(generation, heard)
    if dialect == "text":
        return _text(heard)
    return _deepgram(generation, heard, as_in_the_specification=dialect == "deepgram-channels-object")


def _deepgram(generation: Generation, heard: Recognition, *, as_in_the_specification: bool) -> Json:
    """Build a result in the dialect of Deepgram.

    In the specification `channels` is an object and `paragraphs` an array; in its samples it is the other way round.
    """
    options = generation.options
    alternative = _alternative(heard, options)
    channel: Json = {"alternatives": [alternative]}
    if options.get("detect_language") == "true":
        channel |= {"detected_language": heard.language, "language_confidence": heard.language_confidence}
    if as_in_the_specification and "paragraphs" in alternative:
        alternative["paragraphs"] = [alternative["paragraphs"]]
    results: Json = {"channels": channel if as_in_the_specification else [channel]}
    if options.get("utterances") == "true":
        results["utterances"] = [_utterance(one, options) for one in sentences(heard.words)]
    return {"metadata": _metadata(generation, heard), "results": results}


def _metadata(generation: Generation, heard: Recognition) -> Json:
    model = generation.model
    return {
        "transaction_key": "deprecated",
        "request_id": generation.id,
        "sha256": generation.sha256,
        "created": datetime.fromtimestamp(generation.created_at, UTC).isoformat(),
        "duration": heard.duration,
        "channels": 1,
        "models": [model],
        "model_info": {model: {"name": model, "version": "playground", "arch": generation.family}},
    }


def _alternative(heard: Recognition, options: Mapping[str, str]) -> Json:
    alternative: Json = {
        "transcript": heard.text,
        "confidence": CONFIDENCE if heard.text else 0.0,
        "words": [_word(word, options) for word in heard.words],
    }
    if heard.words and _formatted(options, "paragraphs"):
        alternative["paragraphs"] = _paragraphs(heard, options)
    return alternative


def _formatted(options: Mapping[str, str], wish: str) -> bool:
    """Say whether a format was asked for; `smart_format` includes punctuation and paragraphs."""
    return "true" in (options.get(wish), options.get("smart_format"))


def _word(word: Word, options: Mapping[str, str]) -> Json:
    answer: Json = {
        "word": word.text.strip(PUNCTUATION).lower(),
        "start": word.start,
        "end": word.end,
        "confidence": CONFIDENCE,
    }
    if _formatted(options, "punctuate"):
        answer["punctuated_word"] = word.text
    return answer | _speaker(word.speaker, options)


def _speaker(speaker: int, options: Mapping[str, str]) -> Json:
    return {"speaker": speaker} if options.get("diarize") == "true" else {}


def _paragraphs(heard: Recognition, options: Mapping[str, str]) -> Json:
    laid_out = paragraphs(heard.words)
    return {
        "transcript": "\n" + "\n\n".join(_paragraph_text(one, options) for one in laid_out),
        "paragraphs": [
            {
                "sentences": [{"text": one.text, "start": one.start, "end": one.end} for one in paragraph],
                "num_words": sum(len(one.words) for one in paragraph),
                "start": paragraph[0].start,
                "end": paragraph[-1].end,
                **_speaker(paragraph[0].speaker, options),
            }
            for paragraph in laid_out
        ],
    }


def _paragraph_text(paragraph: list[Sentence], options: Mapping[str, str]) -> str:
    text = " ".join(sentence.text for sentence in paragraph)
    return f"Speaker {paragraph[0].speaker}: {text}" if options.get("diarize") == "true" else text


def _utterance(sentence: Sentence, options: Mapping[str, str]) -> Json:
    return {
        "start": sentence.start,
        "end": sentence.end,
        "confidence": CONFIDENCE,
        "channel": 0,
        "transcript": sentence.text,
        "words": [_word(word, options) for word in sentence.words],
        **_speaker(sentence.speaker, options),
    }


def _assembly(generation: Generation, heard: Recognition) -> Json:
    """Build a result in the dialect of AssemblyAI: times in milliseconds, speakers as letters."""
    diarized = generation.options.get("diarize") == "true"
    return {
        "id": generation.id,
        "status": "completed",
        "language_code": heard.language,
        "text": heard.text,
        "words": [_assembly_word(word, diarized=diarized) for word in heard.words],
        "utterances": [_assembly_utterance(one) for one in sentences(heard.words)] if diarized else [],
        "confidence": CONFIDENCE,
        "audio_duration": heard.duration,
    }


def _assembly_word(word: Word, *, diarized: bool) -> Json:
    answer = {"text": word.text, "start": _ms(word.start), "end": _ms(word.end), "confidence": CONFIDENCE}
    return answer | ({"speaker": _letter(word.speaker)} if diarized else {})


def _assembly_utterance(sentence: Sentence) -> Json:
    return {
        "text": sentence.text,
        "start": _ms(sentence.start),
        "end": _ms(sentence.end),
        "confidence": CONFIDENCE,
        "speaker": _letter(sentence.speaker),
        "words": [_assembly_word(word, diarized=True) for word in sentence.words],
    }


def _text(heard: Recognition) -> Json:
    heard_tokens, said_tokens = round(heard.duration * 10), len(heard.words)
    return {
        "text": heard.text,
        "usage": {
            "type": "tokens",
            "input_tokens": heard_tokens,
            "input_token_details": {"text_tokens": 0, "audio_tokens": heard_tokens},
            "output_tokens": said_tokens,
            "total_tokens": heard_tokens + said_tokens,
        },
    }


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def _letter(speaker: int) -> str:
    return string.ascii_uppercase[speaker]
