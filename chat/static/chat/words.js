// The page's words in the customer's language, and elements that are made of text alone.

const all = JSON.parse(document.getElementById("words").textContent);
const SVG = "http://www.w3.org/2000/svg";

export const at = (id) => document.getElementById(id);
export const tongue = { now: document.documentElement.lang in all ? document.documentElement.lang : "en" };

export const word = (key, data = {}) =>
  all[tongue.now][key].replace(/\{(\w+)\}/g, (_, name) => data[name]);

// years are AD in every language, as in our mails
export const longDay = (day) =>
  day.toLocaleDateString(`${tongue.now}-u-ca-gregory`, { year: "numeric", month: "long", day: "numeric" });

export function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

export function button(className, text, onClick) {
  const element = make("button", className, text);
  element.type = "button";
  element.addEventListener("click", onClick);
  return element;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

// for who hears the page: what others see change
export function announce(text) {
  at("announce").textContent = text;
}

export function relabel() {
  document.documentElement.lang = tongue.now;
  document.querySelectorAll("[data-word]").forEach((element) => {
    element.textContent = word(element.dataset.word);
  });
  document.querySelectorAll("[data-label]").forEach((element) => {
    element.ariaLabel = word(element.dataset.label);
    if (element.tagName === "BUTTON") element.title = element.ariaLabel;
  });
}

export const newCid = () =>
  crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint32Array(4))).join("-");
