"""The one error of this package."""


class JudgeError(ValueError):
    """Labels, a model or the policy cannot be used; one sentence says what, where and how to mend it."""
