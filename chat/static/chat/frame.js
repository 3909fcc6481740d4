// The page in the widget's iframe. Until something is said there is no conversation, and nothing is
// stored; who talks is a bearer in this page's memory alone.

import { start } from "./page.js";
import { at, relabel, tongue, word } from "./words.js";

const LIMIT = 2000;
const { site } = document.body.dataset; // the page around us, if it is one that may show us
const framed = parent !== window && Boolean(site);
const before = new AbortController(); // what listens only until a conversation is there
const { signal } = before;
const entry = at("text");
let conversation = null;
let busy = false;

// the words that go to and fro: ready, unread, close; token, lang, open, close
const tell = (busybee, data = {}) => framed && parent.postMessage({ busybee, ...data }, site);

addEventListener("message", ({ origin, source, data }) => {
  if (!framed || source !== parent || origin !== site) return;
  if (data?.busybee === "token" && typeof data.token === "string") openLink(data.token);
  else if (data?.busybee === "lang" && typeof data.lang === "string") switchTo(data.lang);
  else if (data?.busybee === "open") shown(true);
  else if (data?.busybee === "close") shown(false);
});

function shown(is) {
  conversation?.visible(is);
  if (is && !conversation && matchMedia("(pointer: fine)").matches) entry.focus();
}

function speak(language) {
  tongue.now = language;
  relabel();
  at("language").value = language;
  entry.placeholder = word("placeholder");
  at("status").textContent = word("assistant");
  document.body.dataset.status = "online";
}

function switchTo(language) {
  const choice = at("language");
  if (tongue.now === language || ![...choice.options].some((option) => option.value === language)) return;
  choice.value = language;
  choice.dispatchEvent(new Event("change"));
}

function trouble(text) {
  at("trouble").textContent = text;
  at("trouble").hidden = !text;
}

function updateEntry() {
  const length = [...entry.value.trim()].length;
  at("send").disabled = busy || !length || length > LIMIT;
  entry.style.height = "auto";
  entry.style.height = `${entry.scrollHeight}px`;
}

async function post(path, body) {
  const response = await fetch(new URL(path, location.href), {
    method: "POST",
    credentials: "omit",
    headers: { "Content-Type": "application/json", "Accept-Language": tongue.now },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw Object.assign(new Error(path), { status: response.status });
  return response.json();
}

// the answer to a POST for a conversation, or null with the trouble shown
async function asked(path, body, refused) {
  if (busy || conversation) return null;
  busy = true;
  trouble("");
  updateEntry();
  try {
    return await post(path, body);
  } catch (error) {
    trouble(word(error.status ? refused : "lost"));
    return null;
  } finally {
    busy = false;
    updateEntry();
  }
}

function begin(pass) {
  before.abort();
  at("intro").remove();
  document.body.classList.remove("before");
  conversation = start({ ...pass, embedded: true, onMeta: ({ unread }) => tell("unread", { count: unread }) });
  conversation.visible(true);
}

async function sayFirst(event) {
  event.preventDefault();
  if (at("send").disabled) return;
  const pass = await asked("../start/", { lang: tongue.now }, "busy");
  if (!pass) return;
  begin(pass);
  entry.dispatchEvent(new Event("input"));
  at("composer").requestSubmit();
}

async function openLink(token) {
  const pass = await asked("../exchange/", { token }, "gone");
  if (pass) begin(pass);
}

function listen() {
  at("composer").addEventListener("submit", sayFirst, { signal });
  entry.addEventListener("input", updateEntry, { signal });
  entry.addEventListener("keydown", (event) => {
    // 229: the key belongs to an input method
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    at("composer").requestSubmit();
  }, { signal });
  at("language").addEventListener("change", (event) => speak(event.target.value), { signal });
  at("try").addEventListener("click", () => {
    entry.value = word("example");
    updateEntry();
    entry.focus();
  });
  at("shut")?.addEventListener("click", () => tell("close"));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && !event.isComposing) tell("close");
  });
}

at("log").before(at("intro-form").content.cloneNode(true));
if (framed) document.querySelector(".top").append(at("close-form").content.cloneNode(true));
listen();
speak(tongue.now);
updateEntry();
tell("ready");
