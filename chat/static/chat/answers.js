// Small forms that each fit one fact. What they hand over is a sentence as the customer would write
// it, and as the extractor reads it exactly.

import { announce, button, longDay, make, tongue, word } from "./words.js";

const CONTAINERS = { "20ft": "20ft", "40ft": "40ft", "40ftHC": "40ft HC", "45ft": "45ft" };
const LB_KG = 0.45359237;
const MOST_BOXES = 99;
const DAY = 86_400_000;
const PATIENCE = 180;
let count = 0;

const sentence = (name, value) => word(`say_${name}`, { value });

// `field` is the card's; `facts` all of them; `look(text)` finds places; `say(text)` sends;
// `cancel()` where the form can be left
export function answerForm(field, { facts, look, say, cancel }) {
  const form = make("form", `answer answer-${field.name}`);
  form.noValidate = true;
  form.autocomplete = "off";
  const trouble = make("p", "answer-trouble");
  trouble.id = `answer-${++count}`;
  trouble.setAttribute("role", "alert");
  const kind = { etd: date, eta: date, origin: place, destination: place }[field.name] ?? kinds[field.name];
  const { parts, told, first } = kind(field, { facts, look, send: (text) => say(text) });
  const row = make("div", "answer-row");
  const apply = make("button", "apply", word(cancel ? "apply" : "send"));
  row.append(apply);
  if (cancel) row.append(button("quiet", word("cancel"), cancel));
  form.append(...parts, trouble, row);
  form.start = first;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { text, wrong } = told();
    trouble.textContent = wrong ?? "";
    first.setAttribute("aria-invalid", Boolean(wrong));
    first.setAttribute("aria-describedby", trouble.id);
    wrong ? first.focus() : say(text);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !cancel || event.defaultPrevented) return;
    event.preventDefault();
    cancel();
  });
  return form;
}

function input(type, label, value = "") {
  const element = make("input");
  element.type = type;
  element.value = value;
  element.ariaLabel = label;
  return element;
}

const kinds = {
  gross_weight_kg: weight,
  container,
  address(field) {
    const first = input("email", field.label);
    first.placeholder = "name@company.example";
    first.autocomplete = "email";
    first.required = true;
    const told = () => (first.value && first.checkValidity() ? { text: first.value.trim() } : { wrong: word("bad_email") });
    return { parts: [first], told, first };
  },
};

function weight(field) {
  const first = input("number", field.label, field.raw ?? "");
  Object.assign(first, { inputMode: "decimal", min: "0.01", max: "100000000", step: "any" });
  const unit = make("select");
  unit.ariaLabel = word("unit");
  unit.append(...["kg", "t", "lb"].map((name) => make("option", "", name)));
  const line = make("div", "answer-line");
  line.append(first, unit);
  const told = () => {
    const amount = Number(first.value);
    const kg = amount * { kg: 1, t: 1000, lb: LB_KG }[unit.value];
    if (!first.checkValidity() || !(kg >= 0.01)) return { wrong: word("bad_weight") };
    // "1.234 t" may be read as 1,234: tonnes are said in kg
    const [value, named] = unit.value === "lb" ? [amount, "lb"] : [kg, "kg"];
    return { text: sentence(field.name, `${Number(value.toFixed(2))} ${named}`) };
  };
  return { parts: [line], told, first };
}

function container(field, { facts }) {
  const sizes = make("fieldset", "sizes");
  sizes.append(make("legend", "sr-only", field.label));
  const group = `size-${++count}`;
  const options = Object.entries(CONTAINERS).map(([raw, name]) => {
    const option = input("radio", name, raw);
    option.name = group;
    option.checked = raw === field.raw;
    const label = make("label", "size");
    label.append(option, make("span", "", name));
    sizes.append(label);
    return option;
  });
  const boxes = input("number", word("boxes"), String(facts.boxes ?? 1));
  Object.assign(boxes, { inputMode: "numeric", min: "1", max: String(MOST_BOXES), step: "1" });
  const line = make("div", "answer-line stepper");
  const step = (by) => () => (boxes.value = Math.min(MOST_BOXES, Math.max(1, (Number(boxes.value) || 1) + by)));
  const fewer = button("step", "−", step(-1));
  const more = button("step", "+", step(1));
  fewer.ariaLabel = word("fewer");
  more.ariaLabel = word("more");
  line.append(make("span", "soft", word("boxes")), fewer, boxes, more);
  const told = () => {
    const chosen = options.find((option) => option.checked);
    if (!chosen) return { wrong: word("bad_size") };
    const number = Math.min(MOST_BOXES, Math.max(1, Math.trunc(Number(boxes.value)) || 1));
    return { text: sentence(field.name, `${number} x ${CONTAINERS[chosen.value]}`) };
  };
  return { parts: [sizes, line], told, first: options.find((option) => option.checked) ?? options[0] };
}

// today is day 0, where the customer is
const isoDay = (days) => new Date(Date.now() + days * DAY - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 10);

function date(field, { facts }) {
  const first = input("date", field.label, field.raw ?? "");
  const least = isoDay(field.name === "eta" ? 1 : 0);
  first.min = field.name === "eta" && facts.etd > least ? facts.etd : least;
  first.max = `${new Date().getFullYear() + 3}-12-31`;
  first.addEventListener("click", () => first.showPicker?.());
  const told = () => {
    if (first.value && first.checkValidity()) return { text: sentence(field.name, first.value) };
    const day = longDay(new Date(`${first.min}T00:00`));
    return { wrong: word("bad_date", { day }) };
  };
  return { parts: [first], told, first };
}

// the combobox pattern of the ARIA practices, with a list that the keyboard walks
function place(field, { look, send }) {
  const first = input("text", field.label);
  const list = make("ul", "places");
  list.id = `places-${++count}`;
  list.setAttribute("role", "listbox");
  list.ariaLabel = field.label;
  list.hidden = true;
  first.placeholder = word("place_hint");
  first.dir = "auto";
  first.setAttribute("role", "combobox");
  first.setAttribute("aria-autocomplete", "list");
  first.setAttribute("aria-controls", list.id);
  first.setAttribute("aria-expanded", "false");
  const chosen = () => list.querySelector("[aria-selected=true]");
  const take = (item) => send(sentence(field.name, `${item.dataset.locode} (${item.dataset.name})`));
  const close = () => show(first, list, []);
  let timer;
  first.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const text = first.value.trim();
      const found = text ? await look(text) : [];
      if (found && text === first.value.trim()) show(first, list, found, text);
    }, PATIENCE);
  });
  first.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    const to = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (to && !list.hidden) move(first, list, to);
    else if (event.key === "Enter" && chosen()) take(chosen());
    else if (event.key === "Escape" && !list.hidden) close();
    else return;
    event.preventDefault();
  });
  list.addEventListener("click", (event) => {
    const item = event.target.closest("[role=option]");
    if (item?.dataset.locode) take(item);
  });
  const told = () => {
    const text = first.value.trim();
    return text ? { text: sentence(field.name, text.slice(0, 200)) } : { wrong: word("bad_place") };
  };
  return { parts: [first, list], told, first };
}

function show(first, list, found, text = "") {
  list.replaceChildren(...found.map(({ locode, name, note }, number) => {
    const item = make("li");
    item.id = `${list.id}-${number}`;
    item.setAttribute("role", "option");
    item.ariaSelected = "false";
    Object.assign(item.dataset, { locode, name });
    item.append(make("bdi", "", name), make("span", "soft", note || locode));
    return item;
  }));
  list.hidden = !found.length;
  first.setAttribute("aria-expanded", Boolean(found.length));
  first.removeAttribute("aria-activedescendant");
  if (found.length) list.scrollIntoView({ block: "nearest" });
  if (text) announce(found.length ? word("places", { n: found.length }) : word("no_places"));
}

function move(first, list, by) {
  const items = [...list.children];
  const now = items.findIndex((item) => item.ariaSelected === "true");
  const next = items[(now < 0 && by < 0 ? items.length - 1 : now + by + items.length) % items.length];
  items.forEach((item) => (item.ariaSelected = String(item === next)));
  first.setAttribute("aria-activedescendant", next.id);
  next.scrollIntoView({ block: "nearest" });
}

// finds places for what is being typed; null where a later question has overtaken this one
export function placeFinder({ root, bearer }) {
  let running;
  return async (text) => {
    running?.abort();
    const mine = (running = new AbortController());
    const query = new URLSearchParams({ q: text, lang: tongue.now });
    try {
      const headers = bearer ? { Authorization: `Bearer ${bearer}` } : {};
      const answer = await fetch(`${root}places/?${query}`, { headers, signal: mine.signal });
      return answer.ok ? await answer.json() : [];
    } catch {
      return mine.signal.aborted ? null : [];
    }
  };
}
