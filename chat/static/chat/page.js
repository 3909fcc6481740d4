// The conversation's page. Everything that people wrote is set as text, never as markup.

import { Connection } from "./connection.js";

const LIMIT = 2000;
const LIMIT_SHOWN = 200;
const CONTAINERS = ["20ft", "40ft", "40ft HC", "45ft"];
const at = (id) => document.getElementById(id);
const wordsOf = JSON.parse(at("words").textContent);
const messages = at("messages");
const scroll = at("scroll");
const entry = at("text");
const byCid = new Map();
const bySeq = new Map();

let language = document.documentElement.lang;
let card = null;
let lastDay = "";
let lastAuthor = "";
let statusNow = "connecting";

const word = (key, data = {}) =>
  wordsOf[language][key].replace(/\{(\w+)\}/g, (_, name) => data[name]);

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

const connection = new Connection({
  conversation: document.body.dataset.conversation,
  frame: onFrame,
  status: showStatus,
});

function onFrame(frame) {
  if (frame.type === "welcome") onWelcome(frame);
  else if (frame.type === "message") onMessage(frame);
  else if (frame.type === "ack") settle(frame.cid, frame.seq);
  else if (frame.type === "state") showCard(frame);
  else if (frame.type === "typing") showTyping(true);
  else if (frame.type === "error") onError(frame);
}

function onWelcome(frame) {
  messages.setAttribute("aria-busy", "true");
  frame.history.forEach((message) => addMessage(message));
  showCard(frame);
  showTyping(frame.waiting);
  if (frame.note) addNote(frame.note);
  messages.removeAttribute("aria-busy");
  toEnd();
}

function onMessage(message) {
  const following = isAtEnd();
  addMessage(message);
  if (message.author !== "customer") showTyping(false);
  following ? toEnd() : (at("newer").hidden = false);
}

function addMessage(message) {
  if (bySeq.has(message.seq)) return;
  if (message.cid && byCid.has(message.cid)) {
    settle(message.cid, message.seq, message.at);
    return;
  }
  place(bubble(message.author, message.text, message.at), message.author, message.at, message.seq);
}

// what was said before this page's own unsent words belongs above them
function place(item, author, time, seq) {
  const unsent = messages.querySelector("li.unsent");
  if (unsent) messages.insertBefore(item, unsent);
  else {
    addDay(time);
    item.classList.toggle("first", author !== lastAuthor);
    lastAuthor = author;
    messages.append(item);
  }
  if (seq) bySeq.set(seq, item);
}

function addDay(time) {
  const when = new Date(time);
  const day = when.toDateString();
  if (day === lastDay) return;
  lastDay = day;
  lastAuthor = "";
  const shown = when.toLocaleDateString(language, { year: "numeric", month: "long", day: "numeric" });
  messages.append(make("li", "day", day === new Date().toDateString() ? word("today") : shown));
}

function bubble(author, text, time) {
  const item = make("li", `message ${author}`);
  item.append(make("span", "sr-only", `${word(author === "customer" ? "you" : author)}: `));
  const body = make("p", "text", text);
  body.dir = "auto";
  item.append(body);
  const clock = make("time", "clock", new Date(time).toLocaleTimeString(language, { hour: "numeric", minute: "2-digit" }));
  clock.dateTime = time;
  item.append(clock);
  return item;
}

function addNote(text) {
  messages.querySelector("li.note")?.remove();
  messages.append(make("li", "note", text));
  lastAuthor = "";
}

function settle(cid, seq, time) {
  const item = byCid.get(cid);
  if (!item) return;
  item.classList.remove("unsent");
  item.querySelector(".fate")?.remove();
  bySeq.set(seq, item);
  if (time) item.querySelector("time").dateTime = time;
}

function onError(frame) {
  const item = frame.cid && byCid.get(frame.cid);
  if (item) {
    item.classList.replace("unsent", "failed");
    fate(item, "failed");
    item.querySelector(".fate").append(againButton(item, frame.cid));
  }
  trouble(frame.text);
}

function againButton(item, cid) {
  const button = make("button", "again", word("again"));
  button.type = "button";
  button.addEventListener("click", () => {
    const text = item.querySelector(".text").textContent;
    byCid.delete(cid);
    item.remove();
    say(text);
    entry.focus();
  });
  return button;
}

function fate(item, key) {
  item.querySelector(".fate")?.remove();
  item.append(make("span", "fate", word(key)));
}

function trouble(text) {
  at("trouble").textContent = text;
  at("trouble").hidden = !text;
}

function showStatus(status) {
  statusNow = status;
  document.body.dataset.status = status;
  at("status").textContent = status === "online" ? word("assistant") : word(status === "connecting" ? "connecting" : status);
  if (status === "denied") {
    entry.disabled = true;
    at("quick").hidden = true;
    showTyping(false);
  }
  if (status !== "online")
    messages.querySelectorAll("li.unsent").forEach((item) => fate(item, "waiting"));
  updateSend();
}

function showCard(frame) {
  card = frame;
  if (frame.lang !== language) setLanguage(frame.lang);
  const known = frame.fields.filter((field) => field.status === "filled").length;
  at("count").textContent = word("progress", { n: known });
  at("progress").value = known;
  at("fields").replaceChildren(...frame.fields.map(factRow));
  at("done").hidden = frame.state !== "completed";
  document.body.classList.toggle("completed", frame.state === "completed");
  if (!frame.waiting) showTyping(false);
  showQuick();
}

function factRow(field) {
  const row = make("div", `fact ${field.status}`);
  const head = make("dt", "", field.label);
  const value = make("dd", "", field.value || word("missing"));
  row.append(head, value);
  if (field.status !== "missing") row.append(make("dd", "mark", word(field.status)));
  return row;
}

function showQuick() {
  const following = isAtEnd();
  const answers = card?.waiting || card?.state === "completed" && !card.confirm ? [] :
    card?.confirm ? [word("yes"), word("no")] : card?.asked === "container" ? CONTAINERS : [];
  const box = at("quick");
  box.replaceChildren(...answers.map((text, index) => {
    const button = make("button", card.confirm && index === 0 ? "chip strong" : "chip", text);
    button.type = "button";
    button.addEventListener("click", () => say(text));
    return button;
  }));
  box.hidden = answers.length === 0;
  if (following) toEnd();
}

function showTyping(shown) {
  const following = isAtEnd();
  at("typing").hidden = !shown;
  if (shown) at("quick").hidden = true;
  if (following) toEnd();
}

function say(text) {
  trouble("");
  const now = new Date().toISOString();
  const cid = connection.say(text);
  const item = bubble("customer", text, now);
  item.classList.add("unsent");
  addDay(now);
  item.classList.toggle("first", lastAuthor !== "customer");
  lastAuthor = "customer";
  messages.querySelector("li.note")?.remove();
  messages.append(item);
  byCid.set(cid, item);
  if (statusNow !== "online") fate(item, "waiting");
  at("quick").hidden = true;
  toEnd();
}

const characters = () => [...entry.value].length;

function updateSend() {
  const left = LIMIT - characters();
  at("left").textContent = left < LIMIT_SHOWN ? word("left", { n: left }) : "";
  at("left").classList.toggle("over", left < 0);
  at("send").disabled = !entry.value.trim() || left < 0 || statusNow === "denied";
  entry.style.height = "auto";
  entry.style.height = `${entry.scrollHeight}px`;
}

const isAtEnd = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;

function toEnd() {
  scroll.scrollTop = scroll.scrollHeight;
  at("newer").hidden = true;
}

function setLanguage(chosen) {
  language = chosen;
  document.documentElement.lang = chosen;
  at("language").value = chosen;
  document.querySelectorAll("[data-word]").forEach((element) => {
    element.textContent = word(element.dataset.word);
  });
  entry.placeholder = word("placeholder");
  showStatus(statusNow);
  if (card) showCard({ ...card, lang: chosen });
}

at("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  if (at("send").disabled) return;
  say(entry.value.trim());
  entry.value = "";
  updateSend();
  entry.focus();
});

entry.addEventListener("input", updateSend);
entry.addEventListener("keydown", (event) => {
  // 229: the key belongs to an input method, which Safari reports after its composition has ended
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  at("composer").requestSubmit();
});

at("newer").addEventListener("click", toEnd);
at("language").addEventListener("change", (event) => {
  setLanguage(event.target.value);
  connection.speak(event.target.value);
});
scroll.addEventListener("scroll", () => isAtEnd() && (at("newer").hidden = true), { passive: true });
new ResizeObserver(() => isAtEnd() && toEnd()).observe(scroll);

const narrow = matchMedia("(max-width: 900px)");
const fold = () => (at("facts-box").open = !narrow.matches);
narrow.addEventListener("change", fold);
fold();
setLanguage(language);
connection.open();
if (!narrow.matches) entry.focus();
