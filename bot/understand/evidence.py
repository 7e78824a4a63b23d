"""What the rules for intents look at: the ideas of a text and a little beside them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.understand.readings import PeopleKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What else the rules look at, beside the ideas."""

    ideas: frozenset[str]
    amount: bool  # some amount is said, certain or not
    priced: bool = False  # a certain amount is said
    people: PeopleKind
    words: int  # in the whole text
    counted: bool = False  # a number of months or instalments is said
    dated: bool = False  # a day is said
    question_mark: bool = False
    strange: bool = False  # a word of no list, not even misspelt

    def any(self, *names: str) -> bool:
        """Whether one of these ideas was said."""
        return not self.ideas.isdisjoint(names)

    def all(self, *names: str) -> bool:
        """Whether all of these ideas were said."""
        return self.ideas.issuperset(names)

    @property
    def person(self) -> bool:
        """Whether somebody is meant, known or not; the speaker counts."""
        return self.people is not PeopleKind.NONE

    @property
    def asked(self) -> bool:
        """Whether it is a question, or a request to see something."""
        return self.question_mark or self.any("ask", "look", "left")
