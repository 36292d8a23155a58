// Words and numbers in the reader's language, and page elements that can only hold text.

let words = {};
let language = "en";
const formats = new Map(); // making one takes longer than a hundred numbers

export function setLanguage(catalogue, lang) {
  language = catalogue[lang] ? lang : "en";
  words = catalogue[language];
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
}

export function getLanguage() {
  return language;
}

// The word for a key with {places} filled in; null when the catalogue has none.
export function lookUp(key, values = {}) {
  const text = words[key];
  return text === undefined ? null : text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export function say(key, values) {
  return lookUp(key, values) ?? key;
}

// A value of the data in the reader's words where the catalogue knows it, else as it stands in the file.
export function sayValue(kind, value) {
  return value == null ? say("unknown") : (lookUp(`${kind}.${value}`) ?? value);
}

// A reason, each sentence in the reader's language where a pattern of the catalogue fits, else as the file has it.
export function sayReason(reason, patterns = "reasons") {
  return reason.split("; ").map((sentence) => saySentence(sentence, words[patterns])).join(language === "zh" ? "；" : "; ");
}

function saySentence(sentence, patterns) {
  for (const [pattern, text] of patterns) {
    const found = new RegExp(`^(?:${pattern})$`).exec(sentence);
    if (found) return text.replace(/\$(\d)/g, (_, place) => found[place]).replaceAll("households", say("unit.households")).replaceAll("people", say("unit.people"));
  }
  return sentence;
}

export function formatNumber(value, digits = 0) {
  if (value == null) return "–";
  const key = `${language}${digits}`;
  if (!formats.has(key)) formats.set(key, new Intl.NumberFormat(language === "zh" ? "zh-CN" : "en", { maximumFractionDigits: digits }));
  return formats.get(key).format(value);
}

export function formatShare(value) {
  if (value == null) return "–";
  // Never round an imperfect share up to a perfect one.
  const shown = value < 1 ? Math.min(Math.round(value * 1000) / 10, 99.9) : 100;
  return `${formatNumber(shown, 1)}${language === "zh" ? "" : " "}%`.replace(" ", "\u2009");
}

export function formatArea(value) {
  if (value == null) return "–";
  if (value >= 1e6) return `${formatNumber(value / 1e6, 2)} km²`;
  if (value >= 1e4) return `${formatNumber(value / 1e4, 1)} ha`;
  return `${formatNumber(value)} m²`;
}

export function formatMeasure(name, value) {
  return name === "area_m2" ? formatArea(value) : formatNumber(value);
}

// Makes an element; children are elements or text, and text never becomes markup.
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== false && value != null) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}
