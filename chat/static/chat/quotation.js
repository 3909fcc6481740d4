// The quotation in a tab of its own. Who holds a bearer has no cookie: then the file is fetched.

export function quotationOpener({ url, bearer, failed }) {
  return async (kind, { number, revision }) => {
    if (!bearer()) {
      window.open(url(kind), "_blank", "noopener");
      return;
    }
    // the printable page links to our files, which a blob cannot; the PDF prints as well
    const tab = kind === "page" ? window.open("", "_blank") : null;
    try {
      const answer = await fetch(url("pdf"), { headers: { Authorization: `Bearer ${bearer()}` } });
      if (!answer.ok) throw new Error(answer.statusText);
      const address = URL.createObjectURL(await answer.blob());
      if (tab) tab.location = address;
      else save(address, `${number}-r${revision}.pdf`);
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
    } catch {
      tab?.close();
      failed();
    }
  };
}

function save(address, name) {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
}
