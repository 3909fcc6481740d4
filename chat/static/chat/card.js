// The six facts, each changeable in place, and the quotation once there is one.

import { answerForm } from "./answers.js";
import { announce, at, button, icon, make, word } from "./words.js";

// `say(text)` sends an edit as the customer's message; `open(kind)` opens the quotation
export class Card {
  constructor({ say, look, open }) {
    this.say = say;
    this.look = look;
    this.open = open;
    this.rows = new Map();
    this.editing = null; // the name of the fact whose form is open
    this.shown = "";
  }

  show(card) {
    const known = card.fields.filter((field) => field.status !== "missing").length;
    this.facts = factsOf(card);
    this.locked = Boolean(card.quotation);
    if (this.locked) this.leave(false);
    at("number").textContent = card.number;
    at("count").textContent = word("progress", { n: known });
    at("progress").value = known;
    card.fields.forEach((field) => this.showField(field, card));
    document.body.classList.toggle("complete", known === card.fields.length);
    document.body.classList.toggle("quoted", this.locked);
    at("done").hidden = card.state !== "completed" || Boolean(card.quotation);
    this.showAddress(card.address);
    this.showQuotation(card.quotation);
  }

  showField(field, card) {
    const row = this.rows.get(field.name) ?? this.newRow(field.name);
    const changed = row.field && row.field.value !== field.value && field.value;
    if (changed && row.field.label === field.label) announce(`${field.label}: ${field.value}`);
    row.field = field;
    row.box.className = `fact ${field.status}${card.asked === field.name ? " asked" : ""}`;
    if (!card.waiting) row.box.ariaBusy = "false";
    if (this.editing !== field.name) this.showValue(row);
  }

  newRow(name) {
    const row = { box: make("div"), label: make("dt"), mark: make("dd", "mark"), value: make("dd", "value") };
    row.box.append(row.label, row.mark, row.value);
    at("fields").append(row.box);
    this.rows.set(name, row);
    return row;
  }

  showValue(row) {
    const { label, value, status, name } = row.field;
    row.label.textContent = label;
    row.mark.textContent = status === "missing" ? "" : word(status);
    row.mark.hidden = status === "missing";
    const told = make("bdi", "", value || word("missing"));
    if (this.locked) {
      row.value.replaceChildren(told);
      row.edit = null;
      return;
    }
    // the button stays the same element: who has it in focus keeps it
    row.edit ??= button("change", undefined, () => this.edit(row.field.name));
    row.edit.replaceChildren(told, icon("pencil"));
    row.edit.ariaLabel = `${word("edit", { label })}: ${told.textContent}`;
    if (row.value.firstChild !== row.edit) row.value.replaceChildren(row.edit);
    row.edit.dataset.name = name;
  }

  edit(name) {
    this.leave(false);
    const row = this.rows.get(name);
    const cancel = () => this.leave(true);
    const say = (text) => {
      row.box.ariaBusy = "true";
      this.leave(true);
      this.say(text);
    };
    const form = answerForm(row.field, { facts: this.facts, look: this.look, say, cancel });
    this.editing = name;
    row.value.replaceChildren(form);
    row.mark.hidden = true;
    form.start.focus();
    form.start.select?.();
  }

  // back to the value; `focus` where the keyboard was in the form
  leave(focus) {
    if (!this.editing) return;
    const row = this.rows.get(this.editing);
    this.editing = null;
    this.showValue(row);
    if (focus) row.edit?.focus();
  }

  showAddress(address) {
    const told = { sent: "address_sent", proven: "address_proven" }[address];
    at("address").hidden = !told;
    at("address").textContent = told ? word(told) : "";
  }

  showQuotation(quotation) {
    const box = at("quotation");
    const told = JSON.stringify([quotation, word("quotation")]);
    if (told === this.shown) return;
    this.shown = told;
    box.hidden = !quotation;
    if (quotation) box.replaceChildren(...this.quotationParts(quotation));
  }

  quotationParts(quotation) {
    const title = make("h2", "", word("quotation"));
    title.id = "quotation-title";
    const number = make("bdi", "facts-number", quotation.number);
    const head = make("div", "quotation-head");
    head.append(title, number);
    if (quotation.revision > 1) head.append(make("span", "facts-number", word("revision", { n: quotation.revision })));
    const lines = make("dl", "lines");
    for (const { text, amount } of quotation.lines) lines.append(priceLine(text, amount));
    lines.append(priceLine(word("total"), quotation.total, "sum"));
    const notes = make("p", "soft");
    notes.append(`${word("valid")} `, make("bdi", "", quotation.valid_until), make("br"), quotation.note);
    const parts = [head, lines, notes];
    if (quotation.stamp) parts.splice(1, 0, make("p", "stamp", quotation.stamp));
    if (!quotation.pages) return parts;
    const actions = make("div", "actions");
    actions.append(
      button("chip strong", word("open_page"), () => this.open("page", quotation)),
      button("chip", word("open_pdf"), () => this.open("pdf", quotation)),
    );
    return [...parts, actions];
  }
}

// what a form needs to know of the others: dates as ISO, and how many containers
export function factsOf(card) {
  const facts = Object.fromEntries(card.fields.map((field) => [field.name, field.raw ?? ""]));
  const size = card.fields.find((field) => field.name === "container");
  return { ...facts, boxes: Number(/×\s*(\d+)/.exec(size?.value ?? "")?.[1] ?? 1) };
}

function priceLine(text, amount, className = "") {
  const row = make("div", className);
  const value = make("dd");
  value.append(make("bdi", "", amount));
  row.append(make("dt", "", text), value);
  return row;
}
