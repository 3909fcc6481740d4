// django-unfold opens some of its menus by clicks on plain elements: let the keyboard reach them too.
"use strict";

const CLICKABLE = "span[x-on\\:click], div[x-on\\:click], a[x-on\\:click]:not([href])";

function reachable(root) {
  for (const element of root.querySelectorAll(CLICKABLE)) {
    if (element.id.startsWith("modal")) continue;
    if (!element.hasAttribute("tabindex")) element.tabIndex = 0;
    if (!element.hasAttribute("role")) element.setAttribute("role", "button");
    const icon = element.textContent.trim();
    if (/^[a-z_]+$/.test(icon) && !element.hasAttribute("aria-label")) {
      element.setAttribute("aria-label", document.documentElement.dataset[`bb${icon}`] || icon.replaceAll("_", " "));
    }
  }
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" && event.key !== " ") return;
  if (event.target instanceof Element && event.target.matches(CLICKABLE)) {
    event.preventDefault();
    event.target.click();
  }
});
document.addEventListener("DOMContentLoaded", () => reachable(document));
document.addEventListener("htmx:afterSettle", (event) => {
  reachable(event.target);
  if (event.target.id !== "modal-content") return;
  // the dialog is shown by Alpine one tick later; what is hidden takes no focus
  setTimeout(() => {
    event.target.querySelector("select, input:not([type=hidden]), textarea, button")?.focus();
  }, 60);
});
