# ruff: noqa: E501 - a pattern is read as a whole
"""The wordings by which papers state open questions, and those that only look like it."""

from __future__ import annotations

import re

LONGEST = 60
"""Words of a sentence that is quoted."""

CUES = (
    "remains unknown unclear unresolved elusive to be determined elucidated not yet known understood whether future "
    "further studies needed required will be interesting to determine open question remain investigated"
)
_YET = r"(?:still|currently|presently|as yet|yet|largely|mostly|completely|entirely|quite|at present|also|thus|however)"
_LOOK = (
    r"(?:determine|test|examine|see|know|investigate|learn|explore|study|identify|ask|understand|establish|compare"
    r"|assess|analy[sz]e|find out|elucidate|define|clarify|evaluate|address|search|discover|confirm|verify|measure"
    r"|characteri[sz]e|resolve|dissect|pursue|uncover|follow|look|extend|use|cross|generate)"
)
_MADE = (
    r"(?:determined|elucidated|established|clarified|resolved|identified|seen|explored|investigated|tested|defined"
    r"|explained|addressed|shown|proven|proved|examined|discovered|found|studied|answered|demonstrated|characteri[sz]ed"
    r"|evaluated|assessed|understood|confirmed|verified|uncovered|described|reported|worked out|validated|measured)"
)
_UNKNOWN = (
    r"(?:unknown|unclear|unresolved|elusive|obscure|enigmatic|uncertain|undefined|undetermined|unexplored|unanswered"
    r"|unexplained|a mystery|mysterious|an open question|open|controversial|poorly understood|incompletely understood"
    r"|not (?:well |fully |completely |entirely |yet |clearly )*(?:known|clear|understood|resolved|established)"
    rf"|to be (?:\w+ly )?{_MADE})\b"
)
_WORK = (
    r"(?:stud(?:y|ies)|work|experiments?|investigations?|research|analys[ie]s|efforts?|examination|characteri[sz]ation)"
)
_KINDS: tuple[tuple[float, re.Pattern[str]], ...] = tuple(
    (points, re.compile(pattern, re.IGNORECASE))
    for points, pattern in (
        (3.0, rf"\bremains?\b(?: \w+ly| {_YET}){{0,2}} {_UNKNOWN}"),
        (2.5, rf"\b(?:whether|how|why|what|which|where|when|mechanisms?|functions?|roles?|basis|nature|identity|cause)\b"
         rf"[^;:]{{3,220}}\b(?:is|are)\b(?: \w+ly| {_YET}){{0,2}} (?!not known to\b){_UNKNOWN}(?! (?:to|function)\b)"),
        (2.5, rf"\b(?:it|this) is(?: {_YET}){{0,2}} (?:unclear|unknown|uncertain|not(?: yet)? (?:known|clear)) (?:whether|how|why|what|which|if|where|when|to what)\b"),
        (2.5, r"\b(?:we|one) (?:do|can|does|can)(?:es)?(?:n['’]t|not| not)(?: \w+ly| yet| at present)? (?:know|understand|say|explain|tell)\b"
         r"(?: \w+){0,3} (?:whether|how|why|what|which|if)\b"),
        (3.0, rf"\b(?:future|further|additional|more|subsequent|follow-up|larger)(?: and \w+)?(?:,? [\w-]+){{0,3}} {_WORK}\b[^.;]{{0,90}}?"
         rf"\b(?:(?:will|would|should|must|may|might|could|can)\b(?! have\b)[^.;]{{0,40}}?\b(?:needed|required|necessary|be important|essential|focus|reveal|help|allow|shed|aim|"
         rf"provide|lead|be of interest|be directed|{_LOOK})\b|(?:is|are)\b(?: \w+ly| still| also| now| therefore| thus| clearly){{0,2}} (?:needed|required|necessary|warranted|essential"
         r"|important|called for|underway|in progress))"),
        (3.0, rf"\b(?:will|would|should|may|might) (?:also |therefore |thus |now )?(?:be|prove)(?: \w+ly| very| most| quite| also| of| great| particular| considerable| special| much){{0,4}} "
         rf"(?:interest|importance|interesting|important|informative|intriguing|exciting|useful|worthwhile|necessary|worth|fascinating|instructive|critical|crucial|essential|valuable|desirable)"
         rf"(?:,? in (?:the |any )?(?:\w+ )?(?:future|studies|work|experiments)[\w ]{{0,20}},?)? (?:to|for \w+ to) (?:\w+ly |further )?{_LOOK}\b"),
        (3.0, r"\b(?:an?|the|one|another|several|many|some|key|important|major|intriguing|most|two|three)(?: [\w-]+){0,3} "
         r"(?:open|unanswered|outstanding|unresolved) (?:questions?|issues?|problems?)\b"),
        (3.0, r"\b(?:many|several|some|important|key|numerous|other|fundamental)(?: [\w-]+){0,2} (?:questions|issues) (?:still |therefore )?remain\b"),
        (2.5, rf"\b(?:has|have) (?:not (?:yet|been \w+ yet|so far)|yet to|never|not)(?: been)?(?: \w+ly)? (?:been |be )?{_MADE}\b"
         r"(?=.{0,80}\b(?:whether|how|why|future|yet|so far|remain))"),
        (3.0, rf"\b(?:has|have|is|are) yet to be {_MADE}\b"),
        (2.5, rf"\bawaits? (?:the )?(?:further|future|additional|more|detailed)?(?: \w+){{0,2}} ?(?:{_WORK}|identification|elucidation|determination|clarification)\b"),
    )
)  # fmt: skip
_NOT_OPEN = re.compile(
    r"\b(?:here,? we|in this (?:study|report|paper|work)|in the (?:present|current) (?:study|report|work)|the present study"
    r"|we (?:have )?(?:now |therefore |thus |then |next |first )*(?:show|showed|shown|found|find|demonstrate[d]?|sought|asked|tested"
    r"|examined|investigated|report|used|performed|analy[sz]ed|provide|identify|identified)"
    r"|until (?:now|recently)|previously (?:unknown|unclear)|hitherto|(?:was|were|been|had|remained) (?:\w+ )?(?:unknown|unclear)"
    r"|no longer|(?:is|are) (?:now |well )known|to (?:address|answer|resolve|test|clarify|investigate|determine|examine) th(?:is|ese)"
    r"|(?:of|with) (?:unknown|unclear)"
    r"|further (?:analys[ei]s|studies|experiments|work|examination) (?:\w+ly )?(?:show|reveal|confirm|demonstrat|indicat|suggest|support)\w*)\b",
    re.IGNORECASE,
)
_ANSWERED = re.compile(
    r"^(?:to (?:address|answer|resolve|test|clarify|investigate|determine|examine|explore|assess|distinguish|find out|begin|gain|rule|better|help)"
    r"|(?:we|thus|therefore|hence|here|so),? (?:we )?(?:therefore |then |thus |next |first |now )*"
    r"(?:asked|tested|examined|investigated|sought|used|performed|analy[sz]ed|generated|show|report|set out|decided|addressed)"
    r"|in (?:this|the present|the current) (?:study|report|paper|work)|here,? we|in order to|our (?:results|data|findings) (?:now |here )?(?:show|demonstrate|resolve|answer))\b",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"^(?:their|its|they|this|these|he|she)\b|\b(?:this|these|those|such|either|both|which of the) (?:\w+ )?(?:possibilit|question|issue|hypothes|process|mechanism|difference|abnormalit|phenomen|observation|discrepan|finding|case)\w*",
    re.IGNORECASE,
)
"""What can't be understood without the sentences before it."""


AHEAD = re.compile(
    r"\b(?:future|further|additional|will|would|under ?way|in progress|awaits?|yet to be|open question)\b",
    re.IGNORECASE,
)
"""What looks ahead. Results call unknown what they are about to show, unless they speak of what is still to be done."""


def stated(text: str, following: str = "") -> float:
    """How plainly a sentence states an open question, 0 where it states none; ``following`` is the sentence after."""
    if _NOT_OPEN.search(text) or _ANSWERED.match(following.strip()) or not 6 <= len(text.split()) <= LONGEST:
        return 0.0
    points = max((points for points, pattern in _KINDS if pattern.search(text)), default=0.0)
    return points - 1.0 if points and _POINTS_BACK.search(text) else points
