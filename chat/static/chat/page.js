// The conversation's page, by itself behind a link or inside the widget's frame.

import { answerForm, placeFinder } from "./answers.js";
import { Card, factsOf } from "./card.js";
import { Connection } from "./connection.js";
import { fileDrop } from "./files.js";
import { Log } from "./log.js";
import { quotationOpener } from "./quotation.js";
import { voiceInput } from "./voice.js";
import { announce, at, button, relabel, tongue, word } from "./words.js";

const LIMIT = 2000;
const LIMIT_SHOWN = 200;
const CONTAINERS = ["20ft", "40ft", "40ft HC", "45ft"];
const TOOLS = ["etd", "eta", "origin", "destination"];

// conversation: its public id; bearer: who may talk where there is no cookie; base: where BusyBee is,
// if not here; embedded: in the widget's frame, which says by `visible(...)` on what is returned
// whether it is open; onMeta({unread, status, lang, state}): for the launcher
export function start({ conversation, bearer = "", base = "", embedded = false, onMeta = () => {} }) {
  const root = new URL("/chat/", new URL(base || "/", location.href)).href;
  const own = `${root}request/${conversation}/`;
  const entry = at("text");
  const narrow = matchMedia("(max-width: 900px)");
  const title = document.title;
  const mark = document.querySelector("link[rel=icon]");
  const markRead = mark?.href;
  let card = null;
  let status = "connecting";
  let visible = !embedded;
  let unread = 0;
  let tool = "";
  let more = false;

  const log = new Log({ again: (text) => say(text) });
  const look = placeFinder({ root, bearer });
  const quotationUrl = (kind) => `${own}${kind === "pdf" ? "quotation.pdf" : "quotation/"}`;
  const facts = new Card({
    look,
    say: sayEdit,
    open: quotationOpener({ url: quotationUrl, bearer: () => bearer, failed: () => trouble(word("page_failed")) }),
  });
  const connection = new Connection({
    conversation, bearer, base, lang: embedded ? tongue.now : "", frame: onFrame, status: showStatus,
  });
  const voice = voiceInput({ entry, changed: updateEntry, trouble });
  fileDrop({ url: () => `${own}file/`, bearer: () => bearer, log, trouble, open: () => status !== "denied" });

  function onFrame(frame) {
    if (frame.type === "welcome") onWelcome(frame);
    else if (frame.type === "message") onMessage(frame);
    else if (frame.type === "ack") log.acknowledged(frame.cid, frame.seq);
    else if (frame.type === "state") showCard(frame);
    else if (frame.type === "typing") showTyping(true);
    else if (frame.type === "earlier") onEarlier(frame);
    else if (frame.type === "error") onError(frame);
  }

  function onWelcome(frame) {
    // one that comes back is told what is new, as it would have been: that is no history
    if (card) frame.history.forEach(onMessage);
    else {
      log.history(frame.history, frame.note);
      showMore(frame.more);
    }
    showCard(frame);
    if (!card.waiting) showTyping(false);
  }

  function onMessage(message) {
    const fresh = log.add(message);
    if (message.author === "customer") return;
    showTyping(false);
    if (fresh && isHidden()) countUnread(unread + 1);
  }

  function onEarlier(frame) {
    log.earlier(frame.history);
    showMore(frame.more);
  }

  function showMore(is) {
    more = Boolean(is);
    at("earlier").hidden = !more;
  }

  function askEarlier() {
    if (!more) return;
    more = false; // asked once: the answer says whether there is more
    connection.earlier(Math.min(...log.bySeq.keys()));
  }

  function onError(frame) {
    if (frame.cid) log.failed(frame.cid);
    trouble(frame.text);
  }

  function trouble(text) {
    at("trouble").textContent = text;
    at("trouble").hidden = !text;
  }

  const isHidden = () => document.hidden || !visible;

  function countUnread(number) {
    unread = number;
    document.title = unread ? `(${unread}) ${title}` : title;
    if (mark) mark.href = unread ? mark.dataset.unread ?? markRead : markRead;
    tellMeta();
  }

  const isAway = () => status !== "online" && status !== "fallback";
  const tellMeta = () => onMeta({ unread, status, lang: tongue.now, state: card?.state ?? "" });

  function showStatus(next) {
    const before = status;
    status = next === "online" && connection.posting ? "fallback" : next;
    document.body.dataset.status = status;
    at("status").textContent = word(status === "online" ? "assistant" : status);
    if (before === "offline" && !isAway()) announce(word("online"));
    log.unsent(isAway());
    if (status === "denied") close();
    updateEntry();
    tellMeta();
  }

  function close() {
    for (const id of ["text", "attach", "voice", "person", "language"]) at(id).disabled = true;
    at("quick").hidden = true;
    showTyping(false);
    trouble(word("denied"));
  }

  function showCard(frame) {
    card = frame;
    if (frame.lang !== tongue.now) return setLanguage(frame.lang); // which comes back here
    log.keepEnd(() => facts.show(card));
    for (const { seq, ...file } of card.files ?? []) log.showFile(seq, file);
    showPerson(card.person);
    if (!card.waiting) showTyping(false);
    showQuick();
    placeQuotation();
    tellMeta();
  }

  function showPerson(person) {
    const beside = at("beside");
    at("person").hidden = Boolean(person);
    beside.hidden = !person;
    const told = person === "wanted" ? word("person_wanted") : word("person_here", { name: `\u2068${person}\u2069` });
    if (beside.textContent !== told || !person) beside.textContent = person ? told : "";
  }

  // on a phone the price stands in the conversation, where the customer is reading
  function placeQuotation() {
    const box = at("quotation");
    if (narrow.matches === (box.parentElement === at("scroll"))) return;
    log.keepEnd(() => (narrow.matches ? at("scroll").insertBefore(box, at("typing")) : at("facts").append(box)));
  }

  function showQuick() {
    log.keepEnd(() => {
      const silent = card.waiting || status === "denied" || Boolean(card.person && card.person !== "wanted");
      const offers = silent ? [] : answers();
      at("chips").replaceChildren(...offers.map(chip));
      at("chips").hidden = !offers.length;
      showTool(silent ? null : asked());
      at("quick").hidden = !offers.length && !at("tool").childElementCount;
    });
  }

  function answers() {
    if (card.offers?.length) return card.offers;
    if (card.quotation) return [];
    if (card.confirm && !card.asked) return [word("yes"), word("no")].map((text) => ({ text, say: text }));
    if (card.asked !== "container") return [];
    return CONTAINERS.map((text) => ({ text, say: text }));
  }

  function chip({ text, say: told }, index) {
    const strong = index === 0 && card.confirm && !card.asked;
    const made = button(strong ? "chip strong" : "chip", text, () => {
      say(told);
      refocus();
    });
    made.dir = "auto";
    return made;
  }

  // the fact or address that a form of its own helps to give
  function asked() {
    if (card.address === "needed" && !card.asked) return { name: "address", label: word("email") };
    return TOOLS.includes(card.asked) ? card.fields.find((field) => field.name === card.asked) : null;
  }

  function showTool(field) {
    const wanted = field ? `${field.name} ${field.label} ${field.raw}` : "";
    if (wanted === tool) return; // what is being typed there stays
    tool = wanted;
    const told = (text) => {
      say(text);
      refocus();
    };
    at("tool").replaceChildren();
    if (field) at("tool").append(answerForm(field, { facts: factsOf(card), look, say: told }));
  }

  // a keyboard that comes up over the answer helps nobody
  const refocus = () => (matchMedia("(pointer: fine)").matches ? entry : at("scroll")).focus();

  function showTyping(shown) {
    log.keepEnd(() => {
      at("typing").hidden = !shown;
      if (shown) at("quick").hidden = true;
    });
  }

  function say(text) {
    trouble("");
    const cid = connection.say(text);
    log.say(cid, text);
    if (isAway()) log.unsent(true);
    at("quick").hidden = true;
    tool = "";
    at("tool").replaceChildren();
  }

  // on a phone the card lies over the conversation, where the answer comes
  function sayEdit(text) {
    say(text);
    if (!narrow.matches) return;
    at("facts-box").open = false;
    at("scroll").focus();
  }

  function updateEntry() {
    const left = LIMIT - [...entry.value].length;
    at("left").textContent = left < LIMIT_SHOWN ? word("left", { n: left }) : "";
    at("left").classList.toggle("over", left < 0);
    at("send").disabled = !entry.value.trim() || left < 0 || status === "denied";
    entry.style.height = "auto";
    entry.style.height = `${entry.scrollHeight}px`;
  }

  function setLanguage(chosen) {
    tongue.now = chosen;
    relabel();
    at("language").value = chosen;
    entry.placeholder = word("placeholder");
    tool = "";
    facts.leave(false);
    log.relabel();
    showStatus(status);
    // offers in the language before wait for the server's in this one
    if (card) showCard({ ...card, lang: chosen, offers: card.lang === chosen ? card.offers : [] });
  }

  function seen() {
    if (!isHidden()) countUnread(0);
  }

  function listen() {
    at("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      if (at("send").disabled) return;
      voice.drop();
      say(entry.value.trim());
      entry.value = "";
      updateEntry();
      entry.focus();
    });
    entry.addEventListener("input", updateEntry);
    entry.addEventListener("keydown", (event) => {
      // 229: the key belongs to an input method, which Safari reports after its composition has ended
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      at("composer").requestSubmit();
    });
    at("person").addEventListener("click", () => {
      say(word("person_say"));
      refocus();
    });
    at("earlier").addEventListener("click", askEarlier);
    at("scroll").addEventListener("scroll", () => at("scroll").scrollTop < 40 && askEarlier(), { passive: true });
    at("language").addEventListener("change", (event) => {
      voice.drop();
      setLanguage(event.target.value);
      connection.speak(event.target.value);
    });
    document.addEventListener("visibilitychange", seen);
    narrow.addEventListener("change", fold);
    visualViewport?.addEventListener("resize", fit);
  }

  function fold() {
    at("facts-box").open = !narrow.matches;
    placeQuotation();
  }

  // Safari lays its keyboard over the page: the page is made as tall as what is left
  function fit() {
    const { height, scale } = visualViewport;
    const covered = scale === 1 && innerHeight - height > 80;
    document.documentElement.style.setProperty("--tall", covered ? `${height}px` : "100dvh");
    if (covered) scrollTo(0, 0);
    if (log.following) log.toEnd();
  }

  document.body.classList.toggle("embedded", embedded);
  listen();
  fold();
  setLanguage(tongue.now);
  // said before a reload, and not heard yet
  for (const [cid, text] of connection.unsent()) log.say(cid, text);
  connection.open();
  if (!narrow.matches && !embedded) entry.focus();
  return {
    visible(is) {
      visible = is;
      seen();
    },
  };
}

const { conversation } = document.body.dataset;
if (conversation) start({ conversation });
