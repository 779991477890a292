"""The page cache as an operator sees it: who gets a held page, and when it is made anew."""

import gzip

import brotli
import pytest

from vekst.pagecache.wsgi import PageCache


class Generation:
    def __init__(self):
        self.value = 1

    def current(self):
        return self.value


class Site:
    """A WSGI application that counts its answers and can be told what to send."""

    def __init__(self):
        self.count = 0
        self.status = "200 OK"
        self.headers = [("Content-Type", "text/html; charset=utf-8")]
        self.closed = 0
        self.stream = False

    def __call__(self, environ, start_response):
        self.count += 1
        body = f"side {self.count} {environ['PATH_INFO']} ".encode() * 50
        length = [] if self.stream else [("Content-Length", str(len(body)))]
        start_response(self.status, [*self.headers, *length])
        site = self

        class Answer:
            def __iter__(self):
                return iter([body])

            def close(self):
                site.closed += 1

        return Answer()


class Visitor:
    def __init__(self, cache):
        self.cache = cache

    def get(self, path="/", method="GET", **environ):
        started = []
        result = self.cache(
            {
                "REQUEST_METHOD": method,
                "PATH_INFO": path,
                "QUERY_STRING": "",
                "wsgi.url_scheme": "http",
                **environ,
            },
            lambda status, headers, exc_info=None: started.append((status, dict(headers))),
        )
        body = b"".join(result)
        if hasattr(result, "close"):
            result.close()
        return started[0][0], started[0][1], body


@pytest.fixture
def site():
    return Site()


@pytest.fixture
def generation():
    return Generation()


@pytest.fixture
def clock():
    return [0.0]


@pytest.fixture
def visitor(site, generation, clock):
    return Visitor(
        PageCache(
            site,
            generation,
            session_cookie="sessionid",
            clock=lambda: clock[0],
            wall_clock=lambda: 1_000_000 + clock[0],
        )
    )


def test_second_stranger_gets_the_held_page(visitor, site):
    first = visitor.get("/bolig/")
    second = visitor.get("/bolig/")

    assert site.count == 1
    assert first[2] == second[2]
    assert site.closed == 1


def test_an_edit_makes_the_page_anew(visitor, site, generation):
    visitor.get()
    generation.value += 1

    assert visitor.get()[2].startswith(b"side 2")


def test_a_page_is_made_anew_after_a_minute(visitor, site, clock):
    visitor.get()
    clock[0] = 61.0

    assert visitor.get()[2].startswith(b"side 2")


def test_a_page_that_is_right_for_ten_seconds_is_held_for_ten_seconds(visitor, site, clock):
    site.headers.append(("X-Holds-Until", "1000010.000"))
    _status, headers, _body = visitor.get()
    clock[0] = 9.9
    before = visitor.get()[2]
    clock[0] = 10.0
    site.headers[-1] = ("X-Holds-Until", "1000500.000")

    assert before.startswith(b"side 1")
    assert visitor.get()[2].startswith(b"side 2")
    assert "X-Holds-Until" not in headers


def test_a_page_that_is_wrong_already_is_not_handed_out_again(visitor, site, clock):
    site.headers.append(("X-Holds-Until", "999999.000"))
    visitor.get()

    assert visitor.get()[2].startswith(b"side 2")


def test_someone_with_a_session_never_gets_a_held_page(visitor, site):
    visitor.get()

    assert visitor.get(HTTP_COOKIE="a=b; sessionid=x")[2].startswith(b"side 2")


def test_unknown_generation_keeps_nothing(visitor, site, generation):
    generation.value = None
    visitor.get()

    assert visitor.get()[2].startswith(b"side 2")


@pytest.mark.parametrize(
    "header",
    [
        ("Set-Cookie", "csrftoken=x"),
        ("Vary", "Accept, Cookie"),
        ("Cache-Control", "max-age=0, no-store, private"),
        ("Cache-Control", "public, max-age=31536000, immutable"),
        ("Content-Encoding", "br"),
    ],
    ids=": ".join,
)
def test_pages_about_the_visitor_and_files_are_never_kept(visitor, site, header):
    site.headers.append(header)
    visitor.get()

    status, headers, body = visitor.get()
    assert body.startswith(b"side 2")
    assert headers[header[0]] == header[1]


@pytest.mark.parametrize("status", ["404 Not Found", "302 Found", "500 Internal Server Error"])
def test_only_good_answers_are_kept(visitor, site, status):
    site.status = status
    visitor.get()

    assert visitor.get()[2].startswith(b"side 2")


def test_streams_pass_through(visitor, site):
    site.stream = True
    visitor.get()

    assert visitor.get()[2].startswith(b"side 2")


def test_whole_page_and_htmx_part_are_kept_apart(visitor, site):
    visitor.get()
    visitor.get(HTTP_HX_REQUEST="true", HTTP_HX_TARGET="event-list")

    assert site.count == 2


@pytest.mark.parametrize(
    ("accepted", "coding", "unpack"),
    [("gzip, br", "br", brotli.decompress), ("gzip", "gzip", gzip.decompress)],
)
def test_body_is_sent_compressed_as_the_browser_accepts(visitor, accepted, coding, unpack):
    plain = visitor.get()[2]

    status, headers, body = visitor.get(HTTP_ACCEPT_ENCODING=accepted)
    assert headers["Content-Encoding"] == coding
    assert unpack(body) == plain
    assert int(headers["Content-Length"]) == len(body)


def test_a_page_the_browser_has_is_not_sent_again(visitor, generation):
    etag = visitor.get()[1]["ETag"]

    status, headers, body = visitor.get(HTTP_IF_NONE_MATCH=etag)
    assert status == "304 Not Modified"
    assert body == b""
    generation.value += 1
    assert visitor.get(HTTP_IF_NONE_MATCH=etag)[0] == "200 OK"


def test_head_is_answered_from_the_held_page_without_a_body(visitor, site):
    length = visitor.get()[1]["Content-Length"]

    status, headers, body = visitor.get(method="HEAD")
    assert (headers["Content-Length"], body, site.count) == (length, b"", 1)


def test_post_goes_to_the_site(visitor, site):
    visitor.get()
    visitor.get(method="POST")

    assert site.count == 2


def test_memory_is_bounded_and_the_oldest_go_first(site, generation):
    cache = PageCache(site, generation, session_cookie="sessionid", max_total_bytes=10_000)
    visitor = Visitor(cache)
    for number in range(50):
        visitor.get(f"/side/{number}/")

    visitor.get("/side/49/")
    assert site.count == 50
    visitor.get("/side/0/")
    assert site.count == 51


@pytest.mark.parametrize(
    "header",
    [("Content-Encoding", "br"), ("Cache-Control", "max-age=315360000, public, immutable")],
    ids=lambda header: header[0],
)
def test_static_files_go_through_as_they_are(visitor, site, header):
    site.headers.append(header)

    first = visitor.get("/static/site.js", HTTP_ACCEPT_ENCODING="br")
    second = visitor.get("/static/site.js", HTTP_ACCEPT_ENCODING="br")

    assert first[1][header[0]] == header[1]
    assert (first[2], second[2]) == (
        b"side 1 /static/site.js " * 50,
        b"side 2 /static/site.js " * 50,
    )
