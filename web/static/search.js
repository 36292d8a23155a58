// One field for everything: address, place, grid code, community, street, coordinates.

import { make, say } from "../front/words.js";
import { readJson, toQuery } from "./client.js";

const PAUSE_MS = 160; // as long as a finger rests between two letters
const SHOWN = 10;

export function connectSearch(input, list, choose, complain) {
  let turn = 0, timer = 0;
  const clear = () => {
    turn++;
    window.clearTimeout(timer);
    list.replaceChildren();
    input.setAttribute("aria-expanded", "false");
  };
  const pick = (result) => {
    input.value = result.title;
    clear();
    choose(result);
  };

  async function look(takeFirst = false) {
    const query = input.value.trim(), mine = ++turn;
    if (!query) return clear();
    try {
      const { results } = await readJson(`/api/v1/search${toQuery({ q: query, limit: SHOWN })}`);
      if (mine !== turn) return undefined;
      if (takeFirst && results.length) return pick(results[0]);
      list.replaceChildren(...results.map((result, k) => buildResult(result, k, pick)));
      if (!results.length) list.append(make("li", { class: "nothing" }, say("search.nothing")));
      input.setAttribute("aria-expanded", "true");
    } catch (error) {
      if (mine === turn) complain(error);
    }
    return undefined;
  }

  input.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(look, PAUSE_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      window.clearTimeout(timer);
      look(true);
    }
    if (event.key === "ArrowDown") list.querySelector("button")?.focus();
    if (event.key === "Escape") clear();
  });
  list.addEventListener("keydown", (event) => {
    const buttons = [...list.querySelectorAll("button")], place = buttons.indexOf(document.activeElement);
    if (event.key === "ArrowDown") buttons[place + 1]?.focus();
    if (event.key === "ArrowUp") (buttons[place - 1] ?? input).focus();
    if (event.key === "Escape") {
      clear();
      input.focus();
    }
    if (event.key.startsWith("Arrow")) event.preventDefault();
  });
  document.addEventListener("click", ({ target }) => list.contains(target) || target === input || clear());
  return { clear };
}

function buildResult(result, k, pick) {
  const button = make("button", { type: "button", role: "option", id: `result-${k}`, click: () => pick(result) },
    make("span", { class: "kind" }, say(`search.${result.kind}`)),
    make("span", { class: "name" }, result.title),
    make("span", { class: "code" }, result.subtitle && result.subtitle !== result.title ? result.subtitle : ""));
  return make("li", { role: "presentation" }, button);
}
