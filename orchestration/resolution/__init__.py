"""Entity resolution: which enterprise a name means, for texts of the web and for departmental rows without a code.

Belongs here: spelling of names, the names known in a month, weights and bands, candidates for misspelt names, the queue
of questions for a person. One model serves both kinds of mentions.
Does not belong here: how names are found in texts (``web.match``), which feeds' rows lack a code (``records``).
"""
