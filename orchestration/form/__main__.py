"""Serve the form, or deliver what it kept.

    python -m orchestration.form [--port 3002]     serves the pages on this machine until Ctrl-C
    python -m orchestration.form deliver           puts what the journal holds into landing/ and stops

Belongs here: the command line.
Does not belong here: anything else.
"""

from __future__ import annotations

import argparse
import sys
import tempfile

from orchestration.feeds.contract import ContractError
from orchestration.form.deliver import deliver
from orchestration.form.layout import FormError, load_layout
from orchestration.lake import prepare
from orchestration.settings import Settings, SettingsError

PORT = 3002
LOOPBACK = ("127.0.0.1", "localhost")


def main(arguments: list[str]) -> int:
    """Run the command; an error is told on stderr, with exit status 1."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.form", description="One form for results of checks.")
    parser.add_argument("command", nargs="?", choices=["serve", "deliver"], default="serve")
    parser.add_argument("--host", default=LOOPBACK[0], help="only names of this machine itself")
    parser.add_argument("--port", type=int, default=PORT)
    asked = parser.parse_args(arguments)
    try:
        if asked.host not in LOOPBACK:
            raise FormError(
                f"HOST={asked.host}: the form has no log-in and is served on {' or '.join(LOOPBACK)} only; put a proxy "
                "with a log-in before it for other machines (docs/form.md)."
            )
        settings = Settings.from_env()
        if asked.command == "deliver":
            return _deliver(settings)
        _serve(settings, asked.host, asked.port)
    except (FormError, ContractError, SettingsError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _deliver(settings: Settings) -> int:
    made = deliver(settings, load_layout(settings), whole=True)
    for one in made:
        print(f"{one.rows:,} rows of {one.submissions:,} submissions delivered: {one.path}")
    if not made:
        print("Nothing waits in the journal.")
    return 0


def _serve(settings: Settings, host: str, port: int) -> None:
    import uvicorn

    from orchestration.form.app import build_app

    prepare(settings)
    # an upload that does not fit into memory rests beside the lake while it is read, as everything does
    tempfile.tempdir = str(settings.temporary)
    app = build_app(settings)
    print(f"== the form comes up on http://{host}:{port} ; stop with Ctrl-C", flush=True)
    # addresses hold numbers of tasks and enterprises: they are not logged
    uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False, server_header=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
