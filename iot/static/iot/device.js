// The live page: states come over a WebSocket; while there is none, they are fetched.
import { show, texts } from "./words.js";

const root = document.getElementById("device");
const link = document.getElementById("link");
const alarms = document.getElementById("alarms");
const KEPT = 120;
const POLL_MS = 5000;
let state = JSON.parse(document.getElementById("state").textContent);
let history = [];
let live = false;
let failures = 0;

function line(name) {
  const values = history.map((point) => point[name]).filter((value) => value !== null);
  const path = root.querySelector(`[data-line="${name}"] path`);
  if (values.length < 2) return path.setAttribute("d", "");
  const low = Math.min(...values);
  const span = Math.max(...values) - low || 1;
  const points = values.map((value, i) => {
    const x = (i / (values.length - 1)) * 240;
    const y = 45 - ((value - low) / span) * 42;
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  path.setAttribute("d", `M${points.join("L")}`);
}

const clock = (iso) => (iso ? new Date(iso).toLocaleString(document.documentElement.lang) : "–");

function cell(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

function list(log) {
  const rows = log.map((alarm) => {
    const row = document.createElement("tr");
    row.append(cell("th", texts.alarms[alarm.kind]), cell("td", clock(alarm.opened_at)), cell("td", clock(alarm.closed_at)));
    return row;
  });
  const table = document.getElementById("log");
  if (!log.length) {
    const empty = cell("td", table.dataset.empty);
    empty.colSpan = 3;
    rows.push(document.createElement("tr"));
    rows[0].append(empty);
  }
  table.tBodies[0].replaceChildren(...rows);
}

function draw() {
  show(root, state);
  line("temperature");
  line("humidity");
  alarms.hidden = state.alarms.length === 0;
  const words = state.alarms.map((kind) => texts.alarms[kind]).join(", ");
  if (alarms.textContent !== words) alarms.textContent = words;
}

function take(next) {
  if (next.telemetry_at && next.telemetry_at !== state.telemetry_at) {
    history.push({ t: next.telemetry_at, temperature: next.temperature, humidity: next.humidity });
    history = history.slice(-KEPT);
  }
  const changed = String(next.alarms) !== String(state.alarms);
  state = next;
  draw();
  if (changed) refresh(); // for the list of alarms
}

async function refresh() {
  try {
    const answer = await fetch(root.dataset.state, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.status);
    const data = await answer.json();
    history = data.history;
    state = data.state;
    draw();
    list(data.alarms);
    if (!live) link.textContent = texts.polling;
  } catch {
    if (!live) link.textContent = texts.offline;
  }
}

function connect() {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(`${scheme}//${location.host}/ws/devices/${root.dataset.name}/`);
  socket.onopen = () => {
    live = true;
    failures = 0;
    link.textContent = texts.live;
    refresh(); // what came while the socket was down
  };
  socket.onmessage = (event) => {
    const message = JSON.parse(event.data);
    if (message.type === "state") take(message.state);
  };
  socket.onclose = () => {
    if (live) link.textContent = texts.offline;
    live = false;
    failures += 1;
    setTimeout(connect, Math.min(30000, 500 * 2 ** failures) * (0.5 + Math.random() / 2));
  };
}

draw();
refresh();
connect();
setInterval(() => live || refresh(), POLL_MS);
setInterval(draw, 1000); // "12 s ago" grows by itself
