"""What goes wrong with the store."""

from storage.words import State


class StorageError(Exception):
    """The root of what goes wrong with the store."""


class StorageUnavailableError(StorageError):
    """The database cannot be used just now."""


class DatabaseDamagedError(StorageUnavailableError):
    """The database cannot be used by this process any more: something of it is broken.

    The sentence says what to do. `why` is what was found.
    """

    def __init__(self, sentence: str, why: str = "") -> None:
        super().__init__(sentence)
        self.why = why


def damaged(found: object) -> DatabaseDamagedError:
    """Make the error of a database that only a repair helps; what was found may quote damaged bytes."""
    words = str(found).replace("*** in database main ***", "").split()
    why = "".join(letter if letter.isprintable() else "?" for letter in " ".join(words))
    sentence = f"the database is damaged ({why})"
    advice = "restore a backup of it, or save what can be read with `python -m bot repair`"
    return DatabaseDamagedError(f"{sentence}: {advice}", why)


class ForeignTablesError(StorageError):
    """Another program has tables in this database, where those of this one would be."""

    def __init__(self) -> None:
        super().__init__("there are tables of another program in it: name a database, or a schema, of its own")


class DatabaseInUseError(StorageError):
    """Another process works on this database."""


class SchemaTooNewError(StorageError):
    """A newer version of the program has migrated this database."""


class ImpossibleMoveError(StorageError):
    """An outcome would bring a job into a state that the map does not lead to from its own: a bug."""

    def __init__(self, job_id: int, state: State, to: State) -> None:
        super().__init__(f"job {job_id} is {state} and cannot become {to}")
