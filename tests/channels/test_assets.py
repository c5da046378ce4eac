import base64
import hashlib
import re
from urllib.parse import urljoin

from fastapi.testclient import TestClient

from app.channels.assets import asset, embed_line, pinned_line


def test_the_widget_is_served_compressed_to_any_origin(client: TestClient) -> None:
    response = client.get("/widget.js", headers={"origin": "https://elsewhere.example"})
    assert response.headers["content-encoding"] == "gzip"
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert response.content == asset("widget.js").body
    assert client.get("/widget.js", headers={"accept-encoding": "identity"}).content == response.content


def test_a_versioned_address_is_kept_for_ever_and_no_other(client: TestClient) -> None:
    assert "immutable" in client.get(asset("widget.js").address).headers["cache-control"]
    for address in ("/widget.js", "/widget.js?v=old"):
        assert client.get(address).headers["cache-control"] == "public, max-age=300"


def test_its_headers_can_be_looked_at(client: TestClient) -> None:
    response = client.head("/widget.js")
    assert (response.status_code, response.headers["x-content-type-options"]) == (200, "nosniff")


def test_an_unchanged_file_is_not_sent_again(client: TestClient) -> None:
    tag = client.get("/widget.js").headers["etag"]
    response = client.get("/widget.js", headers={"if-none-match": tag})
    assert (response.status_code, response.content) == (304, b"")


def test_a_script_imports_its_modules_by_the_addresses_that_are_kept_for_ever(client: TestClient) -> None:
    for name in ("staff.js", "desk/opened.js", "desk/sign-out.js"):
        addresses = re.findall(r'^import .*"(\./.+)";$', client.get(f"/{name}").text, re.MULTILINE)
        assert addresses
        for address in addresses:
            assert "immutable" in client.get(urljoin(f"/{name}", address)).headers["cache-control"]


def test_the_embed_lines_name_address_and_hash() -> None:
    digest = base64.b64encode(hashlib.sha384(asset("widget.js").body).digest()).decode()
    assert embed_line("https://faq.example/") == '<script async src="https://faq.example/widget.js"></script>'
    line = pinned_line("https://faq.example/base")
    assert f'src="https://faq.example/base/widget.js?v={asset("widget.js").version}"' in line
    assert f'integrity="sha384-{digest}" crossorigin="anonymous"' in line
