"""What is said of a host that gives no answer at all."""

from __future__ import annotations

import pytest
from scrapy.exceptions import CannotResolveHostError, DownloadConnectionRefusedError, DownloadTimeoutError

from orchestration.web.crawl.answers import silence
from orchestration.web.sources import Source
from tests.integration.web.conftest import NEWS

PROXY = "http://127.0.0.1:8123"
UNKNOWN, REFUSED = CannotResolveHostError("no"), DownloadConnectionRefusedError("no")


@pytest.mark.parametrize(
    ("host", "error", "proxy", "parts"),
    [
        ("a.cn", UNKNOWN, None, ("a.cn has no address", "start.urls and hosts in news.yml")),
        ("a.cn", REFUSED, None, ("a.cn does not take connections", "start.urls and hosts in news.yml")),
        ("a.cn", DownloadTimeoutError("no"), PROXY, ("a.cn does not answer (DownloadTimeoutError)", "news.yml")),
        ("news.example", UNKNOWN, None, ("small web of the demo", "ECR_WEB_PROXY", "docs/web.md")),
        ("a.cn", REFUSED, PROXY, ("a.cn was not asked: nothing listens at http://127.0.0.1:8123", "ECR_WEB_PROXY")),
    ],
)
def test_it_names_what_does_not_answer_and_the_cure(
    host: str, error: Exception, proxy: str | None, parts: tuple[str, ...]
) -> None:
    sentence = silence(Source.model_validate(NEWS), host, error, proxy)
    assert all(part in sentence for part in parts), sentence
