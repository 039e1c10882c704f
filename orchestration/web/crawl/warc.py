"""Writing what was asked and answered into WARC files (ISO 28500).

Belongs here: records and where they lie.
Does not belong here: reading them back (``archive``).

Each crawl opens a file of its own and flushes after each record, so that a crash leaves at most one record cut short,
which nothing points to.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from orchestration.web.crawl.state import Known

Headers = Sequence[tuple[str, str]]

NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_DROPPED = frozenset({"transfer-encoding"})
"""Headers that are no longer true of a body as it is kept."""


class Archive:
    """One WARC file, gzip by record, with request, response, revisit and warcinfo records.

    Attributes:
        name: path below the folder of all archives.
    """

    def __init__(self, root: Path, source: str, month: str, about: dict[str, str]) -> None:
        """Open the next file of a source and month; ``about`` goes into its warcinfo record."""
        folder = root / source / month
        folder.mkdir(parents=True, exist_ok=True)
        number = 1 + max(
            (int(path.name[6:10]) for path in folder.glob("crawl-[0-9][0-9][0-9][0-9].warc.gz")), default=0
        )
        path = folder / f"crawl-{number:04d}.warc.gz"
        self.name = path.relative_to(root).as_posix()
        self._stream = path.open("xb")
        self._writer = WARCWriter(self._stream, gzip=True, warc_version="1.1")
        self._writer.write_record(self._writer.create_warcinfo_record(path.name, about))

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stream.close()

    def write(
        self, url: str, asked: Headers, status: str, answered: Headers, body: bytes, *, known: Known | None
    ) -> int:
        """Keep a request and its answer; returns the offset of the answer.

        Args:
            url: address asked.
            asked: headers of the request.
            status: for example ``200 OK``.
            answered: headers of the answer.
            body: body as it came, still packed if Content-Encoding says so.
            known: the version of which this may be a repetition; its body is then not kept twice.
        """
        offset = self._stream.tell()
        headers = StatusAndHeaders(
            status, [pair for pair in answered if pair[0].lower() not in _DROPPED], protocol="HTTP/1.1"
        )
        packed = any(name.lower() == "content-encoding" for name, _ in answered)
        same = known is not None and not packed and hashlib.sha256(body).hexdigest() == known.payload_sha256
        if known is not None and (status.startswith("304") or same):
            record = self._writer.create_revisit_record(
                url, f"sha256:{known.payload_sha256}", url, known.fetched_at, http_headers=headers
            )
            if not same:
                record.rec_headers.replace_header("WARC-Profile", NOT_MODIFIED)
        else:
            record = self._writer.create_warc_record(
                url,
                "response",
                payload=io.BytesIO(body),
                length=len(body),
                http_headers=headers,
                warc_headers_dict={"WARC-Payload-Digest": f"sha256:{hashlib.sha256(body).hexdigest()}"},
            )
        parts = urlsplit(url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        line = StatusAndHeaders(f"GET {path} HTTP/1.1", [("Host", parts.netloc), *asked], is_http_request=True)
        request = self._writer.create_warc_record(url, "request", http_headers=line)
        self._writer.write_request_response_pair(request, record)
        self._stream.flush()
        return offset
