// Quick exit (link, or Shift three times) and reading a chart point by point. Everything works without it as well.
"use strict";
(() => {
  const exit = document.getElementById("exit");
  let presses = 0, timer = 0, clean = true, notice = null;

  function leave() {
    const cover = document.createElement("div");
    cover.id = "cover";
    cover.setAttribute("role", "alert");
    cover.textContent = exit.dataset.busy;
    document.body.append(cover);
    document.title = exit.dataset.busy;
    window.location.replace(exit.href);
  }
  function tell() {
    if (!notice) {
      notice = document.createElement("div");
      notice.id = "presses";
      notice.setAttribute("role", "status");
      document.body.append(notice);
    }
    notice.textContent = exit.dataset.more.replace("{n}", presses);
  }
  function forget() {
    presses = 0;
    if (notice) { notice.remove(); notice = null; }
  }
  exit.addEventListener("click", (event) => { event.preventDefault(); leave(); });
  // Shift that makes a capital letter does not count.
  document.addEventListener("keydown", (event) => { clean = event.key === "Shift"; });
  document.addEventListener("keyup", (event) => {
    if (event.key !== "Shift" || !clean) return;
    presses += 1;
    clearTimeout(timer);
    timer = setTimeout(forget, 5000);
    if (presses >= 3) { forget(); leave(); } else tell();
  });
  // Coming back by the browser's button shows the page again, not the cover.
  window.addEventListener("pageshow", () => { const cover = document.getElementById("cover"); if (cover) cover.remove(); });

  // A slider over the rows of a chart's table: arrow keys, touch and screen readers.
  for (const figure of document.querySelectorAll("figure.chart")) {
    const rows = [...figure.querySelectorAll("tbody tr")].map((row) =>
      [...row.cells].map((cell) => cell.textContent.trim()).filter(Boolean).join(", "));
    const place = figure.querySelector(".read");
    const details = figure.querySelector("details");
    if (!place || !details || rows.length < 2) continue;
    details.addEventListener("toggle", () => {
      if (place.firstChild) return;
      const input = document.createElement("input"), output = document.createElement("output");
      input.type = "range"; input.min = 0; input.max = rows.length - 1; input.value = rows.length - 1;
      input.setAttribute("aria-label", place.dataset.label);
      const read = () => { output.textContent = rows[input.value]; input.setAttribute("aria-valuetext", rows[input.value]); };
      input.addEventListener("input", read);
      read();
      place.append(input, output);
    });
  }

  // A number's fragment inside a closed list opens it.
  const open = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let part = target; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
  };
  window.addEventListener("hashchange", open);
  open();
})();
