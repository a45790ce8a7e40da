"""Four recordings to try the bot with, in synthetic voices, and the words in them."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Sample:
    """An Ogg/Opus file of this folder. `text` has its words as pocketsphinx writes them."""

    name: str
    title: str
    text: str
    seconds: float

    @property
    def file(self) -> str:
        return f"{self.name}.ogg"

    @property
    def path(self) -> Path:
        return Path(__file__).with_name(self.file)


SAMPLES = (
    Sample("bread_and_milk", "Bread and milk", "could you buy some bread and milk on the way home", 2.99),
    Sample("call_me_back", "Call me back", "please call me back when you have five minutes", 2.56),
    Sample("cinema", "Cinema on Saturday", "we are going to the cinema on saturday do you want to come", 3.26),
    Sample(
        "walk",
        "A walk, in two voices",
        "do you want to go for a walk in the park this afternoon"
        " thanks that is a great idea i will be there in ten minutes",
        7.69,
    ),
)
