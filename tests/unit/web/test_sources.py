"""Sources as data: what ships can be used, and each fault is refused with file, field and cure."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.settings import Settings
from orchestration.web.sources import SourceError, load_sources, source_named, sources_in
from orchestration.web.sources.load import read_source

GOOD: dict[str, Any] = {
    "name": "news",
    "title_zh": "新闻",
    "title_en": "News",
    "owner": "market_regulation",
    "legal_basis": "public",
    "topic": "NEWS",
    "effective_from": "2026-01",
    "start": {"kind": "pages", "urls": ["https://news.example/list.html"]},
    "hosts": ["news.example"],
    "list": {"items": "li", "link": "a::attr(href)", "fields": {"title": "a"}},
    "item": {},
}
JSON: dict[str, Any] = {
    "start": {"kind": "json", "urls": ["https://news.example/api"]},
    "list": {"items": "items", "address": "{url}", "fields": {"url": "url"}},
    "item": None,
}


class _Folder(Settings):
    """A jurisdiction in a temporary folder."""

    @property
    def definition(self) -> Path:
        return self.home


def _written(folder: Path, given: dict[str, Any], name: str = "news") -> Path:
    path = folder / "web" / "sources" / f"{name}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = {key: value for key, value in given.items() if value is not None}
    path.write_text(yaml.safe_dump(kept, allow_unicode=True), encoding="utf-8")
    return path


def test_the_six_shipped_sources_cover_the_topics(settings: Settings) -> None:
    sources = load_sources(settings)
    assert {source.topic for source in sources.values()} == {"NEWS", "COMPLAINT", "AD", "TRADE", "RECRUIT", "COURT"}
    assert len(sources) == 6
    assert {source.start.kind for source in sources.values()} == {"pages", "feed", "json"}
    assert sources_in(settings, "2021-10") == []
    assert sorted(source.name for source in sources_in(settings, "2026-10")) == sorted(sources)


def test_a_jurisdiction_without_sources_has_no_web(tmp_path: Path) -> None:
    settings = _Folder(home=tmp_path)
    assert load_sources(settings) == {}
    with pytest.raises(SourceError, match=r"no source 'x' .*there are none"):
        source_named(settings, "x")


def test_months_and_frequency(tmp_path: Path) -> None:
    source = read_source(_written(tmp_path, {**GOOD, "effective_to": "2026-03", "frequency": "weekly"}))
    months = ["2025-12", "2026-01", "2026-03", "2026-04"]
    assert [source.in_force(month) for month in months] == [False, True, True, False]
    today = date(2026, 2, 8)
    assert [source.due(last, today) for last in (None, date(2026, 2, 1), date(2026, 2, 2))] == [True, True, False]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"owner": None}, "owner: is missing"),
        ({"colour": "red"}, "colour: is no field of a source"),
        ({"name": "other"}, "name: is 'other'; write 'news'"),
        ({"effective_from": "2026-13"}, "'2026-13' is no month"),
        ({"effective_to": "2025-12"}, "effective_to 2025-12 lies before"),
        ({"frequency": "hourly"}, "frequency: .*'daily', 'weekly' or 'monthly'"),
        ({"charset": "gb9999"}, "charset: 'gb9999' is no charset"),
        ({"hosts": ["News.example"]}, "hosts: 'News.example' is no host name"),
        ({"hosts": ["news.example:80"]}, "hosts: 'news.example:80' is no host name"),
        ({"hosts": ["10.0.0.1"]}, "hosts: '10.0.0.1' is an address"),
        ({"hosts": []}, "hosts: .*at least 1"),
        ({"hosts": ["other.example"]}, "start.urls: host 'news.example' .* is not among hosts"),
        ({"start": {"kind": "pages", "urls": ["ftp://news.example/"]}}, "no http or https address"),
        ({"start": {"kind": "pages", "urls": ["http://127.0.0.1/"]}}, "names an address instead of a host"),
        ({"start": {"kind": "pages", "urls": ["http://2130706433/"]}}, "names an address instead of a host"),
        ({"start": {"kind": "pages", "urls": ["http://0x7f.1/"]}}, "names an address instead of a host"),
        ({"start": {"kind": "pages", "urls": ["http://[::1]/"]}}, "names an address instead of a host"),
        ({"start": {"kind": "pages", "urls": ["http://a:b@news.example/"]}}, "carries a user name or password"),
        ({"start": {"kind": "pages", "urls": ["http://news.example:x/"]}}, "is no address"),
        ({"start": {"kind": "mail", "urls": ["http://news.example/"]}}, "start.kind: "),
        ({"pace": {"delay": -1}}, "pace.delay: .*greater than or equal to 0"),
        ({"pace": {"parallel": 99}}, "pace.parallel: .*less than or equal to 8"),
        ({"limits": {"page_bytes": 10**9}}, "limits.page_bytes: "),
        ({"list": {"link": "a::attr(href)"}}, "list.items: is missing"),
        ({"list": {"items": "li", "fields": {"title": "a"}}}, "list.link: is missing"),
        ({"item": None}, "item: is missing, but list.link"),
        ({"list": {"items": "li[", "link": "a"}}, "list.items: 'li\\[' is no CSS selector"),
        ({"list": {"items": "//li[", "link": "a"}}, "list.items: '//li\\[' is no XPath"),
        ({"list": {"items": "li", "link": "a", "fields": {"colour": "a"}}}, "fields.colour: is no field; use title"),
        ({"list": {"items": "li", "link": "a", "since": {"parameter": "s"}}}, "list.since: only a JSON interface"),
        ({"list": {"items": "li", "link": "a", "next": "a", "page": "p"}}, "list.page: there is list.next already"),
        ({"list": {"items": "li", "link": "a", "address": "{id}"}}, "list.address: items have pages of their own"),
        ({"item": {"fields": {"title": {"at": "h1", "pattern": "(("}}}}, "is no regular expression"),
        ({"item": {"fields": {"title": {"at": "h1", "pattern": "x"}}}}, "'x' has 0 groups"),
        ({"item": {"withdrawn": "p["}}, "item.withdrawn: 'p\\[' is no CSS selector"),
        ({"item": {"expect": ["company"]}}, "item.expect: 'company' is not among the fields"),
        ({"expect": {"fields": ["id"]}}, "expect.fields: 'id' is not among the fields"),
        ({**JSON, "list": {"items": "items[", "address": "{url}"}}, "list.items: 'items\\[' is no JMESPath"),
        ({**JSON, "list": {"items": "items"}}, "list.address: is missing"),
        ({**JSON, "list": {"items": "items", "address": "http://news.example/1"}}, "is the same for all items"),
        ({**JSON, "list": {"items": "items", "address": "http://news.example/{id}"}}, "'id' is not among list.fields"),
        ({**JSON, "list": {"items": "i", "address": "http://x.example/{id}", "fields": {"id": "i"}}}, "'x.example'"),
        ({**JSON, "list": {"items": "items", "address": "http://news.example/{"}}, "cannot be read"),
        ({"start": {"kind": "feed", "urls": ["http://news.example/f"]}}, "list.items: a feed says this itself"),
    ],
)
def test_a_fault_is_refused_with_file_field_and_cure(tmp_path: Path, changed: dict[str, Any], told: str) -> None:
    path = _written(tmp_path, {**GOOD, **changed})
    with pytest.raises(SourceError, match=told) as refused:
        read_source(path)
    assert all(
        line.startswith("web/sources/news.yml: ") and line.endswith(".") for line in str(refused.value).split("\n")
    )


def test_what_is_no_yaml_is_refused(tmp_path: Path) -> None:
    path = _written(tmp_path, GOOD)
    for content, told in (
        (b"name: [", "is no YAML"),
        ("name: 新闻".encode("gb18030"), "is no YAML"),
        (b"", "no fields"),
    ):
        path.write_bytes(content)
        with pytest.raises(SourceError, match=told):
            read_source(path)


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    settings = _Folder(home=tmp_path)
    _written(tmp_path, {**GOOD, "topic": "WEATHER"})
    _written(tmp_path, {**GOOD, "name": "again"}, "again")
    _written(tmp_path, {**GOOD, "name": "bad", "owner": ""}, "bad")
    with pytest.raises(SourceError) as refused:
        load_sources(settings)
    told = str(refused.value)
    assert "topic: 'WEATHER' is not in web_topics; use NEWS" in told
    assert "is also where again.yml begins in the same months" in told
    assert "bad.yml: owner: " in told


def test_two_sources_may_follow_each_other_at_one_address(tmp_path: Path) -> None:
    settings = _Folder(home=tmp_path)
    _written(tmp_path, {**GOOD, "effective_to": "2026-03"})
    _written(tmp_path, {**GOOD, "name": "later", "effective_from": "2026-04"}, "later")
    assert sorted(load_sources(settings)) == ["later", "news"]
