// Speaking instead of typing: the browser hears, the text waits in the entry to be looked at.

import { announce, at, tongue, word } from "./words.js";

const Recognition = window.SpeechRecognition ?? window.webkitSpeechRecognition;
const LOCALES = { ko: "ko-KR", en: "en-US", ja: "ja-JP", th: "th-TH" };
const KNOWN = "busybee-voice"; // the privacy note was read

const known = () => {
  try {
    return localStorage.getItem(KNOWN);
  } catch {
    return null; // a frame without storage: the note comes each time
  }
};

export function voiceInput({ entry, changed, trouble }) {
  const mic = at("voice");
  const note = at("voice-note");
  let running = null;
  mic.hidden = !Recognition;

  function listen() {
    const heard = new Recognition();
    const before = entry.value && !/\s$/.test(entry.value) ? `${entry.value} ` : entry.value;
    Object.assign(heard, { lang: LOCALES[tongue.now], continuous: true, interimResults: true });
    heard.onresult = ({ results }) => {
      if (heard !== running) return;
      entry.value = before + Array.from(results, ([best]) => best.transcript).join("");
      changed();
    };
    heard.onerror = ({ error }) => {
      const refused = error === "not-allowed" || error === "service-not-allowed";
      if (error !== "aborted" && error !== "no-speech") trouble(word(refused ? "voice_denied" : "voice_failed"));
    };
    heard.onend = () => heard === running && ended();
    running = heard;
    trouble("");
    heard.start();
    show(true);
    announce(word("listening"));
  }

  function ended() {
    running = null;
    show(false);
    if (entry.value) announce(word("heard"));
    entry.focus();
  }

  function show(on) {
    mic.setAttribute("aria-pressed", on);
    mic.dataset.label = on ? "voice_stop" : "voice";
    mic.ariaLabel = mic.title = word(mic.dataset.label);
    document.body.classList.toggle("listening", on);
    at("hint").dataset.word = on ? "listening" : "hint";
    at("hint").textContent = word(at("hint").dataset.word);
  }

  // what the recogniser still has in hand comes with its last result
  const stop = () => running?.stop();
  // and what was sent is not written into the entry again
  const drop = () => {
    if (!running) return;
    running.abort();
    running = null;
    show(false);
  };

  mic.addEventListener("click", () => {
    if (running) stop();
    else if (known()) listen();
    else {
      note.hidden = false;
      at("voice-start").focus();
    }
  });
  const leave = () => {
    note.hidden = true;
    mic.focus();
  };
  at("voice-cancel").addEventListener("click", leave);
  at("voice-start").addEventListener("click", () => {
    try {
      localStorage.setItem(KNOWN, "1");
    } catch {
      // not remembered, then
    }
    note.hidden = true;
    listen();
  });
  // before anybody else: the widget's frame closes on Escape
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || (!running && note.hidden)) return;
    event.preventDefault();
    running ? stop() : leave();
  }, { capture: true });
  return { drop };
}
