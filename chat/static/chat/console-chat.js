// The console's page of one conversation: looks for what is new every few seconds, and sends.
// All HTML comes from our own templates, where customers' words are escaped.
"use strict";

const SECONDS = 3;
const SLOWEST = 30;

function start() {
  const log = document.getElementById("bc-log");
  if (!log) return;
  const list = document.getElementById("bc-bubbles");
  const panels = document.getElementById("bc-panels");
  const live = document.getElementById("bc-live");
  const form = document.getElementById("bc-write");
  let seq = Number(log.dataset.seq);
  let stamp = log.dataset.stamp;
  let wait = SECONDS;
  let timer = 0;
  let looking = false;

  const atEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  const toEnd = () => { log.scrollTop = log.scrollHeight; };

  function parsed(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content;
  }

  function show(connected) {
    live.textContent = connected ? log.dataset.live : log.dataset.lost;
    live.className = `bb-end bc-live ${connected ? "bc-on" : "bc-off"}`;
  }

  function addBubbles(html) {
    for (const bubble of [...parsed(html).querySelectorAll("li")]) {
      if (!document.getElementById(bubble.id)) list.append(bubble);
    }
  }

  function refreshFiles(html) {
    for (const fresh of [...parsed(html).querySelectorAll("li[data-file]")]) {
      const shown = document.getElementById(fresh.id);
      if (shown && shown.dataset.file !== fresh.dataset.file) shown.replaceWith(fresh);
    }
  }

  function refreshPanels(html) {
    // what an operator is about to press must not move away under the finger
    const opened = panels.querySelector("details[open]");
    panels.replaceChildren(parsed(html));
    if (opened) panels.querySelector("details")?.setAttribute("open", "");
  }

  async function look() {
    if (looking) return;
    looking = true;
    clearTimeout(timer);
    try {
      const query = new URLSearchParams({ after: seq, stamp });
      const response = await fetch(`${log.dataset.news}?${query}`, { headers: { Accept: "application/json" } });
      if (!response.ok || response.redirected) throw new Error(String(response.status));
      const news = await response.json();
      const follow = atEnd();
      addBubbles(news.bubbles);
      if (news.panels !== undefined) {
        refreshFiles(news.files);
        refreshPanels(news.panels);
        if (form) form.hidden = !news.mine;
      }
      if (follow && news.seq > seq) toEnd();
      seq = news.seq;
      stamp = news.stamp;
      wait = SECONDS;
      show(true);
    } catch {
      wait = Math.min(wait * 2, SLOWEST);
      show(false);
    }
    looking = false;
    timer = setTimeout(look, wait * 1000);
  }

  function newCid() {
    return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  async function send(event) {
    event.preventDefault();
    const error = document.getElementById("bc-error");
    const button = form.querySelector("button");
    if (button.disabled || !form.text.value.trim()) return;
    button.disabled = true;
    error.textContent = "";
    try {
      const response = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body: new FormData(form) });
      if (response.redirected || !(response.headers.get("Content-Type") || "").includes("json")) throw new Error(String(response.status));
      const { error: why } = await response.json();
      if (why) {
        error.textContent = why;
      } else {
        form.text.value = "";
        // a name of its own for the next message; until it was stored it keeps the old one
        form.cid.value = newCid();
        toEnd();
      }
    } catch {
      error.textContent = log.dataset.failed;
    }
    button.disabled = false;
    form.text.focus();
    await look();
  }

  form?.addEventListener("submit", send);
  form?.text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) form.requestSubmit();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) clearTimeout(timer);
    else look();
  });
  toEnd();
  window.addEventListener("load", toEnd); // fonts have come and lines have moved
  look();
}

document.addEventListener("DOMContentLoaded", start);
