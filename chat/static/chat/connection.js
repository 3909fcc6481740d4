// The line to one conversation: a socket, or POSTs where there is none. It comes back by itself,
// keeps what was not heard (over a reload as well), and names what it has seen.

const LONGEST_WAIT = 30_000;
const WELCOME_WITHIN = 10_000;
const ACK_WITHIN = 15_000;
const STEADY_AFTER = 10_000;
const DENIED = 4401;
// so many sockets without a welcome, and the page asks by POST
const SOCKETS_TRIED = 3;
const SOCKET_AGAIN = 60_000;
const POLL = { first: 1_000, longest: 20_000, hidden: 60_000, factor: 1.4 };
const MESSAGES_A_POST = 5;

// What was said and not acknowledged: cid -> text. In the tab's own storage, so that a reload loses
// nothing; where a browser gives an iframe none, in memory.
class Unsent extends Map {
  constructor(name) {
    super();
    this.name = name;
    try {
      for (const [cid, text] of JSON.parse(sessionStorage.getItem(name) ?? "[]")) super.set(cid, text);
    } catch { /* no storage, or not ours */ }
  }

  set(cid, text) {
    super.set(cid, text);
    this.keep();
    return this;
  }

  delete(cid) {
    const was = super.delete(cid);
    if (was) this.keep();
    return was;
  }

  keep() {
    if (!this.name) return; // Map's own constructor is still at work
    try {
      if (this.size) sessionStorage.setItem(this.name, JSON.stringify([...this]));
      else sessionStorage.removeItem(this.name);
    } catch { /* memory has it */ }
  }
}

export class Connection {
  // bearer: a string or function where no cookie speaks; base: where BusyBee is, if not here;
  // lang: the language to be greeted in
  constructor({ conversation, frame, status, bearer = "", base = "", lang = "" }) {
    this.conversation = conversation;
    this.onFrame = frame;
    this.onStatus = status;
    this.bearer = typeof bearer === "function" ? bearer : () => bearer;
    this.base = new URL(base || "/", location.href);
    this.lang = lang;
    this.waiting = new Unsent(`busybee.chat.${conversation}`);
    this.language = null; // chosen, but not yet told
    this.before = null; // earlier messages, wished for but not yet asked for
    this.seq = 0;
    this.tries = 0;
    this.failed = 0;
    this.ready = false;
    this.ended = false;
    this.heldUntil = this.notBefore = 0;
    this.posting = false; // by POST, while a socket is tried now and then
    this.timers = {};
    const options = { signal: (this.listening = new AbortController()).signal };
    addEventListener("online", () => this.retryNow(), options);
    addEventListener("offline", () => this.drop(), options);
    addEventListener("pageshow", () => this.retryNow(), options);
    document.addEventListener("visibilitychange", () => document.hidden || this.retryNow(), options);
  }

  // What a page shows as not yet sent after a reload: [[cid, text], ...], oldest first.
  unsent() {
    return [...this.waiting];
  }

  after(name, milliseconds, work) {
    clearTimeout(this.timers[name]);
    this.timers[name] = setTimeout(work, milliseconds);
  }

  stop(...names) {
    names.forEach((name) => clearTimeout(this.timers[name]));
  }

  open() {
    if (this.ended || this.socket) return;
    this.stop("again");
    if (!this.posting) this.tell("connecting");
    const address = new URL("/ws/chat/", this.base);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address);
    this.socket = socket;
    this.after("welcome", WELCOME_WITHIN, () => this.drop());
    socket.onopen = () => socket.send(JSON.stringify(this.hello()));
    socket.onmessage = (event) => socket === this.socket && this.take(JSON.parse(event.data), true);
    socket.onclose = (event) => socket === this.socket && this.lost(event.code);
  }

  hello() {
    return {
      type: "hello", token: this.bearer(), conversation: this.conversation, last_seq: this.seq, lang: this.lang,
    };
  }

  take(frame, bySocket) {
    if (frame.type === "welcome") this.welcomed(frame, bySocket);
    else if (frame.type === "ack") this.heard(frame.cid);
    else if (frame.type === "message") this.seen(frame);
    else if (frame.type === "error") return this.refused(frame);
    this.onFrame(frame);
  }

  welcomed(frame, bySocket) {
    this.ready = true;
    frame.history.forEach((message) => this.seen(message));
    this.seq = Math.max(this.seq, frame.seq);
    if (bySocket) this.onSocket();
    this.tell("online");
  }

  onSocket() {
    this.posting = false;
    this.failed = 0;
    this.stop("welcome", "poll", "socket");
    this.after("steady", STEADY_AFTER, () => (this.tries = 0));
    this.wishes().forEach((wish) => this.send(wish));
    this.language = this.before = null;
    this.sendAll();
  }

  sendAll() {
    for (const [cid, text] of this.waiting) this.send({ type: "message", cid, text });
    this.expectAck();
  }

  tell(status) {
    if (status !== this.status) this.onStatus((this.status = status));
  }

  // frames that wait for a line, other than messages
  wishes() {
    const wishes = [];
    if (this.language) wishes.push({ type: "language", lang: this.language });
    if (this.before) wishes.push({ type: "earlier", before: this.before });
    return wishes;
  }

  // a line that swallows what is sent is no line
  expectAck() {
    if (this.waiting.size && this.ready && !this.posting) this.after("ack", ACK_WITHIN, () => this.drop());
  }

  heard(cid) {
    this.waiting.delete(cid);
    this.stop("ack");
    this.expectAck();
  }

  seen(message) {
    this.seq = Math.max(this.seq, message.seq);
    if (message.cid) this.heard(message.cid);
  }

  refused(frame) {
    const pause = (frame.retry_after ?? 0) * 1000;
    if (pause && !this.ready) this.notBefore = Date.now() + pause;
    if (pause && frame.cid) {
      // it is said again by itself: the page need not offer it
      this.heldUntil = Date.now() + pause;
      this.stop("ack");
      this.after("resend", pause, () => (this.posting ? this.poll() : this.sendAll()));
      delete frame.cid;
    } else if (frame.cid) this.heard(frame.cid);
    this.onFrame(frame);
  }

  // Leave the socket as it is: a dead line would answer our goodbye only after a minute.
  drop() {
    const socket = this.socket;
    if (!socket) return;
    this.lost(0);
    socket.close();
  }

  lost(code) {
    if (!this.ready || this.posting) this.failed += 1;
    this.socket = null;
    this.stop("welcome", "ack", "steady");
    if (code === DENIED) return this.end();
    if (this.posting) return this.after("socket", SOCKET_AGAIN * (0.5 + Math.random()), () => this.open());
    this.ready = false;
    this.tell("offline");
    if (this.failed >= SOCKETS_TRIED) return this.byPost();
    this.after("again", this.pause(), () => this.open());
  }

  // full jitter: after an outage the pages must not all come back at once
  pause() {
    const most = Math.min(LONGEST_WAIT, 500 * 2 ** this.tries++);
    return Math.max(Math.random() * most, this.notBefore - Date.now());
  }

  end() {
    this.ended = true;
    this.ready = false;
    this.stop(...Object.keys(this.timers));
    this.tell("denied");
  }

  // The page goes away: nothing is heard from this line any more.
  close() {
    this.ended = true;
    this.listening.abort();
    this.stop(...Object.keys(this.timers));
    this.socket?.close();
    this.socket = null;
  }

  retryNow() {
    if (this.ended || (this.socket && !this.posting)) return;
    this.tries = 0;
    if (this.posting) this.poll();
    else this.open();
  }

  byPost() {
    this.posting = true;
    this.greeted = false;
    this.pollPause = POLL.first;
    this.after("socket", SOCKET_AGAIN, () => this.open());
    this.poll();
  }

  async poll() {
    this.stop("poll");
    if (!this.posting || this.ended) return;
    if (this.asking) return void (this.askAgain = true); // one at a time
    this.asking = true;
    this.askAgain = false;
    let pause;
    try {
      pause = await this.ask();
    } catch {
      pause = this.missed();
    }
    this.asking = false;
    if (!this.posting || this.ended) return;
    if (this.askAgain) this.poll();
    else this.after("poll", pause, () => this.poll());
  }

  // How long to wait until the next POST, in milliseconds.
  async ask() {
    const { language, before } = this;
    const wishes = this.wishes();
    const frames = this.greeted ? wishes : [this.hello(), ...wishes];
    const said = this.sayable();
    for (const [cid, text] of said) frames.push({ type: "message", cid, text });
    const response = await this.post({ frames, last_seq: this.seq });
    if (response.status === 403) return this.end();
    if (!response.ok) {
      this.notBefore = Date.now() + Number(response.headers.get("Retry-After") ?? 0) * 1000;
      return this.missed();
    }
    const answer = await response.json();
    if (!this.posting) return 0; // a socket came meanwhile; it tells all this itself
    this.greeted = this.ready = true;
    if (this.language === language) this.language = null;
    if (this.before === before) this.before = null;
    this.tries = 0;
    const seen = this.seq;
    answer.frames.forEach((frame) => this.take(frame));
    this.tell("online");
    if (answer.later || this.sayable().length) return 0;
    return this.nextPoll(answer, seen !== this.seq || said.length > 0);
  }

  sayable() {
    return Date.now() < this.heldUntil ? [] : [...this.waiting].slice(0, MESSAGES_A_POST);
  }

  post(body) {
    const headers = { "Content-Type": "application/json" };
    const bearer = this.bearer();
    if (bearer) headers.Authorization = `Bearer ${bearer}`;
    const address = new URL(`/chat/request/${this.conversation}/frame/`, this.base);
    const signal = AbortSignal.timeout(ACK_WITHIN);
    return fetch(address, { method: "POST", headers, body: JSON.stringify(body), signal });
  }

  missed() {
    this.ready = false;
    this.tell("offline");
    return this.pause();
  }

  nextPoll(answer, fresh) {
    const awaited = answer.frames.some((frame) => frame.type === "typing");
    if (fresh || awaited) this.pollPause = POLL.first;
    else this.pollPause = Math.min(POLL.longest, this.pollPause * POLL.factor);
    return document.hidden ? POLL.hidden : this.pollPause * (0.75 + Math.random() / 2);
  }

  // The message's cid; it is sent once there is a line.
  say(text) {
    const cid = crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint32Array(4))).join("-");
    this.waiting.set(cid, text);
    this.send({ type: "message", cid, text });
    this.expectAck();
    return cid;
  }

  speak(language) {
    if (!this.send({ type: "language", lang: language })) this.language = language;
  }

  earlier(before) {
    if (!this.send({ type: "earlier", before })) this.before = before;
  }

  // Whether the frame is on its way; a POST takes it from what waits.
  send(frame) {
    if (this.posting) {
      this.after("poll", 0, () => this.poll());
      return false;
    }
    if (!this.ready || this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }
}
