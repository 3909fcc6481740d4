// BusyBee's launcher for any page: a button, and behind it an iframe from where this script came.
// <script src="https://.../chat/widget.js" defer data-lang="auto" data-position="right"
//   data-color="#24466f" data-token="..."></script>
(() => {
  const script = document.currentScript;
  const NAME = "busybee-chat";
  if (!script?.src || document.querySelector(NAME)) return;

  const base = new URL(".", script.src);
  const LATE = 10_000;
  const TOKEN = /(?:^#|&)busybee=([\w-]{20,200})(?=&|$)/;
  const WORDS = {
    ko: { name: "견적 상담", open: "견적 상담 열기", close: "견적 상담 닫기", unread: "새 메시지 {n}개", late: "대화창이 열리지 않습니다. 새 창에서 열기" },
    en: { name: "Get a quotation", open: "Get a quotation", close: "Close the conversation", unread: "{n} new", late: "The conversation does not open here. Open it in a new window" },
    ja: { name: "お見積りのご相談", open: "お見積りのご相談を開く", close: "お見積りのご相談を閉じる", unread: "新着 {n} 件", late: "ここでは開けません。新しいウィンドウで開く" },
    th: { name: "ขอใบเสนอราคา", open: "เปิดการขอใบเสนอราคา", close: "ปิดการสนทนา", unread: "ข้อความใหม่ {n}", late: "เปิดการสนทนาที่นี่ไม่ได้ เปิดในหน้าต่างใหม่" },
  };
  const { lang: wanted = "auto", position, color } = script.dataset;
  const root = document.documentElement;
  const known = (tag) => (Object.hasOwn(WORDS, (tag ?? "").slice(0, 2).toLowerCase()) ? tag.slice(0, 2).toLowerCase() : "");
  const language = () => known(wanted) || known(root.lang) || navigator.languages.map(known).find(Boolean) || "en";
  const mirrored = () => getComputedStyle(document.body).direction === "rtl";

  let lang = language();
  let token = script.dataset.token ?? "";
  let isReady = false;
  let isOpen = false;
  let unread = 0;
  let iframe = null;

  const make = (tag, props = {}, ...inside) => {
    const element = Object.assign(document.createElement(tag), props);
    element.append(...inside);
    return element;
  };
  const drawing = (name, path) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const line = document.createElementNS(svg.namespaceURI, "path");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    svg.setAttribute("class", name);
    line.setAttribute("d", path);
    svg.append(line);
    return svg;
  };

  const badge = make("span", { className: "badge", hidden: true });
  badge.setAttribute("aria-hidden", "true");
  const button = make("button", { className: "launcher", type: "button" },
    drawing("talk", "M20 11.4c0 4-3.6 7.2-8 7.2-1 0-2-.2-2.9-.5L4.5 19.5l1.4-3.5A6.8 6.8 0 0 1 4 11.4c0-4 3.6-7.2 8-7.2s8 3.2 8 7.2zM8.5 11.4h.01M12 11.4h.01M15.5 11.4h.01"),
    drawing("cross", "M6.5 6.5l11 11M17.5 6.5l-11 11"), badge);
  const late = make("a", { className: "late", target: "_blank", rel: "noopener", hidden: true });
  const panel = make("div", { className: "panel", id: "panel", hidden: true }, late);
  const dock = make("section", { className: "dock" }, panel, button);
  panel.setAttribute("role", "dialog");
  button.setAttribute("aria-controls", "panel");
  button.setAttribute("aria-haspopup", "dialog");

  // the colour goes into a sheet: six hexadecimal digits and nothing else
  const own = /^#[0-9a-f]{6}$/i.test(color ?? "") ? color : "#24466f";
  const [red, green, blue] = [1, 3, 5].map((at) => (parseInt(own.slice(at, at + 2), 16) / 255) ** 2.2);
  const ink = 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.3 ? "#14171c" : "#fff";
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
:host { all: initial !important; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
.dock { --own: ${own}; --ink: ${ink}; --paper: #fff; --line: #d9d5cc; --link: #1f5a99; --ring: #fff;
  position: fixed; z-index: 2147483000; bottom: max(20px, env(safe-area-inset-bottom)); direction: ltr;
  font: 16px/1.5 system-ui, sans-serif; color-scheme: light dark; }
.dock.right { right: max(20px, env(safe-area-inset-right)); }
.dock.left { left: max(20px, env(safe-area-inset-left)); }
.launcher { position: relative; display: grid; place-items: center; width: 60px; height: 60px; margin: 0; padding: 0;
  border: 0; border-radius: 50%; background: var(--own); color: var(--ink); cursor: pointer;
  box-shadow: 0 0 0 1px rgb(255 255 255 / 22%), 0 2px 6px rgb(0 0 0 / 18%), 0 8px 24px rgb(0 0 0 / 18%); transition: transform .15s; }
.launcher:hover { transform: translateY(-2px); }
.launcher:focus-visible { outline: 3px solid var(--own); outline-offset: 3px; box-shadow: 0 0 0 3px var(--ring); }
svg { width: 30px; height: 30px; fill: none; stroke: currentColor; stroke-width: 1.9; stroke-linecap: round; stroke-linejoin: round; }
.talk { stroke-width: 1.7; }
.open .talk, .dock:not(.open) .cross { display: none; }
.badge { position: absolute; top: -4px; right: -4px; min-width: 24px; height: 24px; padding: 0 6px; border-radius: 12px;
  background: #c22f34; color: #fff; font: 600 14px/24px system-ui, sans-serif; text-align: center; box-shadow: 0 0 0 2px #fff; }
.panel { position: absolute; bottom: 76px; width: 400px; max-width: calc(100vw - 40px); height: min(680px, calc(100dvh - 120px));
  overflow: hidden; border: 1px solid var(--line); border-radius: 18px; background: var(--paper); box-shadow: 0 4px 12px rgb(0 0 0 / 12%), 0 16px 48px rgb(0 0 0 / 22%); }
.right .panel { right: 0; }
.left .panel { left: 0; }
iframe { display: block; position: relative; width: 100%; height: 100%; border: 0; background: transparent; color-scheme: light dark; }
.late { position: absolute; z-index: 1; inset: auto 0 0; padding: 20px; background: var(--paper); color: var(--link); text-align: center; }
@media (prefers-color-scheme: dark) { .dock { --paper: #1d2229; --line: #3a424d; --link: #8fbcf0; --ring: #14171c; } }
@media (max-width: 480px), (max-height: 480px) {
  .open.dock { inset: 0; }
  .open .panel { inset: 0; width: 100%; max-width: none; height: 100%; border: 0; border-radius: 0; }
  .open .launcher { display: none; }
}
@media (prefers-reduced-motion: reduce) { .launcher { transition: none; } }
@media (forced-colors: active) { .launcher { border: 2px solid; } }
@media print { .dock { display: none; } }`);

  const host = document.createElement(NAME);
  const shadow = host.attachShadow({ mode: "open" });
  shadow.adoptedStyleSheets = [sheet];
  shadow.append(dock);

  const frameUrl = () => {
    const url = new URL("frame/", base);
    url.search = new URLSearchParams({ lang, site: location.origin });
    return url.href;
  };
  const tell = (busybee, data = {}) => isReady && iframe.contentWindow?.postMessage({ busybee, ...data }, base.origin);

  function label() {
    const words = WORDS[lang];
    const news = unread ? ` (${words.unread.replace("{n}", unread)})` : "";
    dock.lang = lang;
    dock.setAttribute("aria-label", words.name);
    panel.setAttribute("aria-label", words.name);
    button.setAttribute("aria-label", (isOpen ? words.close : words.open) + news);
    button.setAttribute("aria-expanded", isOpen);
    if (iframe) iframe.title = words.name;
    late.textContent = words.late;
    badge.hidden = !unread;
    badge.textContent = unread > 99 ? "99+" : unread;
    const side = position === "left" || position === "right" ? position : mirrored() ? "left" : "right";
    dock.className = `dock ${side}${isOpen ? " open" : ""}`;
  }

  function load() {
    iframe = make("iframe", { allow: "microphone", referrerPolicy: "no-referrer", src: frameUrl() });
    panel.prepend(iframe);
    late.href = iframe.src;
    setTimeout(() => (late.hidden = isReady), LATE);
  }

  function open() {
    if (isOpen) return;
    isOpen = true;
    panel.hidden = false;
    if (!iframe) load();
    label();
    iframe.focus();
    tell("open");
  }

  function close() {
    if (!isOpen) return;
    isOpen = false;
    panel.hidden = true;
    label();
    tell("close");
    button.focus();
  }

  function hand() {
    if (!token || !isReady) return;
    tell("token", { token });
    token = "";
  }

  // links that we mail for this page carry their token behind the #: it never goes to a server, and
  // leaves the address at once
  function takeHash() {
    const found = TOKEN.exec(location.hash);
    if (!found) return;
    token = found[1];
    const rest = location.hash.replace(TOKEN, "").replace(/^&/, "#");
    history.replaceState(history.state, "", location.pathname + location.search + (rest === "#" ? "" : rest));
    open();
    hand();
  }

  button.addEventListener("click", () => (isOpen ? close() : open()));
  dock.addEventListener("keydown", (event) => event.key === "Escape" && close());
  addEventListener("hashchange", takeHash);
  addEventListener("message", ({ origin, source, data }) => {
    if (!iframe || source !== iframe.contentWindow || origin !== base.origin) return;
    if (data?.busybee === "ready") {
      isReady = true;
      late.hidden = true;
      tell("lang", { lang });
      tell(isOpen ? "open" : "close");
      hand();
    } else if (data?.busybee === "unread" && Number.isInteger(data.count) && data.count >= 0) {
      unread = data.count;
      label();
    } else if (data?.busybee === "close") close();
  });
  new MutationObserver(() => {
    if (language() !== lang) tell("lang", { lang: (lang = language()) });
    label();
  }).observe(root, { attributes: true, attributeFilter: ["lang", "dir"] });

  label();
  document.body.append(host);
  takeHash();
})();
