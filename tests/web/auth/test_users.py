"""Users and their file."""

import pytest
from gridgeo_web.auth.accounts import add_user
from gridgeo_web.auth.users import User, Users, hash_password, read_users
from gridgeo_web.config import ConfigError

LONG = "a sentence is good"


def test_a_user_that_was_added_signs_in_and_nobody_else(tmp_path):
    file = tmp_path / "users.toml"
    assert add_user(file, "王芳", "officer", "4205", LONG) is None
    users = read_users(file)
    user = users.check_password("王芳", LONG)
    assert (user.name, user.role, user.area) == ("王芳", "officer", "4205")
    assert users.check_password("王芳", LONG + "!") is None
    assert users.check_password("nobody", LONG) is None
    assert users.check_password("王芳", "") is None


def test_a_program_gets_a_token_that_is_kept_nowhere(tmp_path):
    file = tmp_path / "users.toml"
    token = add_user(file, "night script", "viewer", "", None)
    assert token not in file.read_text()
    assert read_users(file).check_token(token).name == "night script"
    assert read_users(file).check_token(token + "x") is None
    assert read_users(file).check_password("night script", "") is None


def test_what_stands_in_the_file_stays_and_only_its_owner_reads_it(tmp_path):
    file = tmp_path / "users.toml"
    add_user(file, "one", "admin", "", LONG)
    file.write_text(file.read_text() + "# a remark of mine\n")
    add_user(file, "two", "viewer", "", LONG)
    assert "# a remark of mine" in file.read_text()
    assert len(read_users(file)) == 2
    assert file.stat().st_mode & 0o077 == 0


def test_a_name_with_quotes_and_line_breaks_in_mind_makes_no_second_user(tmp_path):
    file = tmp_path / "users.toml"
    add_user(file, 'x" role = "admin', "viewer", "", LONG)
    assert read_users(file).find('x" role = "admin').role == "viewer"
    with pytest.raises(ConfigError, match="no name"):
        add_user(file, 'y"\n[[user]]\nname = "z', "viewer", "", LONG)


def test_a_taken_name_and_a_short_password_are_refused(tmp_path):
    file = tmp_path / "users.toml"
    add_user(file, "one", "admin", "", LONG)
    with pytest.raises(ConfigError, match="there already"):
        add_user(file, "one", "viewer", "", LONG)
    with pytest.raises(ConfigError, match="at least 10"):
        hash_password("short")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[user]\n", "cannot be read"),
        ("", "there is no user"),
        ('user = "x"', "as a \\[\\[user\\]\\] table"),
        ('[[user]]\nname = "a"\nrole = "king"\npassword_hash = "x"', "role must be one of"),
        ('[[user]]\nname = "a"\nrole = "admin"', "neither password_hash nor tokens"),
        ('[[user]]\nname = "a"\nrole = "admin"\ntokens = ["plain"]', "sha256"),
        ('[[user]]\nname = "a"\nrole = "admin"\npasword_hash = "x"', "unknown key pasword_hash"),
        ('[[user]]\nname = "a"\nrole = "admin"\npassword_hash = "x"\n' * 2, "stands twice"),
        ('[[user]]\nname = "a"\nrole = "officer"\npassword_hash = "x"\ndisplay = true', "must be viewer"),
        ('[[user]]\nname = "a"\nrole = "viewer"\npassword_hash = "x"\ndisplay = 1', "true or false"),
        ('[[user]]\nname = 7\nrole = "admin"\npassword_hash = "x"', "name must be text"),
    ],
)
def test_a_file_of_users_with_a_fault_says_which(tmp_path, text, said):
    file = tmp_path / "users.toml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=said):
        read_users(file)


def test_an_area_is_the_beginning_of_a_code(tmp_path):
    user = User(name="a", role="viewer", area="4205")
    assert user.sees("420502001001")
    assert not user.sees("420602001001")
    assert not user.sees(None)
    assert User(name="b", role="viewer").sees(None)


def test_a_new_password_ends_the_sessions_of_the_old_one():
    old, new = (User(name="a", role="viewer", password_hash=word) for word in ("x", "y"))
    assert old.stamp != new.stamp
    assert Users((old,)).find("a") is old


def test_a_display_may_only_look_and_holds_longer_than_a_person(tmp_path):
    file = tmp_path / "users.toml"
    add_user(file, "wall", "viewer", "", LONG, display=True)
    add_user(file, "wang", "viewer", "", LONG)
    wall, wang = (read_users(file).find(name) for name in ("wall", "wang"))
    assert (wall.display, wang.display) == (True, False)
    assert wall.session_s > 100 * 86_400 > wang.session_s
    with pytest.raises(ConfigError, match="must be viewer"):
        add_user(file, "desk", "officer", "", LONG, display=True)


def test_a_display_that_becomes_a_person_signs_in_again():
    wall, person = (
        User(name="a", role="viewer", password_hash="x", display=is_one) for is_one in (True, False)
    )
    assert wall.stamp != person.stamp
