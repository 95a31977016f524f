// Narrows the list of all pages while one types: every word must begin a word of the entry, in any spelling.
"use strict";
(() => {
  const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/ё/g, "е").replace(/[ʻʼ‘’'`]/g, "");
  const split = (text) => fold(text).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const entries = [...document.querySelectorAll("#entries li")].map((element) =>
    ({ element, words: split(element.textContent + " " + (element.dataset.w || "")) }));
  const input = document.getElementById("q"), count = document.getElementById("count");
  function narrow() {
    const wanted = split(input.value);
    let found = 0;
    for (const entry of entries) {
      const hit = wanted.every((part) => entry.words.some((word) => word.startsWith(part)));
      entry.element.hidden = !hit;
      found += hit;
    }
    count.textContent = wanted.length ? count.dataset.found.replace("{n}", found) : "";
  }
  input.addEventListener("input", narrow);
  input.value = decodeURIComponent(location.hash.slice(1));
  narrow();
})();
