// Files by drop, paste or button: the customer sees each on its way, then what became of it.

import { showFile } from "./log.js";
import { at, newCid, word } from "./words.js";

const LIMIT = 10 * 1024 * 1024;

export function fileDrop({ url, bearer, log, trouble, open }) {
  const picker = at("file");
  const veil = at("dropping");
  let inside = 0;

  function send(file) {
    const cid = newCid();
    const told = { name: file.name, size: file.size, state: "sending", percent: 0 };
    const item = log.say(cid, "", told);
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append("cid", cid);
    form.append("file", file, file.name);
    request.open("POST", url());
    if (bearer()) request.setRequestHeader("Authorization", `Bearer ${bearer()}`);
    request.upload.onprogress = (event) => {
      const percent = Math.floor((100 * event.loaded) / event.total);
      if (item.file.state === "sending") showFile(item, { ...told, percent });
    };
    const lost = () => {
      showFile(item, { ...told, state: "" });
      trouble(reason(request));
      log.failed(cid, () => send(file));
    };
    request.onload = () => {
      if (request.status >= 400) return lost();
      if (item.file.state === "sending") showFile(item, { ...told, state: "received" });
      log.settle(item, {});
    };
    request.onerror = lost;
    request.send(form);
  }

  function take(list) {
    if (!open()) return;
    const wrong = [...list].map((file) => {
      const why = file.size > LIMIT ? "too_big" : file.size ? "" : "empty_file";
      if (!why) send(file);
      return why && word(why, { name: file.name });
    });
    trouble(wrong.filter(Boolean).join(" "));
  }

  const carries = (event) => open() && event.dataTransfer?.types.includes("Files");
  const shade = (by) => {
    inside = Math.max(0, by ? inside + by : 0);
    veil.hidden = !inside;
  };
  addEventListener("dragenter", (event) => carries(event) && shade(1));
  addEventListener("dragleave", (event) => carries(event) && shade(-1));
  addEventListener("dragover", (event) => carries(event) && event.preventDefault());
  addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    shade(0);
    take(event.dataTransfer.files);
  });
  addEventListener("paste", (event) => {
    const pasted = event.clipboardData?.files;
    if (!pasted?.length) return;
    event.preventDefault();
    take(pasted);
  });
  at("attach").addEventListener("click", () => picker.click());
  picker.addEventListener("change", () => {
    take(picker.files);
    picker.value = "";
  });
}

// the server's own words, where it had any
function reason(request) {
  try {
    const told = JSON.parse(request.responseText);
    return told.text ?? told.frames?.[0]?.text ?? word("failed");
  } catch {
    return word("failed");
  }
}
