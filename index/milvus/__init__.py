"""A library in Milvus, for more passages than one machine holds.

Papers, sections and passages stand in three collections of the same server: a second database would be another service
to run, to back up and to keep in step, and what is whole in one place can be moved, replicated and restored as one.
What SQL does better (counting by journal, the newest first) is asked in small questions, or of a sample where the
library is large.

The row of a paper is what commits it. Its passages and sections carry the paper's version (a hash of its text), their
ids are hashes of paper, version and number, and only those of the version that the paper's row names count. So
a writer that is killed, or that writes the same again, leaves nothing half and nothing twice, and readers never see
a paper between two versions.
"""
