"""The files of the front end: found, kept for good under their version, of the right kind."""

import gzip

from gridgeo_web.views.assets import FOLDERS, VERSION, asset_url, module_urls


def test_every_file_of_the_front_end_is_served_with_its_kind(client):
    kinds = {".js": "text/javascript", ".css": "text/css", ".json": "application/json"}
    for folder, path in FOLDERS.items():
        for file in sorted(path.glob("*")):
            if file.suffix in kinds:
                with client.get(asset_url(f"{folder}/{file.name}")) as answer:
                    assert answer.status_code == 200
                    assert answer.mimetype == kinds[file.suffix]
                    assert answer.data == file.read_bytes()


def ask(client, path, **headers):
    """Return status and headers of an answer whose file is closed again."""
    with client.get(path, headers=headers) as answer:
        return answer.status_code, answer.headers


def test_a_file_under_the_present_version_is_kept_for_good_and_others_are_asked_for_again(client):
    assert "immutable" in ask(client, asset_url("vendor/leaflet.js"))[1]["Cache-Control"]
    assert "immutable" not in ask(client, "/assets/000000000000/vendor/leaflet.js")[1]["Cache-Control"]
    _, plain = ask(client, "/assets/vendor/leaflet.js")
    assert plain["Cache-Control"] == "no-cache"
    assert ask(client, "/assets/vendor/leaflet.js", **{"If-None-Match": plain["ETag"]})[0] == 304


def test_modules_import_their_neighbours_under_the_same_version(client):
    page = client.get("/").text
    assert f"/assets/{VERSION}/web/" in page


def test_other_folders_and_kinds_are_not_served(client):
    for path in (
        "/assets/templates/map.html",
        "/assets/web/",
        "/assets/web/none.js",
        "/assets/front/text.py",
    ):
        assert client.get(path).status_code == 404


def test_texts_are_packed_for_those_who_take_it_so_and_say_the_same(client):
    for path in (asset_url("vendor/leaflet.js"), "/", "/openapi.json", "/ogc/collections/grids/items"):
        plain = client.get(path, headers={"Accept-Encoding": "identity"})
        packed = client.get(path, headers={"Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
        assert len(packed.data) == packed.content_length < len(plain.data) / 2
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert "Content-Encoding" not in plain.headers
        if "ETag" in packed.headers:
            again = {"If-None-Match": packed.headers["ETag"], "Accept-Encoding": "gzip"}
            assert packed.headers["ETag"].startswith("W/")
            assert ask(client, path, **again)[0] == 304
        plain.close()


def test_a_page_names_all_modules_that_it_will_need(client):
    page = client.get("/").text
    for module in ("web/times.js", "front/words.js", "web/dots.js"):
        assert f'<link rel="modulepreload" href="{asset_url(module)}">' in page
    assert page.count("modulepreload") == len(module_urls("web/main.js"))
    assert all(ask(client, url)[0] == 200 for url in module_urls("web/edit/main.js"))
