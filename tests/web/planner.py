"""A planner at work on the town: what the tests of the editor's routes share."""

from service_town import ORIGIN, start_service


class Planner:
    """A client with a draft of its own."""

    def __init__(self, app, draft_id=None, headers=None):
        self.client = app.test_client()
        self.client.environ_base["HTTP_ORIGIN"] = ORIGIN
        self.headers = headers or {}
        self.draft_id = draft_id or self.ask("post", "/api/v1/drafts", 201)["draft_id"]
        self.atoms = self.ask("get", f"{self.path}/atoms")["atom_id"]
        self.codes = [row["grid_code"] for row in self.state()["grids"]]

    @property
    def path(self):
        return f"/api/v1/drafts/{self.draft_id}"

    def ask(self, method, path, status=200, **body):
        answer = getattr(self.client, method)(path, headers=self.headers, json=body or None)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_json()

    def state(self):
        return self.ask("get", self.path)

    def do(self, kind, status=200, **told):
        return self.ask("post", f"{self.path}/operations", status, kind=kind, **told)

    def grid_of_atoms(self):
        told = self.state()["atoms"]
        return {atom: told["codes"][n] for atom, n in zip(self.atoms, told["grid"], strict=True)}

    def atoms_of(self, grid):
        return sorted(atom for atom, code in self.grid_of_atoms().items() if code == grid)

    def pair(self):
        """Return two grids of one community."""
        rows = self.state()["grids"]
        first = rows[0]
        other = next(row for row in rows[1:] if row["area_code"] == first["area_code"])
        return first["grid_code"], other["grid_code"]


def planner_service(town_file, folder, **choices):
    return start_service(town_file, folder, local_role="planner", **choices)
