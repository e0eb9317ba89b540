"""A follow-up question made to stand alone without a model.

What the new question lacks, and only that, is taken from the turn before: its genes where it names none, the rest of
the earlier question where it is but a fragment ("and in the heart?"). A part of the new question replaces the like
part of the earlier one: a place a place, a gene a gene.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from assistant.answers import Turn
from assistant.asides import Aside, aside
from assistant.records import asked
from assistant.slots import ANIMALS, Kind, Part, genes, parts, subject
from index.genes import find, normal, symbols
from index.terms import STOP_WORDS, content_words

_OPENER = re.compile(
    r"^(?:(?:and|but|or|so|also|then|ok(?:ay)?|now|well|yes|no)\b[\s,]*)*(?:(?:what|how) about\b\s*|what of\b\s*)?",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"^(?:(?:in|at|on|to|by|from|for|with|of|into|through|under) )?(?:what|which|who|whose|whom|where|when|how|why)\b"
    r"|^(?:is|are|was|were|do|does|did|can|could|has|have|had|will|would|should|may|might)\b"
    r"|^(?:tell|explain|describe|list|name|give|show|compare|summari[sz]e)\b",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(
    r"^(?:in|at|on|during|from|to|of|for|with|without|within|by|after|before|under|among|between|into|via)\b\s*", re.I
)
_AFTER_PREPOSITION = re.compile(r"\b(?:in|at|on|during|from|of|within|into)\s+$", re.IGNORECASE)
_IDLE_IT = re.compile(
    r"\bit\s+(?:(?:is|was|been)\s+)?(?:(?:\w+ )?(?:\w+) (?:to|that|whether|if) |known|true|likely"
    r"|clear|thought|certain)",
    re.IGNORECASE,
)
_GENE_NOUNS = r"(?:gene|protein|receptor|enzyme|factor|molecule|transcript|m?RNA|locus)(?![\w-])"
_MUTANT_NOUNS = (
    r"(?:(?:null|mutant|knock-?out|deficient|homozygous) )?(?:mice|animals|embryos|pups"
    r"|mutants|knock-?outs|nulls|homozygotes)"
)
_POINTED_GENE = re.compile(
    rf"\b(?:this|that|the(?: same)?)\s+(?P<which>(?:mutant|mutated|encoded|wild-type|normal)\s+)?{_GENE_NOUNS}"
    r"(?!\w|\s+(?:of|that|which|for|mutated|from|responsible|encoding)\b)",
    re.IGNORECASE,
)
_POINTED_MUTANTS = re.compile(
    rf"\b(?:these|those|such|the(?: same)?|this|that)\s+{_MUTANT_NOUNS}(?!\w|\s+(?:of|that|which"
    rf"|without|lacking|with)\b)",
    re.I,
)
_IT = re.compile(r"\b(?:it|they|them)\b", re.I)
_ITS = re.compile(r"\b(?:its|their)\b", re.I)
_POINTING = re.compile(
    r"\b(?:this|these|those|the (?:latter|former|same)|(?:do|does|did|is|was|why|how) that"
    r"|the (?:mutation|deletion|insertion|phenotypes?|effects?|defects?|animals?|disruption|loss|knock-?out|allele"
    r"|alleles|isoforms?|variants?|homolog(?:ue)?s?|ortholog(?:ue)?s?|symptoms?|promoter|disease|targeting"
    r"|expression|phenotypic|transgene))\b(?!\s+(?:of|in|that|which|between)\s)",
    re.I,
)
_GENERIC = frozenset(
    """gene genes protein proteins isoform isoforms mutation mutations mutant mutants mouse mice animal animals embryo
    embryos cell cells tissue tissues organ organs phenotype phenotypes defect defects effect effects level levels role
    function functions expression expressed express human humans exon exons domain domains chromosome chromosomes age
    stage stages time long large big many much high low strong early late old survive survival live die dies death
    lethal viable fertile fertility born birth homozygous heterozygous homozygotes heterozygotes wild type normal male
    males female females change changes changed affected impaired reduced increased decreased altered lost missing
    present absent found seen observed happen happens cause causes caused lead leads deletion insertion allele alleles
    conserved located lie lies encode encodes interact interacts bind binds partner partners known work works homolog
    homologue ortholog family members member symptoms evidence mechanism mechanisms pathway pathways target targets
    length size weight kind sort part parts things else made make disease diseases patients species experiment
    experiments results result show shows shown start begin appear first loss knockout transcript transcripts""".split()
)
"""Words that name no topic of their own: a question of these alone asks about something said before."""
_ASKS_FOR_IT = re.compile(
    r"^(?:what causes|which (?:genes?|proteins?|mutations?|strains?|mice|loc(?:us|i)|QTLs?|papers?)\b)", re.I
)
_DEFINES = re.compile(
    r"^what(?:'s| is| are) (?:(?:an?|the) )?[\w-]+(?: [\w-]+)?\W*$|^what (?:is|are) the .+ of (?!the\b)", re.IGNORECASE
)
_FEW = 2
"""Specific words up to which a question without a name is taken to go on with the one before."""


def stand_alone(question: str, history: Sequence[Turn]) -> str:
    """The question with what it leaves out, taken from the last turn on papers; unchanged if nothing."""
    turn = last_topic(history)
    if turn is None:
        return question
    before = turn.standalone
    fragment = _OPENER.sub("", question.strip()).strip()
    bare = fragment.rstrip("?!. ")
    if not bare:
        return before
    resolved = _resolved(fragment, turn)
    if resolved != fragment:
        return _capital(resolved) if _WHOLE.match(fragment) else f"What about {resolved.rstrip('?!. ')}?"
    if not _WHOLE.match(fragment):
        if fragment.endswith(".") and len(content_words(fragment)) > _FEW:  # a statement, or a query in note form
            return question
        return _completed(question, bare, turn, before)
    return _supplied(question, fragment, turn)


def last_topic(history: Sequence[Turn]) -> Turn | None:
    """The last turn that asked the papers something: no thanks, and no question on who wrote what was cited."""
    for turn in reversed(history):
        wanted = asked(turn.question)
        if turn.standalone != turn.question or (aside(turn.question) is None and (wanted is None or wanted.about)):
            return replace(turn, standalone=_capital(_GOING_ON.sub("", turn.standalone)))
    return None


def going_on(kind: Aside, before: str) -> str:
    """An aside on a question as a question that stands alone: "Why: what does Pygo2 do?"."""
    first = before.split(" ", 1)[0]
    return f"{_ASIDES[kind]}: {before[:1].lower() if first.lower() in STOP_WORDS else before[:1]}{before[1:]}"


_ASIDES = {Aside.MORE: "More on", Aside.WHY: "Why", Aside.HOW: "How it was shown"}
_GOING_ON = re.compile(rf"^(?:{'|'.join(_ASIDES.values())}): ")


def _resolved(text: str, turn: Turn) -> str:
    """Pronouns and "the gene", "these mice" replaced by what the last question was about."""
    about = _about(turn)
    if not about or _IDLE_IT.search(text):
        return text
    named, animals = about
    own = [p for p in parts(text) if p.kind == Kind.GENE]
    first = own[0].start if own else len(text) + 1
    for pattern, value in (
        (_POINTED_GENE, named), (_POINTED_MUTANTS, animals), (_ITS, _possessive(named)),
        (_IT, named),
    ):  # fmt: skip
        match = pattern.search(text)
        # Behind a name of the question's own a pronoun means that name, unless it ends it ("does Sox9 bind it?").
        if not match or (match.start() > first and not _short_end(text, match)):
            continue
        # Where enough is said before, a pronoun means that ("which locus controls quinine taste, and what is in it").
        if len([w for w in content_words(text[: match.start()]) if w not in _GENERIC]) > _FEW + 1:
            continue
        said = value
        if match.group().lower() == "they":
            said = animals
        elif match.group().lower() == "their":
            said = _possessive(animals)
        elif pattern is _POINTED_GENE:
            said = (match["which"] or "") + named
        return text[: match.start()] + said + text[match.end() :]
    return text


def _short_end(text: str, match: re.Match[str]) -> bool:
    """Whether a pronoun ends a short question: "Does Sox9 bind it?"."""
    return not text[match.end() :].strip(" ?!.") and len(content_words(text)) <= _FEW + 1


def _about(turn: Turn) -> tuple[str, str] | None:
    """What "it" and "these mice" mean after a turn: its genes, else the one its answer names most, else its topic."""
    wanted = asked(turn.question)
    topic = wanted.about if wanted and wanted.about and not wanted.identifier else turn.standalone
    names = genes(topic)
    if not names and topic is not turn.standalone:
        names = [topic]
    if not names and _ASKS_FOR_IT.match(turn.standalone):
        counted = Counter(symbols(turn.answer))
        names = [s for s, n in counted.most_common(2) if n == max(counted.values()) and find(s)]
    if not names:
        names = [w for w in content_words(turn.standalone) if w not in _GENERIC and w not in _OF_PAPERS][:3]
        if not names:
            return None
        return " ".join(names), " ".join(names)
    named = " and ".join(names[:3])
    whole = subject(turn.standalone)
    return named, whole if re.search(rf"\b{ANIMALS}|null|mutant|knock-?out|deficient", whole, re.I) else f"{named} mice"


_OF_PAPERS = frozenset("paper papers study article wrote written author authors published journal year report".split())


def _possessive(name: str) -> str:
    return f"{name}'s"


def _completed(question: str, bare: str, turn: Turn, before: str) -> str:
    """A fragment put into the question before it, each part in the place of the like one."""
    found = parts(bare)
    preposition = _PREPOSITION.match(bare)
    rest = _left_over(bare, found)
    own_gene = any(p.kind == Kind.GENE for p in found)
    if rest and not own_gene and preposition and preposition.group().strip().lower() in ("in", "within", "from"):
        # "in the outflow tract": a place that no list has
        found, rest = [Part(Kind.PLACE, preposition.end(), len(bare), bare[preposition.end() :])], []
    if rest:
        if own_gene or len(rest) > _FEW + 1:
            return question
        about = subject(before) or (_about(turn) or ("", ""))[0]
        link = "of" if about in (" and ".join(genes(before)), (_about(turn) or ("", ""))[0]) else "in"
        return f"What about {bare} {link} {about}?" if about else f"{bare}, {before}"
    return _substituted(bare, found, before)


def _left_over(bare: str, found: Sequence[Part]) -> list[str]:
    text = bare
    for part in reversed(found):
        text = text[: part.start] + " " + text[part.end :]
    return [w for w in content_words(text) if w not in _OF_PAPERS]


def _substituted(bare: str, found: Sequence[Part], before: str) -> str:
    """The question before with the like parts exchanged; what has no like part there is put at its end."""
    result = before.rstrip()
    end = "?" if result.endswith("?") else ""
    for part in found:
        like = [p for p in parts(result) if p.kind == part.kind]
        if not like and part.kind == Kind.PLACE:
            like = _trailing_place(result)
        if part.kind == Kind.GENOTYPE and not like and any(p.kind == Kind.GENE for p in found):
            continue
        if len(like) == 1 or (like and part.kind != Kind.GENE):
            place = _nearest(like, result, bool(_PREPOSITION.search(bare[: part.start].strip() + " ")))
            result = result[: place.start] + _like_article(place.text, part.text) + result[place.end :]
            continue
        before_it = _PREPOSITION.search(bare[: part.start].strip() + " ")
        link = before_it.group().strip() if before_it else ("in" if part.kind != Kind.GENE else "for")
        result = f"{result.rstrip('?!. ')} {link} {part.text}{end}"
    return result


def _nearest(like: Sequence[Part], question: str, after_preposition: bool) -> Part:
    """Of several like parts the last that stands as the new one does: after a preposition or not."""
    same = [p for p in like if bool(_AFTER_PREPOSITION.search(question[: p.start])) == after_preposition]
    return (same or like)[-1]


def _trailing_place(question: str) -> list[Part]:
    """An "in the …" that ends a question, taken for a place."""
    match = re.search(r"\b(?:in|within|of|from) (the (?:[a-z-]+ ){0,2}[a-z-]+)\s*\??$", question)
    return [Part(Kind.PLACE, match.start(1), match.end(1), match.group(1))] if match else []


def _like_article(old: str, new: str) -> str:
    """The new part with "the" as the old one had it, where the new one says nothing else."""
    if old.lower().startswith("the ") and not re.match(r"(?:the|an?) ", new, re.I) and not new.isupper():
        return new if re.match(r"[A-Z]", new) else f"the {new}"
    if not old.lower().startswith("the "):
        return re.sub(r"^the ", "", new)
    return new


def _supplied(question: str, fragment: str, turn: Turn) -> str:
    """A whole question with the genes of the one before, where it names nothing that it could be about."""
    if genes(fragment):
        return question
    pointing = bool(_POINTING.search(fragment))
    specific = [w for w in content_words(fragment) if w not in _GENERIC]
    opened = fragment != question.strip()
    own = bool(specific) and bool(_ASKS_FOR_IT.match(fragment) or _DEFINES.match(fragment))
    if not pointing and (len(specific) > _FEW + opened or own):
        return question
    about = _about(turn)
    if about is None:
        return question
    named, _ = about
    whole = subject(turn.standalone) or named
    if normal(whole) in normal(question):
        return question
    link = "for" if whole == named or (not re.match(ANIMALS, whole) and not re.search(rf"{ANIMALS}$", whole)) else "in"
    return f"{_capital(fragment.rstrip('?!. '))} {link} {whole}?"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
