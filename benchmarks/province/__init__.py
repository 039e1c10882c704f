"""A full province on two cores: what each stage of the walk takes, and what has to hold whatever it takes.

    make bench                 scale 1: 2,464,000 enterprises
    make bench SCALE="0.1 1"   several scales, and how the stages grow

Belongs here: ``parameters`` of a run; ``stages``, which runs each in processes of its own; ``steps``, what those
processes do; ``clock``, where the time of one of them went; ``rows``, what is read off the state; ``invariants``, what
must hold; ``report``, tables and docs/bench.md.
Does not belong here: anything that the platform needs.
"""
