"""What a conversation receives and returns; no channel is named here."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from core.calendar import WITA, business_date
from core.identities import Invite
from core.people import Standing
from core.people import called as called  # noqa: PLC0414 - how a conversation addresses people
from core.sealing import Keys
from notifications.messages import Attachment, Button, Content, Fact, Fresh, Purpose, Say

if TYPE_CHECKING:
    from bot.services import Services
    from bot.state import State


_CLOCKS_DIFFER = timedelta(minutes=1)  # the channel's from ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """A chat of a channel account; its `id` is the person's on Telegram."""

    channel: str
    account: str
    id: str

    @property
    def key(self) -> tuple[str, str, str]:
        """How core names it."""
        return (self.channel, self.account, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A contact that was shared; `own` when the channel says it is the sender's."""

    phone: str
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file that was sent. It is fetched when a step wants it: until then it has no content and no problem."""

    name: str
    size: int
    content: bytes | None = None
    problem: str | None = None  # too-large, unreachable
    picture: bool = False  # sent to be looked at, not as a file
    caption: str = ""  # what was written below it

    @property
    def is_unfetched(self) -> bool:
        """Whether its content is still where the channel keeps it."""
        return self.content is None and self.problem is None


class FileWanted(Exception):  # noqa: N818 - named by what is wanted
    """The step needs the content of the file that was sent.

    The turn is undone, its claim too; the channel fetches the file, outside any transaction, and takes
    the turn once more. A file that nobody asked for is never fetched.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Where somebody is found from now on."""

    phone: str | None
    user: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One update of a private chat, whatever channel it came by."""

    chat: (
        Chat  # with `phone` or `user` its id is only proposed: the directory knows the lasting one
    )
    update: str  # the channel's own id of it: claimed once
    at: datetime  # when it was written (a press: when it was received)
    text: str | None = None
    button: str | None = None  # data of the pressed button
    message: str | None = None  # the message the button stands on
    text_message: str | None = None  # the text's own message, where the channel can delete it
    callback: str | None = None  # to be answered after the commit
    contact: Contact | None = None
    document: Document | None = None
    other: str | None = None  # voice, photo, sticker, …: answered kindly
    phone: str | None = (
        None  # the sender's number with its country, where the channel vouches for it
    )
    user: str | None = None  # the channel's own lasting name for the sender, where it has one
    keeps_typed: bool = False  # what is typed cannot be taken out of this chat by us
    moved: Moved | None = None  # nothing was said: the sender has another number now

    @property
    def is_number(self) -> bool:
        """Whether a typed number stands for a button."""
        return self.text is not None and self.button is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvinceUser:
    """An official of the province or of one kabupaten or kota."""

    id: int
    name: str
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Everything a step may look at; it runs inside the turn's one transaction."""

    db: AsyncConnection
    services: Services
    incoming: Incoming
    koperasi_id: int  # the cooperative named in this transaction; 0: none
    standing: Standing | None
    province: ProvinceUser | None
    links: tuple[tuple[int, int], ...]  # (cooperative, person) this chat speaks for
    names: dict[int, str]  # of those cooperatives
    invite: dict[str, Any] | None  # what chat.open found of a code
    state: State
    now: datetime
    speaker: tuple[int | None, int | None] = (None, None)  # who this chat speaks for without a word
    proven: bool = False  # the PIN was given in this turn

    @property
    def keys(self) -> Keys:
        """The installation's keys."""
        return self.services.keys

    @property
    def zone(self) -> str:
        """The zone in which this chat's days are counted."""
        return self.standing.cooperative.zone if self.standing else WITA

    @property
    def today(self) -> date:
        """The day of the message itself, not of its handling: what an unsaid date means."""
        return business_date(self.incoming.at, self.zone)

    def was_written_before(self, shown_at: datetime) -> bool:
        """Say whether a message was written before something was shown: late in coming, it cannot mean it."""
        return self.incoming.at < shown_at - _CLOCKS_DIFFER

    @property
    def here(self) -> Standing:
        """Who stands here; steps that need a cooperative are routed to nobody else."""
        assert self.standing is not None
        return self.standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something another person is told because of this turn."""

    person_id: int
    purpose: Purpose
    content: Content
    id: UUID = field(default_factory=uuid4)
    to: tuple[str, str, str] | None = None  # the person's chat, where the step knows it already
    keep_days: int | None = None  # how long it waits when the person has no chat; None: not at all


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """An earlier message of this chat that now says something else: a card that was recorded."""

    content: Content
    message: str | None = None  # its id, when its button was pressed
    said_in: str | None = None  # else the update that was answered with it


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkChange:
    """What the turn's closing changes in the chat directory."""

    speak_for: tuple[int, int] | None = None  # (cooperative, person) that speaks from now on
    province_user: int | None = None
    add: tuple[tuple[int, int], ...] = ()
    remove: tuple[tuple[int, int], ...] = ()
    use: bytes | None = None  # hash of the invite that allows it


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInvite:
    """An invite made in chat: kept by the closing, said in the reply."""

    invite: Invite
    person_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The one message a turn answers with, and what else it leaves behind."""

    lines: tuple[Say, ...]
    buttons: tuple[tuple[Button, ...], ...] = ()
    contact_button: Say | None = None
    remove_keyboard: bool = False
    attachment: Attachment | None = None
    fresh: Fresh | None = None  # said instead of lines: made when it leaves
    edit: bool = False  # it replaces the message whose button was pressed
    state: State | None = None  # none: as it was
    notices: tuple[Notice, ...] = ()
    replaces: tuple[Replacement, ...] = ()
    deletes: tuple[str, ...] = ()  # messages of this chat that are taken away: a typed PIN
    links: LinkChange | None = None
    invites: tuple[NewInvite, ...] = ()

    @property
    def content(self) -> Content:
        """What is said, for the outbox."""
        if self.fresh is not None:
            return Content(fresh=self.fresh)
        return Content(
            lines=self.lines,
            buttons=self.buttons,
            contact_button=self.contact_button,
            remove_keyboard=self.remove_keyboard,
            attachment=self.attachment,
        )

    def keeping(self, state: State) -> Reply:
        """Return the same reply leaving another state behind."""
        return replace(self, state=state)


def one_line(said: str | None) -> str | None:
    """Fold what somebody wrote into one line of at most 200 characters: it cannot pass for lines of ours."""
    return " ".join((said or "").split())[:200] or None


def say(key: str, **facts: Fact) -> Say:
    """Name a text and its facts."""
    return Say(key, facts)


def button(label: str, data: str, **facts: Fact) -> Button:
    """Make a button from its label's key; data is at most 64 bytes, as Telegram allows."""
    assert len(data.encode()) <= 64, data
    return Button(label=Say(label, facts), data=data)


def answer(key: str, **facts: Fact) -> Reply:
    """Answer with one text."""
    return Reply(lines=(Say(key, facts),))
