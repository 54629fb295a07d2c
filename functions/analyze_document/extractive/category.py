"""What kind of document a text is, by the words that such documents open with, in some languages of each script."""

# ruff: noqa: RUF001 - words of other scripts look like Latin letters to it

import re
from typing import Final

from functions.analyze_document.analysis import Category

LOOKED_AT: Final = 20_000
"""Characters: what a document is stands at its beginning."""
TITLE: Final = 200
_IN_TITLE: Final = 3
"""How many cues one in the title is worth."""
ENOUGH: Final = 3
"""Cues without which a document is `other`."""
_ITEMS: Final = 0.4
"""The share of its lines that are items of a list, in notes."""
_PROSE: Final = 1_500
"""Characters of running text, from which on a document without cues is an article."""

_CUES: Final[dict[Category, str]] = {
    "invoice": (
        "invoice|amount due|subtotal|vat|bill to|payment terms|unit price|quantity|iban|rechnung|rechnungsnummer"
        "|mwst|ust|gesamtbetrag|zahlbar|facture|tva|montant|factura|importe|fattura|fatura|faktura|счёт"
        "|счет-фактура|ндс|к оплате|рахунок|τιμολόγιο|φπα|חשבונית|فاتورة|請求書|請求金額|消費税|发票|發票|金额"
        "|청구서|세금계산서"
    ),
    "contract": (
        "agreement|contract|hereinafter|whereas|the parties|party|governing law|termination|confidentiality"
        "|liability|vertrag|vereinbarung|vertragspartner|kündigung|haftung|contrat|les parties|contrato"
        "|las partes|cláusula|contratto|le parti|umowa|договор|стороны|обязуется|договір|σύμβαση|συμβαλλόμενοι"
        "|חוזה|הסכם|عقد|الطرف الأول|契約書|契約|甲|乙|合同|合約|甲方|乙方|계약서|계약"
    ),
    "letter": (
        "dear|sincerely|yours faithfully|yours truly|kind regards|best regards|sehr geehrte"
        "|mit freundlichen grüßen|madame, monsieur|cordialement|veuillez agréer|estimado|estimada|atentamente"
        "|gentile|cordiali saluti|prezado|уважаемый|уважаемая|с уважением|шановний|з повагою|αγαπητέ|με εκτίμηση"
        "|לכבוד|בברכה|السيد|تحية طيبة|拝啓|敬具|尊敬的|此致|敬礼|안녕하세요|드림"
    ),
    "report": (
        "report|annual report|findings|executive summary|recommendations|quarter|fiscal year|results|conclusions"
        "|revenue|bericht|jahresbericht|ergebnisse|quartal|umsatz|rapport|résultats|trimestre|informe|resultados"
        "|rapporto|risultati|relatório|raport|отчёт|отчет|результаты|выводы|квартал|звіт|έκθεση|αποτελέσματα|דוח"
        "|ממצאים|تقرير|النتائج|報告書|報告|四半期|报告|季度|결과|보고서"
    ),
    "manual": (
        "manual|user guide|installation|instructions|troubleshooting|step 1|warning|caution|how to|click|settings"
        "|configure|handbuch|anleitung|bedienungsanleitung|warnung|mode d'emploi|guide d'utilisation"
        "|avertissement|instrucciones|advertencia|istruzioni|manuale|instrukcja|руководство|инструкция|установка"
        "|нажмите|інструкція|οδηγίες|εγχειρίδιο|מדריך|הוראות|دليل|تعليمات|取扱説明書|手順|使い方|注意|手册|说明书"
        "|步骤|설명서|사용법"
    ),
    "article": (
        "abstract|introduction|keywords|references|doi|et al|journal|methodology|related work|zusammenfassung"
        "|einleitung|literaturverzeichnis|résumé|bibliographie|resumen|bibliografía|introducción|аннотация"
        "|введение|список литературы|анотація|вступ|περίληψη|βιβλιογραφία|תקציר|مقدمة|المراجع|要旨|はじめに"
        "|参考文献|摘要|引言|초록|서론"
    ),
    "notes": (
        "notes|meeting notes|minutes|agenda|attendees|action items|to do|todo|next steps|protokoll|tagesordnung"
        "|notizen|teilnehmer|compte rendu|ordre du jour|acta|orden del día|appunti|verbale|notatki|протокол"
        "|повестка|заметки|присутствовали|нотатки|πρακτικά|σημειώσεις|פרוטוקול|סיכום פגישה|محضر|ملاحظات|議事録"
        "|メモ|出席者|会议纪要|笔记|회의록|메모"
    ),
    "presentation": (
        "presentation|slide|slides|outline|questions?|thank you|präsentation|folie|présentation|diapositive"
        "|presentación|diapositiva|presentazione|prezentacja|презентация|слайд|презентація|παρουσίαση|διαφάνεια"
        "|מצגת|عرض تقديمي|شريحة|プレゼンテーション|スライド|演示文稿|幻灯片|발표|슬라이드"
    ),
}
_ASIAN: Final = re.compile("[\u3040-\u9fff\uac00-\ud7a3]")
_ITEM: Final = re.compile(r"\s*(?:[-*+\u2022\u2023\u25aa\u25e6]|\d{1,2}[.)]|\[[ xX]\])\s")


def _pattern(cues: str) -> re.Pattern[str]:
    """Whole words, but where words are not set apart."""
    asian = [cue for cue in cues.split("|") if _ASIAN.search(cue)]
    spaced = [cue for cue in cues.split("|") if not _ASIAN.search(cue)]
    return re.compile(rf"(?<!\w)(?:{'|'.join(spaced)})(?!\w)|(?:{'|'.join(asian)})")


_PATTERNS: Final = {category: _pattern(cues) for category, cues in _CUES.items()}


def category(text: str) -> Category:
    """The kind with most different cues; of equals the first of the table."""
    beginning = text.strip()[:LOOKED_AT].lower()
    counts = {kind: _count(beginning, pattern) for kind, pattern in _PATTERNS.items()}
    best = max(counts, key=lambda kind: counts[kind])
    if counts[best] >= ENOUGH:
        return best
    return _by_form(beginning)


def _count(beginning: str, pattern: re.Pattern[str]) -> int:
    in_title = _IN_TITLE if pattern.search(beginning[:TITLE]) else 0
    return in_title + len(set(pattern.findall(beginning)))


def _by_form(beginning: str) -> Category:
    lines = [line for line in beginning.splitlines() if line.strip()]
    items = sum(1 for line in lines if _ITEM.match(line))
    if items >= 3 and items >= _ITEMS * len(lines):
        return "notes"
    return "article" if sum(len(line) for line in lines if len(line) > 80) >= _PROSE else "other"
