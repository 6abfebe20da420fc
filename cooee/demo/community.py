"""Who lives in the demo, and what they said."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Resident:
    """Somebody with a face; whoever is on air is a recording, and nobody signs in as them."""

    username: str
    display_name: str
    language: str
    bio: str
    follows: tuple[str, ...]


@dataclass(frozen=True)
class Said:
    """A post; with `space`, it carries the live Space's card."""

    username: str
    minutes_ago: int
    text: str
    space: bool = False


HOST = "amara"
"""She is on air, and the crowd follows her."""
WELL_KNOWN = "tariq"
"""One can sign in as him, and the crowd follows him too: he may host."""
COHOST = "joao"
SPEAKERS = ("joao", "lena")
"""Who else is on air; each has a recorded voice, and is nobody whom a visitor can be."""
ON_AIR = (HOST, *SPEAKERS)

SPACE_TITLE = "Night radio: the songs our grandmothers hummed"
SPACE_TOPICS = ("Music", "Family", "English")
INVITATION = "The kettle is on, the record player is warm. Come in."

RESIDENTS = (
    Resident(
        HOST,
        "Amara Osei",
        "en",
        "Night radio, every Saturday. I collect the songs that nobody wrote down.",
        ("joao", "lena", "selin", "nour", "tariq", "mei", "dov"),
    ),
    Resident(
        COHOST,
        "João Prado",
        "pt",
        "Tape restorer in Porto. If it hisses, I am interested.",
        ("amara", "lena", "selin", "nour", "mei"),
    ),
    Resident(
        "lena",
        "Lena Kraus",
        "de",
        "Sings in three choirs, late to all of them.",
        ("amara", "joao", "tariq", "dov"),
    ),
    Resident(
        "selin",
        "Selin Yıldız",
        "tr",
        "Ferries, cats, field recordings from İstanbul.",
        ("amara", "joao", "nour", "mei"),
    ),
    Resident(
        "nour",
        "Nour Aziz",
        "ar",
        "Oud player. My grandmother knew forty lullabies; I know eleven so far.",
        ("amara", "selin", "joao", "lena", "tariq"),
    ),
    Resident("tariq", "Tariq Tan", "en", "Open mic on Thursdays. Bring a poem.", ("amara", "lena", "mei", "nour")),
    Resident(
        "mei",
        "Mei Wong",
        "en",
        "City forester. Four hundred lindens this year, and counting.",
        ("amara", "dov", "tariq", "selin"),
    ),
    Resident(
        "dov",
        "Dov Baum",
        "en",
        "Rust by day, tea by night. Plants trees with Mei at weekends.",
        ("amara", "joao", "nour", "mei", "tariq"),
    ),
)

POSTS = (
    Said("amara", 4, INVITATION, space=True),
    Said("joao", 18, "Found the tape my avó recorded in 1974. Playing a minute of it tonight."),
    Said("nour", 35, "A lullaby from Aleppo has no last verse. You sing until the child sleeps, and that is the end."),
    Said("mei", 60, "We plant four hundred lindens this week. Come and ask us anything."),
    Said("selin", 95, "Recorded the 19:40 ferry from Kadıköy. Eleven minutes of gulls, tea glasses and one accordion."),
    Said("tariq", 140, "Thursday's open mic: nine poems, two songs, and a man who read his shopping list. He won."),
    Said("lena", 210, "Question for all who sing: which song can you only remember while your hands are busy?"),
    Said("dov", 300, "Spent the day looking for a race. It was a clock. It is always a clock."),
    Said("amara", 420, "Twelve people sent me tunes without words this week. I am learning them all."),
    Said("mei", 640, "A linden hums in June. Stand under one and listen: it is the bees, but it is also the linden."),
    Said("joao", 900, "How to save a sticky tape: warmth, patience, and never, ever the pause button."),
    Said("nour", 1320, "Learned number eleven today. It is about a pear tree, and it is not really about a pear tree."),
    Said(
        "selin",
        1500,
        "To whoever left the harmonica on the ferry: it has been played, with respect, by a retired captain.",
    ),
    Said("lena", 2100, "Washing day. The whole song came back, all six lines."),
    Said("tariq", 2700, "A poem is a voice message to somebody you have not met yet."),
    Said("dov", 3600, "Seedlings survived the frost. I did not expect to care this much about a stick in a bucket."),
)

_GIVEN = (
    "Ada Bo Chidi Dana Emre Femi Gita Hana Ivo June Kofi Lior Mina Noa Oto Pia Quin Rosa Sami Tess Uma Vito "
    "Wanda Xenia Yusuf Zoe Anouk Bilal Carmen Dario Elif Farah"
).split()
_FAMILY = (
    "Abara Berg Costa Demir Eze Fox Gallo Haddad Ito Jansen Kaya Lund Mora Novak Okoye Park Quist Rossi Silva Toth"
).split()


def crowd() -> list[tuple[str, str]]:
    """(username, display name) of those who follow the host and the well-known: 640 people, as mixed as a crowd is."""
    rounds = len(_FAMILY)
    pairs = ((given, _FAMILY[(n + shift) % rounds]) for shift in range(rounds) for n, given in enumerate(_GIVEN))
    return [(f"{given}_{family}".lower(), f"{given} {family}") for given, family in pairs]
