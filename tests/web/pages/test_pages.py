"""The frames of the pages and their words; what happens on them is tested in a browser."""

import json
import re

import pytest
from gridgeo_web.views.assets import FOLDERS
from gridgeo_web.views.pages import say_refusal
from gridgeo_web.words import LANGUAGES, read_page_words
from markupsafe import escape
from service_town import bearer, sign_in, write_users

STATIC = FOLDERS["web"]
MODULES = sorted(STATIC.glob("*.js"))
TEMPLATES = sorted((STATIC.parent / "templates").glob("*.html"))
PAGES = ["/", "/wall", "/login", "/help"]
# Keys put together from a word of the data: `measure.${name}` and its like.
COMPOSED = re.compile(r"""[`'"]([a-z_.]+\.)(?:\$\{|'\s*~)""")
WRITTEN = re.compile(r"""(?:\bsay|lookUp|sayOr|tool|figure)\(\s*(?:"\w+", )?[`'"]([\w.]+)[`'"]""")
OWN = 'data-(?:word|label|hint)="([\\w.]+)"'


def own_words():
    return json.loads((STATIC / "text.json").read_text(encoding="utf-8"))


def sources():
    return {path: path.read_text(encoding="utf-8") for path in [*MODULES, *TEMPLATES]}


def name_of(path):
    return path.name


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_speaks_the_language_that_its_address_asks_for(client, path, lang):
    page = client.get(path, query_string={"lang": lang}).get_data(as_text=True)
    assert f'<html lang="{"zh-CN" if lang == "zh" else "en"}"' in page
    assert read_page_words()[lang]["help" if path in ("/login", "/help") else "map"] in page


def test_the_language_chosen_last_is_kept_and_an_unknown_one_is_passed_over(client):
    client.set_cookie("lang", "en")
    assert 'lang="en"' in client.get("/").get_data(as_text=True)
    assert 'lang="en"' in client.get("/?lang=xx").get_data(as_text=True)
    client.set_cookie("lang", "xx")
    assert 'lang="zh-CN"' in client.get("/").get_data(as_text=True)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("path", "status"), [("/nowhere", 404), ("/print?paper=A9&grid=1", 400), ("/edit", 403)]
)
def test_the_page_of_an_error_says_in_its_language_what_is_wrong_and_what_next(client, path, status, lang):
    client.set_cookie("lang", lang)
    answer = client.get(path, headers={"Accept": "text/html"})
    page, words = answer.get_data(as_text=True), own_words()[lang]
    assert answer.status_code == status
    for word in (f"error.{status}", f"error.{status}.next", "map"):
        assert str(escape(words[word])) in page
    assert 'rel="icon"' in page
    assert ('href="/login"' in page) == (status == 403)
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


def test_an_unknown_address_is_named_and_a_wrong_method_told_the_right_ones(client):
    missing = client.get("/api/v1/nothing")
    assert missing.get_json()["error"]["message"] == "there is no /api/v1/nothing here"
    wrong = client.delete("/api/v1/incidents", headers={"Origin": "http://localhost"})
    assert wrong.status_code == 405
    assert {"GET", "POST"} <= set(wrong.headers["Allow"].split(", "))
    unfit = client.get("/api/v1/locate?lon=abc&lat=1").get_json()["error"]
    assert unfit["message"] == "query.lon: Not a valid number."
    origin = {"Origin": "http://localhost"}
    text = client.post("/api/v1/locate", data="x", content_type="text/plain", headers=origin)
    assert (text.status_code, "Content-Type" in text.text) == (415, True)


def test_the_language_chosen_at_the_door_stays_after_a_wrong_and_a_right_password(start, tmp_path):
    client = start(users=write_users(tmp_path)).test_client()
    failed = sign_in(client, "wang", "wrong", lang="en", next="/wall")
    assert 'lang="en"' in client.get(failed.location).get_data(as_text=True)
    sign_in(client, "wang", lang="en")
    assert 'lang="en"' in client.get("/").get_data(as_text=True)


def test_who_tried_too_often_is_told_in_the_language_of_the_form(start, tmp_path):
    client = start(users=write_users(tmp_path)).test_client()
    client.environ_base["HTTP_ACCEPT"] = "text/html"
    told = [sign_in(client, "wang", "wrong", lang=lang) for lang in ("en", "zh") * 6]
    refused = [answer.get_data(as_text=True) for answer in told if answer.status_code == 429]
    assert any("too many wrong passwords" in page for page in refused)
    assert any("密码错误次数过多；请在" in page for page in refused)


@pytest.mark.parametrize("path", [*PAGES, "/print?grid={code}", "/print?grid={code}&paper=A3"])
def test_no_page_holds_a_script_or_a_style_of_its_own(app, client, path):
    code = app.extensions["gridgeo"].snapshots.current().codes[0]
    answer = client.get(path.format(code=code))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert re.findall(r"\sstyle=|\son[a-z]+=|<style", page) == []
    inline = re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", page)
    assert [tag for tag in inline if 'type="application/json"' not in tag] == []


def test_markup_in_the_title_is_shown_and_not_run(start):
    page = start(title="</script><script>alert(1)</script>").test_client().get("/").get_data(as_text=True)
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [("grid=nowhere", 404, "nowhere"), ("", 404, "no grid"), ("grid=CODE&paper=A9", 400, "A4 or A3")],
)
def test_a_sheet_that_cannot_be_printed_says_why(app, client, query, status, says):
    code = str(app.extensions["gridgeo"].snapshots.current().codes[0])
    answer = client.get("/print?" + query.replace("CODE", code))
    assert answer.status_code == status
    assert says in answer.get_data(as_text=True)


def test_a_sheet_of_a_grid_outside_the_own_area_is_not_there(start, tmp_path):
    app = start(users=write_users(tmp_path))
    code = app.extensions["gridgeo"].snapshots.current().codes[0]
    client = app.test_client()
    assert client.get(f"/print?grid={code}", headers=bearer("viewer")).status_code == 200
    assert client.get(f"/print?grid={code}", headers=bearer("elsewhere")).status_code == 404


def test_the_classes_of_the_legend_are_those_of_the_file_map(app, client):
    page = client.get("/").get_data(as_text=True)
    begin = json.loads(re.search(r'id="page">(.*?)</script>', page, re.DOTALL)[1])
    grids = app.extensions["gridgeo"].snapshots.current().division.grids
    measure = begin["measures"][0]
    assert measure["name"] == "households"
    assert {"role": "in_range", "low": 200}.items() <= next(
        {**one, "low": int(one["low"])} for one in measure["classes"] if one["role"] == "in_range"
    ).items()
    assert sum(one["count"] for one in measure["classes"]) == len(grids)


def test_both_languages_say_the_same_things():
    words = own_words()
    assert list(words["zh"]) == list(words["en"])
    for key in words["zh"].keys() - {"refusals"}:  # patterns of sentences
        places = [sorted(re.findall(r"\{(\w+)\}", words[lang][key])) for lang in LANGUAGES]
        assert places[0] == places[1], key


@pytest.mark.parametrize(
    ("message", "chinese"),
    [
        ("grid 4205 is locked; unlock it first", "网格 4205 已锁定；请先解锁"),
        ("json.description: Longer than maximum length 4000.", "description 过长，最多 4000 字"),
        ("the address '人民路' is not found; send lon and lat", "未找到地址 人民路；请改用坐标"),
        (
            "grid 05 of 1 atoms cannot be cut into 2 connected grids",
            "网格 05 只有 1 个地块，无法拆成 2 个连片的网格",
        ),
        (
            "the plan cannot be saved: connected: 3 atoms with 20 households of grid 05 are cut off from the "
            "rest of it; and 2 more",
            "方案不能保存：网格 05 不连片；另有 2 处",
        ),
        ("something new", "something new"),
    ],
)
def test_why_something_was_refused_is_said_in_chinese_where_the_catalogue_has_it(app, message, chinese):
    with app.test_request_context("/?lang=zh"):
        assert say_refusal(message) == chinese
    with app.test_request_context("/?lang=en"):
        assert say_refusal(message) == message


def test_every_word_that_a_page_says_is_in_the_catalogue():
    editors = json.loads((STATIC / "edit" / "text.json").read_text(encoding="utf-8"))["en"]
    known = set(read_page_words()["en"]) | set(editors)
    said = {key for text in sources().values() for key in (*WRITTEN.findall(text), *re.findall(OWN, text))}
    assert len(said) > 80
    assert sorted(key for key in said if key not in known and not key.endswith(".")) == []


def test_every_word_of_the_catalogue_is_said_somewhere():
    front = [path.read_text(encoding="utf-8") for path in sorted(FOLDERS["front"].glob("*.js"))]
    text = "\n".join([*sources().values(), *front])
    heads = tuple(set(COMPOSED.findall(text)))
    shared = set(json.loads((FOLDERS["front"] / "text.json").read_text(encoding="utf-8"))["en"])
    unsaid = [
        key
        for key in own_words()["en"]
        if not re.search(rf"""["'`]{re.escape(key)}["'`]""", text) and not key.startswith(heads)
    ]
    assert [key for key in unsaid if key not in shared] == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_of_the_page_is_small_and_imports_by_relative_addresses(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300
    assert max(map(len, text.splitlines())) <= 240
    for source in re.findall(r'^import .* from "([^"]+)";$', text, re.MULTILINE):
        assert source.startswith(("./", "../front/")), source
        folder = FOLDERS["front"] if source.startswith("../front/") else STATIC
        assert (folder / source.rsplit("/", 1)[1]).is_file(), source
    assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|eval\(|setAttribute\(\"style", text)
    assert text.startswith("//"), "a module says first what it is"


def test_no_file_of_the_page_names_another_host():
    texts = {
        path.name: path.read_text(encoding="utf-8") for path in sorted(STATIC.iterdir()) if path.is_file()
    }
    found = {name: re.findall(r"https?://[^\s\"'`)]+", text) for name, text in texts.items()}
    allowed = {"http://www.w3.org/2000/svg"}  # a name of a kind of markup, never fetched
    assert {name: urls for name, urls in found.items() if set(urls) - allowed} == {}


@pytest.mark.parametrize("path", [*MODULES, *sorted((STATIC / "edit").glob("*.js"))], ids=name_of)
def test_a_module_imports_no_name_twice_or_the_whole_page_stays_empty(path):
    taken = re.findall(r"^import \{ (.*) \} from", path.read_text(encoding="utf-8"), re.MULTILINE)
    names = [name.split(" as ")[-1] for line in taken for name in line.split(", ")]
    assert sorted(names) == sorted(set(names))
