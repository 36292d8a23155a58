"""The files of the front end: found, kept for good under their version, of the right kind."""

from gridgeo_web.views.assets import FOLDERS, VERSION, asset_url


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
