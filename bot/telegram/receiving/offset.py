"""The offset: which updates the next request confirms. A number that cannot be right must keep no later update away."""

FAR = 1_000_000  # updates; numbers follow each other, but for a new beginning after a week without any


class Offset:
    """Confirms the updates of each batch. `next` is what to send; None to ask for whatever is not confirmed.

    An offset far from those before it is sent once and not kept, until another batch goes on from there.
    """

    def __init__(self) -> None:
        self.next: int | None = None
        self.is_doubtful = False
        self._trusted: int | None = None
        self._doubted: int | None = None

    def take(self, numbers: set[int]) -> bool:
        """Confirm these with the next request, but for those that are far from the others; tell if that is new."""
        if not numbers:
            return False
        before, near = self.next, self._near(sorted(numbers))
        self.is_doubtful = self._is_far(near[0], self._trusted) or (self._trusted is None and len(near) < len(numbers))
        self.next = near[-1] + 1
        if self.is_doubtful and not self._goes_on(near[-1]):
            self._doubted = near[-1]
        else:
            self._trusted, self.is_doubtful = self.next, False
        return self.next != before

    def answered(self) -> None:
        """Go on after a request that was answered: it has confirmed what it was to confirm."""
        if self.is_doubtful:
            self.next, self.is_doubtful = None, False

    def _near(self, numbers: list[int]) -> list[int]:
        """Return the numbers near to those before them; where none is, those near to the middle one."""
        trusted = self._trusted
        if trusted is None or all(self._is_far(number, trusted) for number in numbers):
            trusted = numbers[len(numbers) // 2]
        return [number for number in numbers if not self._is_far(number, trusted)]

    def _goes_on(self, number: int) -> bool:
        """Tell whether a number follows the one that was doubted before."""
        return self._doubted is not None and 0 < number - self._doubted <= FAR

    @staticmethod
    def _is_far(number: int, other: int | None) -> bool:
        return other is not None and abs(number - other) > FAR
