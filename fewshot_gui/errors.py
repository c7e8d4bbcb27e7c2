"""Errors that a person can do something about: one sentence that names the thing and the way out."""


class UserError(Exception):
    """Something outside the program is wrong (a file, a device, a model folder); exit code 1."""

    exit_code = 1


class UsageError(UserError):
    """The command line itself is wrong (an unknown name or option); exit code 2."""

    exit_code = 2
