// Save, conflict, versions and export, help: one dialog that shows one of them at a time.

import { formatNumber, make, say } from "../../front/words.js";
import { find, sayFault } from "../page.js";
import { tell } from "../status.js";
import { kindOf } from "./rows.js";
import { discardDraft, listVersions, mergeDraft, publishVersion, saveDraft } from "./service.js";

export function connectDialogs(app, { reopen, complain }) {
  const dialog = find("dialog");

  function open(title, ...parts) {
    dialog.replaceChildren(make("h2", { id: "dialog-title" }, title), ...parts);
    if (!dialog.open) dialog.showModal();
  }

  const close = () => dialog.close();
  const button = (key, click, kind = "", name = "") => make("button", { type: "button", class: kind, id: name || false, click: () => Promise.resolve(click()).catch(fail) }, say(key));
  const buttons = (...list) => make("div", { class: "buttons" }, ...list, button("edit.close", close));

  function fail(error) {
    close();
    complain(error);
  }

  async function save() {
    if (app.draft.saving === "waiting") return tell(find("told"), say("edit.unsaved"));
    await app.draft.settled();
    const { draft } = app, rows = [...draft.rows.values()].filter((row) => !row.is_dedicated);
    const good = rows.filter((row) => kindOf(row, draft.range) === "in_range").length;
    const note = make("textarea", { id: "note", rows: 3, maxlength: 2000 });
    const publish = make("input", { type: "checkbox", id: "publish" });
    const mayPublish = !app.user?.area;
    const broken = draft.alarms.length ? make("p", { class: "fault" }, say("edit.save.broken", { n: draft.alarms.length })) : null;
    const fault = make("p", { class: "fault", role: "alert" });
    // What was typed stays until the version is saved.
    const act = async () => {
      yes.disabled = true;
      fault.textContent = say("edit.sending");
      try {
        await send({ note: note.value, publish: mayPublish && publish.checked, expected: draft.n });
      } catch (error) {
        fault.textContent = sayFault(error);
        yes.disabled = false;
      }
    };
    const yes = button("edit.save.do", act, "main", "save-do");
    yes.disabled = Boolean(broken);
    open(say("edit.save.title"),
      make("p", {}, say("edit.save.who", { name: app.user?.name ?? "–" })),
      make("p", {}, say("edit.save.what", { atoms: formatNumber(draft.total.n_atoms), households: formatNumber(draft.total.households), good: formatNumber(good), all: formatNumber(rows.length) })),
      broken ?? "",
      make("label", { class: "field" }, make("span", {}, say("edit.save.note")), note),
      mayPublish ? make("label", { class: "check" }, publish, make("span", {}, say("edit.save.publish"))) : "",
      fault, buttons(yes));
    note.focus();
    return null;
  }

  async function send(told) {
    let saved;
    try {
      saved = await saveDraft(app.draft.id, told);
    } catch (error) {
      if (error.status === 409 && error.body?.error?.since) return conflict(error.body.error);
      throw error;
    }
    close();
    await reopen(null).catch(complain);
    return tell(find("told"), say(saved.published ? "edit.saved.published" : "edit.saved", { n: saved.version_id }));
  }

  function conflict({ since }) {
    const told = since.map(({ version_id: n, author, at, note }) => make("li", {}, say("edit.conflict.since", { n, author, at: at.slice(0, 16).replace("T", " "), note: note || "–" })));
    open(say("edit.conflict.title"), make("p", {}, say("edit.conflict.what")), make("ul", {}, ...(told.length ? told : [make("li", {}, say("edit.conflict.division"))])), buttons(button("edit.conflict.merge", merge, "main", "merge-do")));
  }

  async function merge() {
    close();
    const { draft_id: id, kept, dropped, overlaps } = await mergeDraft(app.draft.id);
    await reopen(id);
    open(say("edit.merged.title"), make("p", {}, say("edit.merged.kept", { n: kept })),
      dropped.length ? make("p", {}, say("edit.merged.dropped", { n: dropped.length })) : "",
      make("ul", {}, ...dropped.map(({ number, kind, why }) => make("li", {}, `${number}. ${say(`edit.tool.${kind}`)}: ${why}`))),
      make("ul", {}, ...overlaps.map(({ number, n_atoms: n }) => make("li", {}, say("edit.merged.overlaps", { number, n })))),
      buttons());
  }

  async function versions() {
    await app.draft.settled();
    const { versions: list } = await listVersions();
    const path = `/api/v1/drafts/${app.draft.id}`, broken = app.draft.alarms.length > 0;
    const gpkg = broken ? make("p", { class: "fault" }, say("edit.export.broken")) : make("p", {}, make("a", { href: `${path}/division.gpkg`, id: "export-gpkg" }, say("edit.export.gpkg")));
    open(say("edit.export.title"), gpkg, make("p", {}, make("a", { href: `${path}/atoms.csv`, id: "export-csv" }, say("edit.export.csv"))),
      make("h2", {}, say("edit.versions")), list.length ? make("div", { class: "versions" }, make("table", {}, ...list.map(describe).reverse())) : make("p", { class: "soft" }, say("edit.versions.none")),
      buttons(button("edit.print", print), app.draft.n ? button("edit.discard", discard, "", "discard") : ""));
  }

  function print() {
    close();
    window.print();
  }

  function describe({ version_id: n, author, at, note, is_served: isServed, may_publish: mayPublish }) {
    const act = async () => {
      await publishVersion(n);
      close();
      await app.draft.reload();
      tell(find("told"), say("edit.published", { n }));
    };
    const state = isServed ? make("b", {}, say("edit.version.served")) : mayPublish ? button("edit.publish", act) : "";
    return make("tr", {}, make("td", {}, make("a", { href: `/api/v1/versions/${n}.gpkg` }, say("edit.version", { n }))), make("td", {}, `${author}, ${at.slice(0, 16).replace("T", " ")}`, make("br"), note || "–"), make("td", {}, state));
  }

  function discard() {
    const act = async () => {
      close();
      await discardDraft(app.draft.id);
      await reopen(null);
    };
    open(say("edit.discard.sure", { n: app.draft.n }), buttons(button("edit.discard", act, "main", "discard-do")));
  }

  function help() {
    open(say("edit.help.title"), make("ul", {}, ...say("edit.help.keys").split(" · ").map((line) => make("li", {}, line))), make("p", {}, say("edit.help.laws")), make("p", {}, say("edit.help.draft")), buttons());
  }

  find("save").addEventListener("click", () => save().catch(fail));
  find("more").addEventListener("click", () => versions().catch(fail));
  find("help").addEventListener("click", help);
  find("merge-now").addEventListener("click", () => merge().catch(fail));
  return { save: () => save().catch(fail), help };
}
