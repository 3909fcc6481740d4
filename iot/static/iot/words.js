// How values are written, in the reader's language: the words come with the page.
export const texts = JSON.parse(document.getElementById("texts").textContent);

const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
const unit = (value, digits, sign) => (value === null ? "–" : `${value.toFixed(digits)} ${sign}`);

export function ago(iso) {
  if (!iso) return texts.never;
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(iso)) / 1000));
  if (seconds < 120) return fill(texts.ago, { seconds });
  if (seconds < 7200) return fill(texts.minutes, { minutes: Math.round(seconds / 60) });
  return new Date(iso).toLocaleString(document.documentElement.lang);
}

export function written(state) {
  return {
    temperature: unit(state.temperature, 1, "°C"),
    humidity: unit(state.humidity, 1, "%"),
    is_open: state.is_open === null ? "–" : state.is_open ? texts.open : texts.closed,
    distance_cm: state.distance_cm === null ? "" : unit(state.distance_cm, 1, "cm"),
    position: state.lat === null ? "–" : `${state.lat.toFixed(4)}, ${state.lon.toFixed(4)}`,
    accuracy: state.accuracy === null ? "" : `± ${state.accuracy.toFixed(0)} m`,
    last_seen: ago(state.last_seen),
    alarms: state.alarms.map((kind) => texts.alarms[kind]).join(", ") || texts.none,
  };
}

export function show(root, state) {
  for (const [name, text] of Object.entries(written(state))) {
    const place = root.querySelector(`[data-field="${name}"]`);
    if (place && place.textContent !== text) place.textContent = text;
  }
}
