"""What kind of evidence a paper is: organisms, kind of study, sample size, each with the words that say so.

Rules read the title, the abstract and what the source says of the paper (publication types, subject headings); nothing
is learnt, so that a reader can see why a paper was graded as it was.
"""

from index.grading.grading import VERSION, grades_of
from index.grading.records import NO_GRADES, Aspect, Basis, Grade, Grades, Kind, Organism

__all__ = ["NO_GRADES", "VERSION", "Aspect", "Basis", "Grade", "Grades", "Kind", "Organism", "grades_of"]
