// What was said, in order. Everything that people wrote is set as text, never as markup.

import { announce, at, button, icon, longDay, make, tongue, word } from "./words.js";

const KB = 1024;
const messages = at("messages");
const scroll = at("scroll");
const nameOf = ({ author, by }) => (author === "customer" ? word("you") : by || word(author));

export function sizeOf(bytes) {
  const [amount, unit] = bytes < KB * KB ? [Math.max(bytes / KB, 0.1), "kilobyte"] : [bytes / KB / KB, "megabyte"];
  const digits = { maximumFractionDigits: amount < 10 ? 1 : 0 };
  return new Intl.NumberFormat(tongue.now, { style: "unit", unit, ...digits }).format(amount);
}

export class Log {
  constructor({ again }) {
    this.onAgain = again;
    this.bySeq = new Map();
    this.byCid = new Map();
    this.below = 0; // came in while the reader was further up
    scroll.addEventListener("scroll", () => this.isAtEnd() && this.read(), { passive: true });
    new ResizeObserver(() => this.following && this.toEnd()).observe(scroll);
    new ResizeObserver(() => this.following && this.toEnd()).observe(at("log"));
    at("newer").addEventListener("click", () => this.toEnd());
    this.following = true;
  }

  // a history is not read out: only what comes in afterwards is
  quietly(change) {
    const log = at("log");
    log.setAttribute("aria-live", "off");
    change();
    this.regroup();
    setTimeout(() => log.setAttribute("aria-live", "polite"), 500);
  }

  history(list, note) {
    this.quietly(() => list.forEach((message) => this.place(message)));
    if (note) this.note(note);
    this.toEnd();
  }

  earlier(list) {
    const height = scroll.scrollHeight - scroll.scrollTop;
    this.following = false;
    this.quietly(() => {
      const first = messages.firstElementChild;
      for (const message of list)
        if (!this.bySeq.has(message.seq)) messages.insertBefore(this.item(message), first);
    });
    scroll.scrollTop = scroll.scrollHeight - height;
  }

  add(message) {
    const following = this.isAtEnd();
    const fresh = this.place(message);
    this.regroup();
    if (following) this.toEnd();
    else if (fresh) this.more();
    return fresh;
  }

  // true where it was not there yet
  place(message) {
    const known = this.bySeq.get(message.seq) ?? this.byCid.get(message.cid);
    if (known) {
      this.settle(known, message);
      return false;
    }
    // what was said before this page's own unsent words belongs above them
    messages.insertBefore(this.item(message), messages.querySelector("li.unsent"));
    return true;
  }

  item(message) {
    const item = bubble(message);
    if (message.seq) this.bySeq.set(message.seq, item);
    if (message.cid) this.byCid.set(message.cid, item);
    return item;
  }

  // the customer's own, before the server has it
  say(cid, text, file) {
    const item = this.item({ cid, text, file, author: "customer", at: new Date().toISOString() });
    item.classList.add("unsent");
    messages.querySelector("li.note")?.remove();
    messages.append(item);
    this.regroup();
    this.toEnd();
    return item;
  }

  acknowledged(cid, seq) {
    const item = this.byCid.get(cid);
    if (item) this.settle(item, { seq });
  }

  settle(item, { seq, at: time, file }) {
    item.classList.remove("unsent", "failed");
    fate(item, "");
    if (seq) this.bySeq.set(seq, item);
    if (time) {
      item.dataset.at = time;
      showClock(item);
    }
    if (file) showFile(item, file);
  }

  // what became of a file that was read meanwhile
  showFile(seq, file) {
    const item = this.bySeq.get(seq);
    if (item && JSON.stringify(item.file) !== JSON.stringify(file)) this.keepEnd(() => showFile(item, file));
  }

  failed(cid, retry) {
    const item = this.byCid.get(cid);
    if (!item) return;
    item.classList.remove("unsent");
    item.classList.add("failed");
    fate(item, "failed").append(
      button("again", word("again"), () => {
        this.byCid.delete(cid);
        item.remove();
        retry ? retry() : this.onAgain(item.querySelector(".text").textContent);
      }),
    );
  }

  unsent(waiting) {
    messages.querySelectorAll("li.unsent:not(.upload)").forEach((item) => fate(item, waiting ? "waiting" : ""));
  }

  note(text) {
    messages.querySelector("li.note")?.remove();
    messages.append(make("li", "note", text));
  }

  // days between, and names at the head of what one person says in a row; elements that are right
  // stay, so that nothing is read out twice
  regroup() {
    const stale = new Set(messages.querySelectorAll("li.day"));
    let day = "";
    let author = "";
    for (const item of [...messages.children]) {
      if (item.matches(".day")) continue;
      if (!item.dataset.at) {
        author = "";
        continue;
      }
      const its = new Date(item.dataset.at).toDateString();
      if (its !== day) {
        const head = item.previousElementSibling;
        if (head?.dataset.day === its) stale.delete(head);
        else messages.insertBefore(dayHead(its), item);
        day = its;
        author = "";
      }
      item.classList.toggle("first", item.dataset.author !== author);
      author = item.dataset.author;
    }
    stale.forEach((head) => head.remove());
  }

  relabel() {
    messages.querySelectorAll("li.day").forEach((head) => (head.textContent = dayName(head.dataset.day)));
    messages.querySelectorAll("li.upload").forEach((item) => showFile(item, item.file));
    messages.querySelectorAll("li.message").forEach((item) => {
      item.querySelector(".sr-only").textContent = `${nameOf(item.told)}: `;
      showClock(item);
    });
    this.showNewer();
  }

  isAtEnd() {
    this.following = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
    return this.following;
  }

  toEnd() {
    scroll.scrollTop = scroll.scrollHeight;
    this.following = true;
    this.read();
  }

  read() {
    this.below = 0;
    this.showNewer();
  }

  more() {
    this.below += 1;
    this.showNewer();
  }

  showNewer() {
    at("newer").hidden = !this.below;
    at("newer").textContent = word("newer", { n: this.below });
  }

  // changes below the messages keep the end in sight
  keepEnd(change) {
    const following = this.isAtEnd();
    change();
    if (following) this.toEnd();
  }
}

// our numbers, amounts with their unit, and days: what reads badly in two pieces
const WHOLE = new RegExp(
  [
    "\\bBB-\\d{4}-\\d+",
    "\\d[\\d,.]* (?:kg|กก\\.?)",
    "\\d{4}년 \\d{1,2}월 \\d{1,2}일(?: \\([월화수목금토일]\\))?",
    "\\d{4}年\\d{1,2}月\\d{1,2}日(?:（[月火水木金土日]）)?",
    "\\d{1,2} (?:[A-Z][a-z]{2}|[\\u0e00-\\u0e7f]{1,3}\\.[\\u0e00-\\u0e7f]{1,2}\\.) \\d{4}",
    "\\d+ft(?: HC)? × \\d+",
  ].join("|").replace(/.*/s, "($&)"),
);

function unbroken(text) {
  const parts = text.split(WHOLE);
  return parts.map((part, index) => (index % 2 ? make("span", "whole", part) : part));
}

function dayName(day) {
  if (day === new Date().toDateString()) return word("today");
  return longDay(new Date(day));
}

function dayHead(day) {
  const head = make("li", "day", dayName(day));
  head.dataset.day = day;
  return head;
}

function bubble(message) {
  const item = make("li", `message ${message.author}`);
  item.dataset.author = message.author + (message.by ?? "");
  item.dataset.at = message.at;
  item.told = { author: message.author, by: message.by };
  item.append(make("span", "sr-only", `${nameOf(message)}: `));
  if (message.author === "operator") {
    const by = make("span", "by");
    by.append(make("bdi", "", nameOf(message)));
    by.ariaHidden = "true";
    item.append(by);
  }
  const body = make(message.file ? "div" : "p", "text");
  if (!message.file) body.append(...unbroken(message.text));
  body.dir = "auto";
  item.append(body, make("time", "clock"));
  showClock(item);
  if (message.file) showFile(item, message.file);
  return item;
}

function showClock(item) {
  const clock = item.querySelector("time");
  clock.dateTime = item.dataset.at;
  const hour = { hour: "numeric", minute: "2-digit" };
  clock.textContent = new Date(item.dataset.at).toLocaleTimeString(tongue.now, hour);
}

// file: {name, size, state, reason?, percent?}
export function showFile(item, file) {
  const before = item.file?.state;
  item.file = file;
  item.classList.add("upload");
  item.classList.toggle("refused", file.state === "refused");
  const state = make("span", "file-state", fileState(file));
  const lines = make("span", "file-lines");
  lines.append(make("bdi", "file-name", file.name), state);
  const parts = [icon(file.state === "read" ? "check" : "file"), lines];
  if (file.state === "sending") parts.push(bar(file));
  item.querySelector(".text").replaceChildren(...parts);
  if (before && before !== file.state) announce(`${file.name}: ${fileState(file)}`);
}

function fileState(file) {
  const told = file.state ? word(`file_${file.state}`, { n: file.percent ?? 0 }) : "";
  const why = file.state === "refused" && file.reason ? `: ${file.reason}` : "";
  return [sizeOf(file.size), told + why].filter(Boolean).join(" · ");
}

function bar(file) {
  const progress = make("progress");
  progress.max = 100;
  progress.value = file.percent ?? 0;
  progress.ariaLabel = file.name;
  return progress;
}

function fate(item, key) {
  item.querySelector(".fate")?.remove();
  const told = make("span", "fate", key && word(key));
  if (key) item.append(told);
  return told;
}
