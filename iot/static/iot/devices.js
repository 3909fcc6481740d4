import { show } from "./words.js";

const table = document.getElementById("devices");

async function refresh() {
  try {
    const answer = await fetch(table.dataset.state, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    for (const state of (await answer.json()).devices) {
      const row = table.querySelector(`[data-device="${state.device}"]`);
      if (row) show(row, state);
      else location.reload(); // a device that this page has not seen yet
    }
  } catch {
    // the next round tries again
  }
}

if (table) {
  refresh();
  setInterval(refresh, 3000);
}
