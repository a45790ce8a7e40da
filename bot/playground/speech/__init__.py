"""A strict AI/ML speech-to-text API on this machine, which accepts only what the real one accepts."""

from bot.playground.speech.recognition import Recognition, Word, conversation
from bot.playground.speech.records import Call, Fetch, Generation, Upload
from bot.playground.speech.server import FakeSpeech

__all__ = ["Call", "FakeSpeech", "Fetch", "Generation", "Recognition", "Upload", "Word", "conversation"]
