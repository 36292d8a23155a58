// Elements of the page that every part uses, and its words: one catalogue for the page and the parts of the file map.

import { getLanguage, lookUp, say, sayReason, setLanguage } from "../front/words.js";

export const find = (id) => document.getElementById(id);

// A phone: the panel lies over the map.
export const isNarrow = () => window.matchMedia("(max-width: 760px)").matches;

// A phone or a tablet held upright: a card covers the lower half of the map.
export const isUpright = () => window.matchMedia("(max-width: 760px), (max-width: 900px) and (orientation: portrait)").matches;

// Focusing a field would bring up the keyboard over the map.
export const isTouched = () => window.matchMedia("(pointer: coarse)").matches;

export function readPage() {
  return JSON.parse(find("page").textContent);
}

export function useLanguage(words, language) {
  setLanguage(words, language);
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  showWords();
}

// Puts the words of the reader's language into the page's own elements.
export function showWords(root = document) {
  for (const element of root.querySelectorAll("[data-word]")) element.textContent = say(element.dataset.word);
  for (const element of root.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", say(element.dataset.label));
    if (element.title || element.tagName === "BUTTON" || element.tagName === "A") element.title = say(element.dataset.label);
  }
  for (const element of root.querySelectorAll("[data-hint]")) element.placeholder = say(element.dataset.hint);
}

// Why something did not work, in the words of who looks at the page; what has no words of its own is told as the service says it.
export function sayFault({ kind, message }) {
  return say("fault", { why: lookUp(`fault.${kind}`) ?? sayReason(message, "refusals") });
}

export function otherLanguage() {
  return getLanguage() === "zh" ? "en" : "zh";
}

export function sayOr(key, fallback) {
  return lookUp(key) ?? fallback;
}

// Runs at most once a frame, however often it is asked for.
export function oncePerFrame(action) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    window.requestAnimationFrame(() => {
      asked = false;
      action();
    });
  };
}
