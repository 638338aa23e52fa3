"""How much there is: a database for each size, with the same shape, so that sizes can be compared."""

import os
from dataclasses import dataclass

HERE = os.path.dirname(os.path.abspath(__file__))


@dataclass(frozen=True)
class Size:
    """So many activities. Each user has about a thousand of them, the first one more."""
    activities: int

    @property
    def users(self):
        return self.activities // 1000

    @property
    def large(self):
        """How many of them are the first user's."""
        return min(100_000, self.activities // 10)

    def __str__(self):
        return f"{self.activities:,}"


def seed(database, size):
    """Fills the migrated `database`: 10 000 000 activities in some five minutes."""
    variables = ("activities", "users", "large")
    given = [option for name in variables for option in ("-v", f"{name}={getattr(size, name)}")]
    database.psql(*given, "-f", os.path.join(HERE, "seed.sql"))
