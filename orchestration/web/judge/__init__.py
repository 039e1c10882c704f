"""What a text is about and how it speaks: a small model, trained by one command, that runs on a CPU.

Belongs here: labelled texts, features, training, the model's file and card, judging the texts of a month.
Does not belong here: whom a text is about (``match``), what becomes of a negative text (``signals``).
"""

from orchestration.web.judge.month import JudgeSummary, judge_month

__all__ = ["JudgeSummary", "judge_month"]
