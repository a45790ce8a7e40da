"""The chats that exist when the playground starts: two people, a private chat, and a group with topics."""

from bot.playground.telegram import FakeTelegram

GROUP = "Weekend hike"
TOPICS = ("Plans", "Photos")


def add_starting_chats(telegram: FakeTelegram) -> None:
    """Add the people and their chats.

    The bot is an admin of the group: with privacy mode on, only an admin sees the voice notes there.
    """
    alex = telegram.user("Alex", username="alex_walks")
    sam = telegram.user("Sam")
    telegram.private(alex)
    group = telegram.supergroup(GROUP, members=[sam], owner=alex, topics=True, bot_admin=True)
    for name in TOPICS:
        group.topic(name, alex)
