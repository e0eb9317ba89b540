"""Pairs made from papers by rules: what the network learns to copy and to leave out before it sees written pairs."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

from assistant.generators.lstm.data import Example
from assistant.generators.lstm.words import FUNCTION_WORDS, words

_SHOWN = (
    r"(?:show|shows|showed|shown|find|found|demonstrate|demonstrates|demonstrated|reveal|reveals|revealed|observed"
    r"|report|reported|confirm|confirms|confirmed|established|note|noted|noticed|discovered|determined|conclude"
    r"|concluded)"
)
_FRAME = re.compile(
    r"^(?:(?:Here|In (?:this|the present|our) (?:study|work|report|paper|article)|In (?:conclusion|summary)"
    r"|Taken together|Together|Overall|Using [^,]{3,60}|By [^,]{3,50}|To [^,]{8,80}),? )?"
    r"(?:(?:[Ww]e|[Oo]ur (?:\w+ )?(?:results?|data|findings?|analys[ei]s|stud(?:y|ies))"
    r"|[Tt]hese (?:\w+ )?(?:results?|data|findings?|analyses|studies)"
    r"|[Tt]he (?:\w+ )?(?:results?|data|findings?|analys[ei]s)|[Ii]t was|[Aa]nalys[ei]s|[^,]{5,40} analys[ei]s)"
    rf" (?:have |has |had |also |further |then |thus |clearly )*{_SHOWN}(?: here| also| for the first time)? that,? )"
)
_OPENING = re.compile(
    r"^(?:Interestingly|Moreover|Furthermore|In addition|Additionally|Notably|Importantly|Surprisingly|Remarkably"
    r"|However"
    r"|Therefore|Thus|Hence|Consequently|Finally|Indeed|Strikingly|Specifically|In particular"
    r"|Consistent with this"
    r"|As expected|In conclusion|In summary|Overall|Taken together|Collectively|Together|Also|Similarly|Likewise|Here"
    r"|In contrast|Conversely|Meanwhile|Nevertheless|Nonetheless|Accordingly|In this study|In the present study"
    r"|Of note|Unexpectedly|Intriguingly|Besides|First|Second|Third|Lastly|Next|Then|Again|Importantly), "
)
_LABEL = re.compile(r"^[A-Z][A-Z &/]{5,40}: ")
_BRACKET = re.compile(r" ?\([^()]*(?:\([^()]*\)[^()]*)*\)")
_TAIL = re.compile(
    r",? (?:suggesting|indicating|implying|demonstrating|showing|whereas|while|although|though|but not|and that"
    r"|as well as"
    r"|which|where|including|such as|with|as (?:determined|measured|shown|assessed|revealed|compared)|using|by using"
    r"|compared (?:to|with)|thereby|thus|resulting in|leading to|because|since|respectively)\b[^,;]{10,140}\.$"
)
_MIDDLE = re.compile(
    r", (?:which|who|where|including|such as|especially|particularly|as well as|for example|i\.e\.|e\.g\.)"
    r"[^,;()]{8,90}, "
)

_FRAMES = (
    "Here we show that", "We found that", "Our results demonstrate that", "These data show that", "It was found that",
    "In this study, we report that", "Statistical analysis revealed that", "We also observed that", "RESULTS:",
    "Interestingly, we found that", "Taken together, our findings show that", "CONCLUSION:", "Moreover,",
    "Importantly,",
    "In addition, we demonstrate that", "Consistent with this,", "The analysis showed that", "Notably,", "As expected,",
)  # fmt: skip
"""Openings put before a sentence, for the network to leave out."""
_INNER_SIGN = re.compile(r"[.;:?]\s")


def pruned(sentence: str, question: frozenset[str], rng: random.Random) -> str:
    """The sentence without its frame, and without brackets and side clauses that have no word of ``question``."""
    text = _LABEL.sub("", sentence)
    for rule in (_OPENING, _FRAME, _OPENING):
        text = rule.sub("", text)
    for rule in (_BRACKET, _MIDDLE, _TAIL):
        chance = 0.9 if rule is _BRACKET else 0.75

        def cut(match: re.Match[str], rule: re.Pattern[str] = rule, chance: float = chance) -> str:
            held = {w.low for w in words(match.group())}
            if rng.random() > chance or held & question:
                return match.group()
            return {_BRACKET: "", _MIDDLE: " ", _TAIL: "."}[rule]

        text = rule.sub(cut, text)
    return text[:1].upper() + text[1:] if text[1:2].islower() else text


def noised(sentence: str, other: str, rng: random.Random) -> str:
    """A sentence with what others have: an opening, a bracket, a clause of ``other``."""
    text = sentence
    if rng.random() < 0.6:
        low = text[0].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text
        text = f"{rng.choice(_FRAMES)} {low}"
    inserted = [w.text for w in words(other)]
    if len(inserted) > 8 and rng.random() < 0.6:
        size = rng.randint(4, min(14, len(inserted) - 2))
        first = rng.randrange(len(inserted) - size)
        clause = " ".join(w for w in inserted[first : first + size] if any(c.isalnum() for c in w))
        lead = rng.choice(
            ("suggesting that", "whereas", "which", "although", "indicating that", "and", "using", "while")
        )
        text = f"{text.rstrip('.')}, {lead} {clause}."
    brackets = _BRACKET.findall(other)
    if brackets and rng.random() < 0.8:
        found = words(text)
        spot = found[rng.randrange(len(found) // 2, len(found))].start
        text = f"{text[:spot].rstrip()} {brackets[0].strip()} {text[spot:]}"
    return text


def by_rules(sentences: Sequence[tuple[str, str]], count: int, seed: int) -> Iterator[Example]:
    """``count`` examples at most from (sentence before, sentence) pairs, half of them sentences made longer, half real
    sentences made shorter; the question is a few words of the answer.
    """
    rng = random.Random(seed)  # noqa: S311 - no secret
    made = 0
    clean = [
        i for i, (_, s) in enumerate(sentences) if 6 <= len(s.split()) <= 45 and s.endswith(".") and s[0].isupper()
    ]
    rng.shuffle(clean)
    for i in clean:
        if made >= count:
            return
        before, sentence = sentences[i]
        if _INNER_SIGN.search(sentence[:-1]):
            continue
        content = [w.low for w in words(sentence) if w.low not in FUNCTION_WORDS and any(c.isalpha() for c in w.low)]
        if len(content) < 4:
            continue
        chosen = rng.sample(content, min(len(content), rng.randint(2, 6)))
        question = frozenset(chosen)
        if rng.random() < 0.5:
            short = pruned(sentence, question, rng)
            if len(short.split()) < 5 or (short == sentence and rng.random() < 0.6):
                continue
            yield Example(" ".join(chosen), before if rng.random() < 0.5 else "", sentence, short)
        else:
            short = pruned(sentence, frozenset(), rng)
            if not 5 <= len(short.split()) <= 30:
                continue
            longer = noised(short, sentences[rng.randrange(len(sentences))][1], rng)
            wanted = [c for c in chosen if c in short.lower()] or chosen
            yield Example(" ".join(wanted), before if rng.random() < 0.5 else "", longer, short)
        made += 1
