"""Which enterprises a text speaks of: all names of the province searched at once, support read around each mention.

Belongs here: search, support, confidence of mentions in texts, and the tables MENTIONS and REVIEW of a month.
Does not belong here: the names and what agreement is worth (``resolution``), what a text says of them (``web.judge``).
"""
