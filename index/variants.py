"""Variants and cytobands in text: rsIDs, HGVS descriptions of DNA and protein changes, bands such as 17q21.31.

What people write for one variant differs ("p.Val600Glu", "p.(V600E)", "BRAF-V600E"; "c.35delG", "c.35del"); its
``key`` doesn't. Grammar: HGVS nomenclature 21.0 (https://hgvs-nomenclature.org), without reference sequences, which
are left out of the key, and with what older papers write (C677T, 185delAG, IVS10-11A>G, ΔF508, R97X). One-letter
forms without "p." look like much else (H2O, T47D, S100A, Figure S12B), so those are told apart by rules and a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class VariantKind(StrEnum):
    """What a name describes."""

    RSID = "rsid"
    PROTEIN = "protein"
    DNA = "dna"
    BAND = "band"


@dataclass(frozen=True, slots=True)
class Variant:
    """A variant or band as it stands at ``text[start:end]``.

    ``key`` is canonical: "rs7903146", "p.V600E", "p.R97Pfs*23", "c.35del", "g.140453136A>T", "17q21.31". ``terms``
    are what it is indexed and compared by, the last one naming it alone: the level of a DNA change is left out
    ("C677T" may be coding or genomic), a band comes with those that hold it, a frameshift with its short form.
    """

    start: int
    end: int
    kind: VariantKind
    key: str
    terms: tuple[str, ...]


_Name = tuple[VariantKind, str, tuple[str, ...]]
"""Kind, key and terms."""

_THREE = dict(
    zip(
        "ala arg asn asp cys gln glu gly his ile leu lys met phe pro sec ser thr trp tyr val ter stop x".split(),
        "ARNDCQEGHILKMFPUSTWYV***",
        strict=True,
    )
)
_MARK = "_"
"""Ends the term of an HGVS change, so that the stemmer doesn't make A53S, A53E and A53 one."""

_MINUS = "-−‐‑"
_AA3 = "Ala|Arg|Asn|Asp|Cys|Gln|Glu|Gly|His|Ile|Leu|Lys|Met|Phe|Pro|Sec|Ser|Thr|Trp|Tyr|Val"
_ONE = "[ACDEFGHIKLMNPQRSTVWY]"
_AA = f"(?:{_AA3}|[ACDEFGHIKLMNPQRSTUVWY])"
_STOP = r"(?:Ter|Stop|\*|X)"
_TO = r"(?:>|→|➔|-{1,2}>)"
_SITE = rf"[{_MINUS}*]?\d{{1,9}}(?:[+{_MINUS}]\d{{1,6}})?"
_END = r"(?![A-Za-z0-9])"


def _protein(residue: str, digits: str) -> str:
    """Pattern of a protein change; ``residue`` matches an amino acid, ``digits`` a position after its first digit."""
    return (
        rf"(?P<aa>{residue})(?P<gap>-?)(?P<at>[1-9]{digits})(?:"
        rf"(?:_(?P<aa2>{residue})(?P<at2>[1-9]{digits}))?(?P<range>delins(?:{_AA}+|{_STOP})|ins{_AA}+|del|dup)"
        rf"|(?:(?:(?P=gap)|\s?{_TO}\s?|\s(?=(?:{_AA3})(?!\w|\s?\d)))"
        rf"(?P<new>(?:{residue}|{_STOP})(?:/{_ONE}(?![A-Za-z0-9]|\.\w))*)|(?=fs|=|\?))"
        rf"(?P<shift>fs{_STOP}?(?:\d{{1,4}}|\?)?)?(?P<more>ext{_STOP}?-?(?:\d{{1,4}}|\?)|=|(?<=[A-Za-z]1)\?)?)"
    )


_DNA = (
    rf"(?P<site>{_SITE})(?P<site2>_{_SITE})?\s?(?:(?P<old>[ACGT])\s?{_TO}\s?(?P<base>[ACGT])"
    r"|del(?P<gone>[ACGT]*)ins(?P<put>[ACGT]+)|(?P<what>del|dup)(?P<bases>[ACGT]*|\d{1,4})|ins(?P<ins>[ACGT]+)|(?P<inv>inv)"
    r"|(?P<unit>[ACGT]+)\[(?P<times>\d{1,4})\]?|(?P<equal>=))"
    r"|(?P<old2>[ACGT])(?P<site3>\d{1,9})(?P<base2>[ACGT])"
)
_ANY_PROTEIN = _protein(rf"(?:{_AA}|{_STOP})", r"\d{0,4}")

_PREFIXED = re.compile(
    rf"(?<![\w.])(?:p\.\s?[\[(]{{0,2}}{_ANY_PROTEIN}|(?P<level>[cgmn])\.\s?[\[(]{{0,2}}(?:{_DNA})){_END}", re.IGNORECASE
)
_MORE = re.compile(rf"[)\]]?;\s?[\[(]?(?:{_ANY_PROTEIN}|{_DNA}){_END}", re.IGNORECASE)
"""The next one of several in one pair of brackets: c.[76A>C;105G>A]."""

_BARE = "|".join(
    (
        _protein(f"(?:{_AA3})", r"\d{0,4}"),
        rf"(?P<one>{_ONE}[1-9]\d{{0,4}}(?:{_ONE}|X|\*)(?:/{_ONE})*)(?!\.\d)",
        rf"(?P<other>{_ONE}[1-9]\d{{0,3}}(?:{_ONE}?fs{_STOP}?(?:\d{{1,4}}|\?)?"
        rf"|(?:_{_ONE}[1-9]\d{{0,3}})?(?:del(?:ins{_ONE}+)?|dup)))",
        r"(?:Δ|∆|delta-?|del)(?P<lost>[ADEFGHIKLMPQRSTVWY][1-9]\d{2,3})",
        rf"(?P<dna>[1-9]\d{{0,8}}(?:[+{_MINUS}]\d{{1,5}})?(?:\s?[ACGT]\s?{_TO}\s?[ACGT]"
        rf"|(?:_[1-9]\d{{0,8}}(?:[+{_MINUS}]\d{{1,5}})?)?(?:(?:del|dup|ins)[ACGT]{{1,40}}|del[ACGT]*ins[ACGT]{{1,40}})))",
        rf"(?P<snp>[+{_MINUS}]?[1-9]\d{{1,8}}\s?[ACGT]/[ACGT])",
        rf"(?P<upstream>[ACGT][{_MINUS}][1-9]\d{{1,4}}[ACGT])",
        rf"IVS\s?(?P<intron>\d{{1,3}}\s?[+{_MINUS}]\s?\d{{1,5}}\s?[ACGT]\s?{_TO}\s?[ACGT])",
        r"(?:[Cc]hr(?:omosome)?\.?\s?)?(?P<chr>2[0-2]|1\d|[1-9]|X|Y)(?P<arm>[pq])(?P<band>[1-4]\d(?:\.[1-9]\d{0,2})?)"
        r"(?:\s?[-–]\s?(?P<arm2>[pq])(?P<band2>[1-4]\d(?:\.[1-9]\d{0,2})?))?",
    )
)
_IN_TEXT = re.compile(
    rf"(?<![\w.])(?:(?:rs(?=\d\d)|R[sS](?=\d{{3}})|[rR][sS](?:IDs?)?[\s#-]{{1,2}}(?=\d{{4}}))(?P<rsid>\d{{2,10}})"
    rf"(?![0-9a-z]|\.\d)|(?:{_BARE}){_END})"
)
_AS_TOKEN = re.compile(rf"(?:rs(?:ids?)?[#-]{{0,2}}(?P<rsid>\d{{2,10}})|{_BARE}){_END}", re.IGNORECASE)
_GLUED = re.compile(rf"(?<![\w.])(?=\w*[A-Z]\d)([A-Za-z]\w{{2,8}}?)({_ONE}[1-9]\d{{1,3}}{_ONE}){_END}")
_GLUED_TOKEN = re.compile(rf"([a-z][a-z0-9]{{2,8}}?)({_ONE.lower()}[1-9]\d{{1,3}}{_ONE.lower()})")
"""A gene and its change with the superscript lost: BRAFV600E."""
_CHANGE = re.compile(rf"(?P<one>{_ONE}[1-9]\d{{1,3}}{_ONE}){_END}")
_DNA_ONLY = re.compile(_DNA, re.IGNORECASE)
_PROTEIN_ONLY = re.compile(_ANY_PROTEIN, re.IGNORECASE)
_RESIDUE = re.compile(rf"{_STOP}|{_AA}", re.IGNORECASE)

_NOT_VARIANTS = frozenset(
    """A10R A375M A375P A375S A519F C127I C25H C26A C27D C27E C33A C57L C58L D283M E11S E14K F11R F12K F13A G418R G418S
    H142T H19X H295A H295R K562R L18A L20B L27A L37A L540C M059K N27A P19E P388D P40T S100A S100D S100E S100G S100P
    S288C T16H T43H T47D T50H T98G V79A W303A""".split()
)
"""Genes, cell lines, strains, media and the like of the shape of a variant; with "p." they are taken for one."""

_PANEL = re.compile(r"S(?:[12]?\d|30)[A-I]")
"""Panels of supplementary figures, such as S12B."""

_LIKELY = re.compile(
    r"(?:rs|chr|ivs|delta|del|δ)\W*\d|δ[a-z]\d|[cgmnp]\.\W*[a-z]{0,4}-?\d|[a-z]\d+[a-z*=_]|[a-z]{3}-?\d+-?[a-z*=]|[xy][pq]\d|[+−-]?\d[\d+−-]*[pqacgtdi_]|[acgt][−-]\d+[acgt]"
)
"""What the start of a token must match to be worth reading as a variant; cheap."""

_QUOTES = "([{<\"'“”‘’)]}>.,;:!"


def find(text: str) -> list[Variant]:
    """Variants and bands in ``text`` in order; those of "V600E/K" or "4p16.3-p15.3" stand at one place."""
    found: list[Variant] = []
    end = 0
    matches = [(match, "p" if not match["level"] else match["level"].lower()) for match in _PREFIXED.finditer(text)]
    matches += [(match, "") for match in _IN_TEXT.finditer(text)]
    for glued in _GLUED.finditer(text):
        inner = _CHANGE.match(text, glued.start(2))
        if inner and _is_gene(glued[1]) and not _is_gene(glued[0]):
            matches.append((inner, ""))
    for match, level in sorted(matches, key=lambda pair: (pair[0].start(), not pair[1])):
        if match.start() < end:
            continue
        for start, stop, names in _read_on(text, match, level, strict=True):
            found += [Variant(start, stop, *name) for name in names]
            end = stop if names else end
    return found


def keys(text: str) -> tuple[str, ...]:
    """Canonical keys of the variants and bands in ``text``, each once, in order of first appearance."""
    return tuple(dict.fromkeys(variant.key for variant in find(text)))


@lru_cache(maxsize=65_536)
def terms(token: str) -> tuple[str, ...]:
    """What a lower-cased token is indexed by if it is a variant or band, else nothing; the last term names it alone.

    More passes for a variant here than in `find`: "e2f" becomes "e2f_" wherever it stands, which does no harm.
    """
    token = token.strip(_QUOTES)
    if not _LIKELY.match(token):
        return ()
    match = _PREFIXED.match(token)
    level = (match["level"] or "p") if match else ""
    match = match or _AS_TOKEN.match(token)
    if match is None:
        return ()
    found: list[str] = []
    end = 0
    for _, stop, names in _read_on(token, match, level, strict=False):
        end = stop
        found += [term for name in names for term in name[2]]
    rest = any(c.isalnum() for c in token[end:])
    return () if rest else tuple(dict.fromkeys(found))


def glued_terms(token: str) -> tuple[str, ...]:
    """The gene and the term of its change in a lower-cased token such as "brafv600e"; nothing in others."""
    match = _GLUED_TOKEN.fullmatch(token)
    return (match[1], match[2] + _MARK) if match else ()


def _is_gene(name: str) -> bool:
    # The table takes a moment to load, and few texts need it.
    from index.genes.spelling import key  # noqa: PLC0415
    from index.genes.table import table  # noqa: PLC0415

    return key(name) in table()


def _read_on(text: str, match: re.Match[str], level: str, *, strict: bool) -> Iterator[tuple[int, int, list[_Name]]]:
    """(start, end, names) of a match of a pattern, and of those that follow it in the same brackets."""
    following: re.Match[str] | None = match
    while following:
        yield *following.span(), list(_names(following.groupdict(), level, strict=strict))
        following = _MORE.match(text, following.end()) if level else None


def _names(got: dict[str, str | None], level: str, *, strict: bool) -> Iterator[_Name]:
    """What the groups of a match say; ``level`` is that of the prefix, "" where there is none."""
    if number := got.get("rsid"):
        rsid = f"rs{int(number)}"
        yield VariantKind.RSID, rsid, (rsid,)
    elif chromosome := got.get("chr"):
        for arm, band in ((got["arm"], got["band"]), (got["arm2"], got["band2"])):
            if arm and band:
                path = _path(f"{chromosome.upper()}{arm.lower()}", band)
                yield VariantKind.BAND, path[-1], tuple(name.lower() for name in path)
    elif got.get("aa"):
        yield from _protein_names(got, sure=not strict or bool(level))
    elif word := got.get("one"):
        yield from _one_letter(word.upper(), strict=strict)
    elif word := got.get("other"):
        inner = _PROTEIN_ONLY.fullmatch(word)
        if inner and (not strict or len(inner["at"]) > 1):
            yield from _protein_names(inner.groupdict(), sure=True)
    elif word := got.get("lost"):
        yield _protein_name(f"{word.upper()}del", word.lower())
    elif word := got.get("intron"):
        change = f"IVS{_plain(word)}"
        yield VariantKind.DNA, change, (change.lower() + _MARK,)
    elif name := _dna_name(_dna_groups(got), level or "c"):
        yield name


def _dna_groups(got: dict[str, str | None]) -> dict[str, str | None]:
    """The groups of a DNA change, whichever way it is written."""
    word = got.get("dna") or ""
    if snp := got.get("snp"):
        word = snp.lstrip("+").replace("/", ">")
    elif upstream := got.get("upstream"):
        word = f"{upstream[1:-1]}{upstream[0]}>{upstream[-1]}"
    inner = _DNA_ONLY.fullmatch(word)
    return inner.groupdict() if inner else got


def _path(arm: str, band: str) -> list[str]:
    """A band after those that hold it: 17q21, 17q21.3, 17q21.31."""
    whole, _, part = band.partition(".")
    return [f"{arm}{whole}", *(f"{arm}{whole}.{part[: n + 1]}" for n in range(len(part)))]


def _letters(residues: str) -> str:
    """One-letter code of residues in either code; "*" for a stop."""
    return "".join(_THREE.get(r.lower(), r.upper()) for r in _RESIDUE.findall(residues))


def _protein_name(change: str, *more: str) -> _Name:
    return VariantKind.PROTEIN, f"p.{change}", (*more, change.lower() + _MARK)


def _protein_names(got: dict[str, str | None], *, sure: bool) -> Iterator[_Name]:
    old, place = _letters(got["aa"] or ""), got["at"]
    site = f"{old}{place}"
    new, shift, more = got["new"] or "", got["shift"], got["more"] or ""
    if change := got["range"]:
        verb = "delins" if change.lower().startswith("delins") else change[:3].lower()
        last = f"_{_letters(got['aa2'] or '')}{got['at2']}" if got["aa2"] else ""
        yield _protein_name(f"{site}{last}{verb}{_letters(change[len(verb) :])}")
    elif shift:
        count = re.sub(r"\D", "", shift)
        short = f"{site}fs"
        change = f"{site}{_letters(new)}fs{'*' + count if count else ''}"
        yield _protein_name(change, *([short.lower() + _MARK] if change != short else []))
    elif more.lower().startswith("ext"):
        count = re.sub(r"[^-\d]", "", more)
        yield _protein_name(f"{site}{_letters(new)}ext{'' if count.startswith('-') else '*'}{count or '?'}")
    elif new:
        for residue in new.split("/"):
            letter = _letters(residue)
            if sure or (letter != old and site not in ("G4", "G3")):  # the linker (Gly4Ser)3
                yield _protein_name(f"{site}{'=' if letter == old else letter}")
    elif more == "=" or (more == "?" and site == "M1" and sure):
        yield _protein_name(f"{site}{more}")


def _one_letter(word: str, *, strict: bool) -> Iterator[_Name]:
    """A substitution without "p.": "V600E", "V600E/K"; "C677T" may well be one of DNA, which shares its term."""
    first, *others = word.replace("X", "*").split("/")
    old, place, new = first[0], first[1:-1], first[-1]
    bases = {old, new} <= set("ACGT")
    if strict:
        longest = 5 if bases else 4
        if not 2 <= len(place) <= longest or old == new:
            return
        if first in _NOT_VARIANTS or _PANEL.fullmatch(first):
            return
    for letter in (new, *others):
        name = f"{old}{place}{letter}"
        if bases and len(place) > 3:
            yield VariantKind.DNA, f"c.{place}{old}>{letter}", (name.lower() + _MARK,)
        else:
            yield _protein_name(name)


def _plain(text: str) -> str:
    """A DNA change with one sign for "to" and for minus, without spaces."""
    text = re.sub(rf"\s|{_TO}", lambda m: "" if m[0].isspace() else ">", text)
    return re.sub(f"[{_MINUS}]", "-", text).upper()


def _dna_name(got: dict[str, str | None], level: str) -> _Name | None:
    site, last = _plain(got["site"] or got["site3"] or ""), _plain(got["site2"] or "")
    old, base = (got["old"] or got["old2"] or "").upper(), (got["base"] or got["base2"] or "").upper()
    if old:
        if old == base:
            return None
        change = f"{site}{old}>{base}"
        term = f"{old}{site}{base}" if site.isdigit() else change
        return VariantKind.DNA, f"{level}.{change}", (term.lower() + _MARK,)
    lost = got["bases"] or got["gone"] or ""
    count = int(lost) if lost.isdigit() else len(lost)
    if not last and count > 1 and site.isdigit():
        last = f"_{int(site) + count - 1}"  # 185delAG: which bases are gone, not which base comes first
    if put := got["put"]:
        verb = f"delins{put.upper()}"
    elif what := got["what"]:
        verb = what.lower()
    elif put := got["ins"]:
        verb = f"ins{put.upper()}"
    elif unit := got["unit"]:
        verb = f"{unit.upper()}[{got['times']}]"
    else:
        verb = "inv" if got["inv"] else "="
    change = f"{site}{last}{verb}"
    return VariantKind.DNA, f"{level}.{change}", (change.lower() + _MARK,)
