"""The words of muehlbach.docx: the minutes of a meeting about a mill stream."""

from dataclasses import dataclass
from typing import Final

TITLE: Final = "Niederschrift der Versammlung am Mühlbach"


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str


@dataclass(frozen=True, slots=True)
class Footnote:
    """Stands at the end of the paragraph before it."""

    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    text: str


@dataclass(frozen=True, slots=True)
class Numbered:
    text: str


Rows = tuple[tuple[str, ...], ...]
"""A table; the first row is its header."""

MINUTES: Final[tuple[Paragraph | Footnote | Heading | Numbered | Rows, ...]] = (
    Paragraph(
        "Am Samstag, dem 17. Oktober 2026, trafen sich die Anlieger des Mühlbachs im Gemeindehaus von Unterau. "
        "Eingeladen hatte die Wassergenossenschaft. Anwesend waren neunzehn von dreiundzwanzig Mitgliedern; die "
        "Versammlung war damit beschlussfähig. Den Vorsitz führte Frau Edeltraud Größl, die Niederschrift Herr Jörg "
        "Übelacker."
    ),
    Heading("Bericht über das Wasserjahr"),
    Paragraph(
        "Der Bachmeister berichtete, dass das Wehr den Winter gut überstanden hat. Im März stand das Wasser eine "
        "Handbreit über dem Eichpfahl, ohne dass der Überlauf nachgegeben hätte."
    ),
    Footnote(
        "Der Eichpfahl ist ein Pfosten aus Eichenholz mit einem eisernen Nagel, der die erlaubte Stauhöhe anzeigt. Er "
        "wurde zuletzt 1911 in Gegenwart aller Anlieger gesetzt."
    ),
    Paragraph(
        "Der Sommer war trocken. Im August führte der Mühlbach so wenig Wasser, dass die Obere Mühle nur an drei "
        "Abenden in der Woche mahlen konnte. Die Messungen am Wehr sind in der Tafel zusammengefasst."
    ),
    (
        ("Monat", "Abfluss (l/s)", "Stauhöhe (cm)", "Mahlstunden"),
        ("März", "690", "108", "212"),
        ("Mai", "430", "101", "198"),
        ("Juli", "150", "84", "96"),
        ("August", "95", "71", "38"),
        ("September", "140", "82", "90"),
    ),
    Heading("Streit um die Stauhöhe"),
    Paragraph(
        "Die Betreiber der Unteren Mühle führten Klage darüber, dass die Obere Mühle ihren Weiher morgens füllt und "
        "abends in einem Schwall ablässt. Ihr Wasserrad stehe deshalb bis zum Nachmittag still und laufe dann zu "
        "schnell. Die Obere Mühle entgegnete, dass sie sonst im Sommer gar nicht mahlen könne. Nach längerer "
        "Aussprache einigten sich beide Seiten auf feste Zeiten."
    ),
    Footnote("Die Wasserordnung von 1874 kennt eine solche Regelung bereits; sie war in Vergessenheit geraten."),
    Heading("Beschlüsse"),
    Numbered(
        "Von Juni bis September darf der Weiher nur zwischen 22 Uhr und 5 Uhr gefüllt werden. Tagsüber fließt das "
        "Wasser des Mühlbachs ungestaut durch."
    ),
    Numbered(
        "Der Rechen vor der Unteren Mühle wird im Herbst täglich gereinigt. Die Kosten von 1.840 Euro für einen neuen "
        "Rechen tragen beide Mühlen je zur Hälfte."
    ),
    Numbered(
        "Die Bachräumung findet am 14. November 2026 statt. Jeder Haushalt mit Wasserrecht stellt eine Person und "
        "eine Schaufel; wer verhindert ist, zahlt 40 Euro in die Kasse."
    ),
    Paragraph(
        "Alle Beschlüsse wurden einstimmig gefasst. Die nächste Versammlung ist für den 16. Oktober 2027 vorgesehen. "
        "Die Vorsitzende dankte allen Beteiligten und schloss die Sitzung um 21.40 Uhr."
    ),
)
