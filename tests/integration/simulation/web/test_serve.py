"""The server over real HTTP: sites by host and as a proxy, instants, conditional requests, hostile answers."""

from __future__ import annotations

import gzip
import http.client
import json
import re
import time
import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime
from urllib.parse import urlsplit

import polars as pl
import pytest

from orchestration.settings import Settings
from orchestration.simulation import SimulationError
from orchestration.simulation.web.serve import HUGE, SmallWeb, main, serving
from orchestration.simulation.web.store import folder

APRIL, MAY, JUNE = (
    f"{day}, {rest} 15:59:59 GMT"
    for day, rest in (("Thu", "30 Apr 2026"), ("Sun", "31 May 2026"), ("Tue", "30 Jun 2026"))
)


class Client:
    """One kept connection to the server, as a client with a proxy would use it."""

    def __init__(self, url: str) -> None:
        self.connection = http.client.HTTPConnection(
            str(urlsplit(url).hostname), int(urlsplit(url).port or 0), timeout=20
        )

    def get(self, url: str, at: str | None = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request("GET", url, headers=given | ({"Accept-Datetime": at} if at else {}))
        answer = self.connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()


@pytest.fixture
def client(web):
    made = Client(web.url)
    yield made
    made.connection.close()


@pytest.fixture(scope="module")
def items(home) -> pl.DataFrame:
    return pl.read_parquet(folder(home) / "items.parquet").sort("published")


def instant(text: str) -> datetime:
    return datetime.strptime(text, "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)


def listed(client: Client, host: str, at: str) -> list[str]:
    """Paths or numbers of all items that the lists of a site show, page after page."""
    found: list[str] = []
    url = {"news": "/list.html", "jobs": "/feed.xml", "court": "/notices"}.get(host, "")
    while url:
        status, headers, body = client.get(f"http://{host}.example{url}", at)
        assert status == 200 and headers["Memento-Datetime"] == at
        if host == "jobs":
            feed = ElementTree.fromstring(body)
            atom = "{http://www.w3.org/2005/Atom}"
            links = [entry.find(f"{atom}link").get("href") for entry in feed.iter(f"{atom}entry")]
            found += [str(link).removeprefix("http://jobs.example") for link in links]
            after = [link.get("href") for link in feed.findall(f"{atom}link") if link.get("rel") == "next"]
            url = str(after[0]).removeprefix("http://jobs.example") if after else ""
        else:
            text = body.decode("gb18030" if host == "news" else "utf-8")
            pattern = r'class="headline" href="([^"]+)"' if host == "news" else r'class="case"><a href="([^"]+)"'
            found += re.findall(pattern, text)
            after = re.findall(r'class="next" href="([^"]+)"|rel="next" href="([^"]+)"', text)
            url = "".join(after[0]) if after else ""
    return found


@pytest.mark.parametrize("host", ["news", "jobs", "court"])
@pytest.mark.parametrize("at", [APRIL, JUNE])
def test_lists_show_newest_first_exactly_what_was_published_and_not_gone(client, items, host, at):
    own = items.filter((pl.col("host") == f"{host}.example") & (pl.col("published") <= instant(at)))
    gone = (pl.col("change") == "gone") & (pl.col("changed") <= instant(at))
    expected = own.filter(~gone.fill_null(value=False))["path"].to_list()
    assert len(expected) > 5
    assert listed(client, host, at) == expected[::-1]


def test_nothing_published_later_is_served_earlier(client, items):
    pages = items.filter(pl.col("host").is_in(["news.example", "jobs.example", "court.example"]))
    pages = pages.filter(pl.col("trouble").is_null() & pl.col("change").is_null())
    for row in pages.sample(60, seed=1).iter_rows(named=True):
        then, now = client.get(row["url"], APRIL)[0], client.get(row["url"], JUNE)[0]
        assert now == 200
        assert then == (200 if row["published"] <= instant(APRIL) else 404)


def test_withdrawals_and_corrections_show_only_from_their_day_on(client, items):
    later = items.filter((pl.col("published") <= instant(MAY)) & (pl.col("changed") > instant(MAY)))
    signs = {"marked": (200, 'class="withdrawn"'), "gone": (410, ""), "corrected": (200, "更正：")}
    seen = set()
    for row in later.filter(pl.col("host") == "news.example").iter_rows(named=True):
        status, _, body = client.get(row["url"], MAY)
        expected, sign = signs[row["change"]]
        assert status == 200 and (not sign or sign not in body.decode("gb18030"))
        status, _, body = client.get(row["url"], JUNE)
        assert status == expected and sign in body.decode("gb18030")
        seen.add(row["change"])
    assert seen


def complaints(client: Client, at: str, since: str = "") -> dict[str, dict]:
    url, found = f"http://complaints.example/api/complaints{since}", {}
    while url:
        answer = json.loads(client.get(url, at)[2])
        found |= {item["id"]: item for item in answer["items"]}
        url = answer["next"]
    assert len(found) == answer["total"]
    return found


def test_a_complaint_is_told_again_when_it_is_settled(client, items):
    before, after = complaints(client, MAY), complaints(client, JUNE)
    rows = {row["key"]: row for row in items.filter(pl.col("host") == "complaints.example").iter_rows(named=True)}
    assert set(before) == {key for key, row in rows.items() if row["published"] <= instant(MAY)}
    closed = [key for key in before if before[key]["status"] == "处理中" and after[key]["status"] == "已办结"]
    assert closed and all(before[key]["resolved_at"] is None for key in closed)
    assert all(after[key]["resolved_at"] == after[key]["updated_at"] > "2026-05-31" for key in closed)
    news = complaints(client, JUNE, "?updated_after=2026-05-31T23:59:59%2B08:00")
    assert set(news) == {key for key, item in after.items() if item["updated_at"] > "2026-05-31T23:59:59"}
    assert set(closed) <= set(news)
    moments = [item["updated_at"] for item in after.values()]
    assert moments == sorted(moments)


def leads(client: Client, at: str) -> dict[str, str]:
    found, page = {}, 1
    while True:
        data = json.loads(client.get(f"http://ads.example/api/leads?size=40&page={page}", at)[2])["data"]
        found |= {lead["leadId"]: lead["verified"] for lead in data["list"]}
        if not data["list"]:
            return found
        page += 1


def test_a_lead_may_be_verified_later(client, items):
    before, after = leads(client, APRIL), leads(client, JUNE)
    own = items.filter((pl.col("host") == "ads.example") & (pl.col("published") <= instant(JUNE)))
    assert dict(own.select("key", "label").iter_rows()) == after
    changed = {key for key in before if before[key] != after[key]}
    assert changed and all(before[key] == "未核实" for key in changed)
    assert set(before) == set(own.filter(pl.col("published") <= instant(APRIL))["key"])


def test_the_list_of_trading_leads_never_ends(client, items):
    ids, page = [], 1
    while True:
        text = client.get(f"http://trade.example/leads/{f'p{page}/' if page > 1 else ''}", JUNE)[2].decode("utf-8-sig")
        assert f'class="next" href="/leads/p{page + 1}/"' in text
        if "暂无数据" in text:
            break
        ids += re.findall(r'<article class="lead" id="([^"]+)"', text)
        page += 1
    assert ids == items.filter(pl.col("host") == "trade.example")["key"].to_list()[::-1]
    assert client.get("http://trade.example/leads/p99999/", JUNE)[0] == 200


def test_a_known_page_is_not_sent_again(client, items):
    pages = items.filter((pl.col("host") == "news.example") & pl.col("trouble").is_null() & pl.col("change").is_null())
    url = pages["url"][0]
    _, headers, body = client.get(url, APRIL)
    status, again, empty = client.get(url, JUNE, If_None_Match=headers["ETag"])
    assert (status, empty) == (304, b"") and again["ETag"] == headers["ETag"] and again["Memento-Datetime"] == JUNE
    assert client.get(url, JUNE, If_None_Match='"other"')[2] == body
    assert client.get(url, JUNE, If_Modified_Since=headers["Last-Modified"])[0] == 304
    assert client.get(url, JUNE, If_Modified_Since="Thu, 01 Jan 2015 00:00:00 GMT")[0] == 200


def test_sites_are_found_by_absolute_address_and_by_host(client):
    by_proxy = client.get("http://court.example/notices", JUNE)
    by_host = client.get("/notices", JUNE, Host="court.example")
    assert by_proxy[0] == by_host[0] == 200 and by_proxy[2] == by_host[2]
    assert client.get("http://unknown.example/", JUNE)[0] == 502
    assert client.get("/notices", JUNE)[0] == 502


def test_without_an_instant_the_end_is_shown_and_nonsense_is_refused(client):
    status, headers, body = client.get("http://news.example/list.html")
    assert status == 200 and "Memento-Datetime" not in headers
    assert body == client.get("http://news.example/list.html", JUNE)[2]
    assert client.get("http://news.example/list.html", "yesterday")[0] == 400


def test_robots_forbid_what_must_not_be_read_and_the_log_tells(client, web):
    text = client.get("http://news.example/robots.txt")[2].decode()
    assert "Disallow: /internal/" in text and "Disallow: /calendar/" in text
    assert "calendar" not in client.get("http://jobs.example/robots.txt")[2].decode()
    assert web.log[-1] == ("jobs.example", "/robots.txt")


def test_bodies_are_compressed_for_those_who_ask(client):
    plain = client.get("http://jobs.example/feed.xml", JUNE)
    packed = client.get("http://jobs.example/feed.xml", JUNE, Accept_Encoding="gzip")
    assert packed[1]["Content-Encoding"] == "gzip" and len(packed[2]) < len(plain[2])
    assert gzip.decompress(packed[2]) == plain[2] and packed[1]["ETag"] == plain[1]["ETag"]


def test_some_pages_lie_about_their_charset(client, items):
    liar = items.filter(pl.col("trouble") == "lies")["url"]
    assert len(liar) >= 1
    _, headers, body = client.get(liar[0], JUNE)
    assert "utf-8" in headers["Content-Type"] and b'charset="utf-8"' in body
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")
    assert "job-title" in body.decode("gb18030")
    _, headers, body = client.get("http://news.example/list.html", JUNE)
    assert headers["Content-Type"] == "text/html" and b'charset="gb2312"' in body and body.decode("gb18030")


def hostile(items: pl.DataFrame, kind: str) -> str:
    return items.filter(pl.col("trouble") == kind)["url"][0]


def test_redirects_go_round_away_and_inside(client, items):
    one = hostile(items, "loop")
    _, headers, _ = client.get(one, JUNE)
    status, back, _ = client.get(f"http://news.example{headers['Location']}", JUNE)
    assert status == 302 and f"http://news.example{back['Location']}" == one
    assert client.get(hostile(items, "away"), JUNE)[1]["Location"].startswith("http://elsewhere.example/")
    assert client.get(hostile(items, "inside"), JUNE)[1]["Location"].startswith("http://169.254.169.254/")


def test_a_flaky_page_answers_the_second_time(client, items):
    url = hostile(items, "flaky")
    first, second = (
        client.get(url, APRIL if items.filter(pl.col("url") == url)["published"][0] < instant(APRIL) else JUNE),
        None,
    )
    second = client.get(url, first[1]["Memento-Datetime"])
    assert (first[0], second[0]) == (503, 200) and 'class="content"' in second[2].decode("gb18030")


def test_empty_broken_and_foreign_bodies(web, client, items):
    assert client.get(hostile(items, "empty"), JUNE)[::2] == (200, b"")
    assert client.get(hostile(items, "pdf"), JUNE)[1]["Content-Type"] == "application/pdf"
    with pytest.raises(http.client.IncompleteRead):
        Client(web.url).get(hostile(items, "broken"), JUNE)


def test_a_huge_page_is_small_on_the_wire(web, items):
    status, headers, body = Client(web.url).get(hostile(items, "huge"), JUNE)
    assert status == 200 and headers["Content-Encoding"] == "gzip" and len(body) < 2_000_000
    assert len(gzip.decompress(body)) == HUGE


@pytest.mark.parametrize("kind", ["big", "slow"])
def test_a_client_may_leave_an_endless_page(web, items, kind):
    for _ in range(3):
        made = Client(web.url)
        made.connection.request("GET", hostile(items, kind), headers={"Accept-Datetime": JUNE})
        assert made.connection.getresponse().read(3) == b"xxx"
        made.connection.close()


def test_the_server_stops_while_a_slow_page_runs(home, items):
    with SmallWeb(home) as own:
        made = Client(own.url)
        made.connection.request("GET", hostile(items, "slow"), headers={"Accept-Datetime": JUNE})
        made.connection.getresponse().read(1)
    with pytest.raises(OSError):
        Client(own.url).get("http://news.example/list.html")
    made.connection.close()


def test_a_process_of_its_own_serves_and_ends(home):
    with serving(home) as url:
        assert Client(url).get("http://news.example/list.html", JUNE)[0] == 200
    for _ in range(100):  # the socket is closed with the process
        try:
            Client(url).get("http://news.example/robots.txt")
        except OSError:
            break
        time.sleep(0.05)
    with pytest.raises(OSError):
        Client(url).get("http://news.example/robots.txt")


def test_without_a_small_web_one_sentence_says_what_to_run(tmp_path, capsys):
    with pytest.raises(SimulationError, match=r"there is no small web at .* --web pages"):
        SmallWeb(Settings(home=tmp_path))
    with (
        pytest.raises(SimulationError, match="did not start: small web: there is no small web"),
        serving(Settings(home=tmp_path)),
    ):
        pass
    assert main(["--home", str(tmp_path)]) == 2 and "there is no small web" in capsys.readouterr().err


def test_a_port_that_is_taken_is_named(home, web):
    port = int(urlsplit(web.url).port or 0)
    with pytest.raises(SimulationError, match=f"port {port} of 127.0.0.1 cannot be used"):
        SmallWeb(home, port)
