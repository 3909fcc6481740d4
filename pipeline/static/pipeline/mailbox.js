// The form of a mailbox shows what the chosen kind and login need. Without it all fields are there.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("mailbox_form");
  if (!form?.elements.kind) return; // who may only look has no fields
  const chosen = (name) => form.elements[name]?.value ?? "";

  const imap = () => chosen("kind") === "imap";
  const login = (...names) => imap() && names.includes(chosen("login"));
  const oauth = () => login("google", "microsoft", "other");
  const NEEDED = {
    directory: () => !imap(),
    host: imap, port: imap, tls: imap, folder: imap, since: imap,
    login: imap, username: imap, after: imap,
    after_folder: () => imap() && chosen("after") === "move",
    sent_folder: imap, sent_by_server: imap,
    new_password: () => login("password"),
    forget_password: () => login("password"),
    oauth_client_id: oauth, new_secret: oauth,
    oauth_tenant: () => login("microsoft"),
    app_only: () => login("microsoft"),
    oauth_authorize_url: () => login("other"),
    oauth_token_url: () => login("other"),
    oauth_scope: () => login("other"),
  };

  function show() {
    for (const [name, needed] of Object.entries(NEEDED)) {
      const line = form.querySelector(`.field-${name}`);
      line?.classList.toggle("bb-hidden", !needed());
    }
    for (const part of form.querySelectorAll("fieldset")) {
      const lines = [...part.querySelectorAll(".field-line")];
      part.classList.toggle("bb-hidden", lines.every((line) => line.classList.contains("bb-hidden")));
    }
  }
  form.addEventListener("change", show);
  show();
});
