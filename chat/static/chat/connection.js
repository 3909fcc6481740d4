// The socket to one conversation: comes back by itself, keeps what was not heard, names what it has seen.

const LONGEST_WAIT = 30_000;
const WELCOME_WITHIN = 10_000;
const DENIED = 4401;

export class Connection {
  constructor({ conversation, frame, status }) {
    this.conversation = conversation;
    this.onFrame = frame;
    this.onStatus = status;
    this.waiting = new Map(); // cid -> text: said, but not acknowledged
    this.language = null; // chosen, but not yet told
    this.seq = 0;
    this.tries = 0;
    this.ready = false;
    this.ended = false;
    addEventListener("online", () => this.retryNow());
    addEventListener("offline", () => this.socket?.close());
    addEventListener("pageshow", () => this.retryNow());
    document.addEventListener("visibilitychange", () => document.hidden || this.retryNow());
  }

  open() {
    clearTimeout(this.timer);
    this.onStatus("connecting");
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/ws/chat/`);
    this.socket = socket;
    const patience = setTimeout(() => socket.close(), WELCOME_WITHIN);
    socket.onopen = () =>
      socket.send(JSON.stringify({ type: "hello", conversation: this.conversation, last_seq: this.seq }));
    socket.onmessage = (event) => {
      const frame = JSON.parse(event.data);
      if (frame.type === "welcome") clearTimeout(patience);
      this.take(frame);
    };
    socket.onclose = (event) => {
      clearTimeout(patience);
      if (socket === this.socket) this.lost(event.code);
    };
  }

  take(frame) {
    if (frame.type === "welcome") this.welcomed(frame);
    else if (frame.type === "ack") this.waiting.delete(frame.cid);
    else if (frame.type === "message") this.seen(frame);
    else if (frame.type === "error" && frame.cid) this.waiting.delete(frame.cid);
    this.onFrame(frame);
  }

  welcomed(frame) {
    this.ready = true;
    this.tries = 0;
    frame.history.forEach((message) => this.seen(message));
    this.seq = Math.max(this.seq, frame.seq);
    this.onStatus("online");
    if (this.language) this.send({ type: "language", lang: this.language });
    this.language = null;
    for (const [cid, text] of this.waiting) this.send({ type: "message", cid, text });
  }

  seen(message) {
    this.seq = Math.max(this.seq, message.seq);
    if (message.cid) this.waiting.delete(message.cid);
  }

  lost(code) {
    this.ready = false;
    this.socket = null;
    if (code === DENIED) {
      this.ended = true;
      this.onStatus("denied");
      return;
    }
    this.onStatus("offline");
    // full jitter: after an outage the pages must not all come back at once
    const most = Math.min(LONGEST_WAIT, 500 * 2 ** this.tries++);
    this.timer = setTimeout(() => this.open(), Math.random() * most);
  }

  retryNow() {
    if (this.ended || this.socket) return;
    this.tries = 0;
    this.open();
  }

  say(text) {
    const cid = crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint32Array(4))).join("-");
    this.waiting.set(cid, text);
    if (this.ready) this.send({ type: "message", cid, text });
    return cid;
  }

  speak(language) {
    if (this.ready) this.send({ type: "language", lang: language });
    else this.language = language;
  }

  send(frame) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }
}
