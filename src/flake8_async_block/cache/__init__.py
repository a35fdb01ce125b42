"""What is kept from one run to the next, so that work is not done twice.

Two things are kept, both in :mod:`.directory`'s ``.async_block_cache``. Summaries are keyed by the
text they come from (:mod:`.store`), so they are right wherever that text is found again. Whole
answers are keyed by the question and hold as long as none of the files they depend on has changed
(:mod:`.recordings`). Nothing here is ever needed: what is missing, damaged, older or not writable
is a miss.
"""
