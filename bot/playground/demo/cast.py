"""Who is there when the playground opens: two people, a private chat, and a group with topics."""

from bot.playground.telegram import FakeTelegram

GROUP = "Weekend hike"
TOPICS = ("Plans", "Photos")


def assemble(telegram: FakeTelegram) -> None:
    """In the group the bot is an admin, as it must be to see voice notes there while privacy mode is on."""
    alex = telegram.user("Alex", username="alex_walks")
    sam = telegram.user("Sam")
    telegram.private(alex)
    group = telegram.supergroup(GROUP, members=[sam], owner=alex, topics=True, bot_admin=True)
    for name in TOPICS:
        group.topic(name, alex)
