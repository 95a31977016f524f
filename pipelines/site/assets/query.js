// The query page: loads engine and release on the first question, shuts them off from files and network, shows answers.
"use strict";
(() => {
  const box = document.getElementById("query"), words = box.dataset;
  const $ = (id) => document.getElementById(id);
  const SHOWN = 500, SVG = "http://www.w3.org/2000/svg";
  let connection = null;

  const script = (source) => new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = source;
    element.onload = resolve;
    element.onerror = () => reject(new Error(source));
    document.head.append(element);
  });
  async function unpack(text) {
    const raw = atob(text), bytes = new Uint8Array(raw.length);
    for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }
  // In the worker: the engine asks for its WebAssembly by address; it gets the bytes that the page sends instead.
  const prelude = "(()=>{let give;const bytes=new Promise(r=>give=r);" +
    "self.fetch=(u)=>String(u&&u.url||u).startsWith('dv:')?bytes.then(b=>new Response(b,{headers:{'Content-Type':'application/wasm'}})):Promise.reject(new Error('no network'));" +
    "self.XMLHttpRequest=undefined;" +
    "self.addEventListener('message',function take(e){if(e.data&&e.data.dvWasm){e.stopImmediatePropagation();self.removeEventListener('message',take);give(e.data.dvWasm)}})})();\n";

  async function connect() {
    const folder = words.root + "query/";
    await Promise.all([script(folder + "duckdb.js"), script(folder + "engine.js"), script(folder + "release.js")]);
    const address = URL.createObjectURL(new Blob([prelude, await unpack(window.DV_WORKER)], {type: "text/javascript"}));
    const wasm = await unpack(window.DV_WASM);
    const worker = new Worker(address);
    worker.postMessage({dvWasm: wasm.buffer}, [wasm.buffer]);
    const database = new duckdb.AsyncDuckDB(new duckdb.VoidLogger(), worker);
    await database.instantiate("dv:wasm");
    await database.open({query: {castBigIntToDouble: true}});
    await database.registerFileBuffer("dv.duckdb", await unpack(window.DV_DB));
    window.DV_WASM = window.DV_WORKER = window.DV_DB = null;
    const made = await database.connect();
    await made.query("ATTACH 'dv.duckdb' AS dv (READ_ONLY); USE dv; SET autoload_known_extensions=false; " +
      "SET autoinstall_known_extensions=false; SET enable_external_access=false; SET lock_configuration=true");
    return made;
  }

  function text(value) {
    if (value === null || value === undefined) return "";
    if (value instanceof Date) return value.toISOString().slice(0, 10);
    return String(value);
  }
  function read(answer) {
    const columns = answer.schema.fields.map((field) => field.name);
    const dates = answer.schema.fields.map((field) => /^Date/.test(String(field.type)));
    const rows = answer.toArray().map((row) => columns.map((name, place) => {
      const value = row[name];
      return dates[place] && value !== null ? new Date(Number(value)) : typeof value === "bigint" ? Number(value) : value;
    }));
    return {columns, rows};
  }
  function table({columns, rows}) {
    const made = document.createElement("table"), head = made.createTHead().insertRow(), body = made.createTBody();
    const caption = made.createCaption();
    caption.className = "vh";
    caption.textContent = words.table;
    for (const name of columns) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = name;
      head.append(cell);
    }
    for (const row of rows.slice(0, SHOWN)) {
      const line = body.insertRow();
      for (const value of row) {
        const cell = line.insertCell();
        cell.textContent = text(value);
        if (typeof value === "number") cell.className = "r";
      }
    }
    return made;
  }
  // Bars of the first column of numbers, named by the first column: only for short answers with one row a name.
  function chart({columns, rows}) {
    const number = columns.findIndex((name, i) => i > 0 && rows.some((row) => typeof row[i] === "number"));
    const names = rows.map((row) => text(row[0]));
    if (number < 0 || rows.length < 2 || rows.length > 30 || new Set(names).size !== names.length) return null;
    const values = rows.map((row) => (typeof row[number] === "number" ? row[number] : null));
    const top = Math.max(...values);
    if (!(top > 0) || Math.min(...values.filter((v) => v !== null)) < 0) return null;
    const make = (tag, attributes, content) => {
      const element = document.createElementNS(SVG, tag);
      for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
      if (content) element.textContent = content;
      return element;
    };
    const made = make("svg", {viewBox: `0 0 340 ${rows.length * 22 + 24}`, width: 340, height: rows.length * 22 + 24, role: "img", "font-size": 12});
    made.append(make("title", {}, columns[number]), make("text", {x: 0, y: 12, "font-weight": "bold"}, columns[number]));
    rows.forEach((row, i) => {
      const y = 24 + i * 22, width = values[i] === null ? 0 : 130 * values[i] / top;
      made.append(make("text", {x: 0, y: y + 13}, names[i].slice(0, 20)),
        make("rect", {x: 140, y, width, height: 16, class: "amount"}),
        make("text", {x: 145 + width, y: y + 13}, text(values[i])));
    });
    return made;
  }
  function csv({columns, rows}) {
    const cell = (value) => (/[",\n\r]/.test(text(value)) ? `"${text(value).replace(/"/g, '""')}"` : text(value));
    return [columns, ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
  }

  async function answer() {
    const state = $("state"), save = $("save");
    $("run").disabled = true;
    save.hidden = true;
    $("result").replaceChildren();
    $("chart").replaceChildren();
    try {
      if (!connection) {
        state.textContent = words.loading;
        connection = await connect();
      }
      state.textContent = words.running;
      const found = read(await connection.query($("sql").value));
      $("result").replaceChildren(table(found));
      const drawn = chart(found);
      if (drawn) $("chart").replaceChildren(drawn);
      if (save.href) URL.revokeObjectURL(save.href);
      save.href = URL.createObjectURL(new Blob(["\ufeff" + csv(found)], {type: "text/csv"}));
      save.hidden = false;
      state.textContent = words.rows.replace("{n}", found.rows.length) + (found.rows.length > SHOWN ? words.cut : found.rows.length ? "" : words.empty);
    } catch (error) {
      state.textContent = words.failed + " " + String(error && error.message || error).split("\n")[0];
    } finally {
      $("run").disabled = false;
    }
  }
  $("question").addEventListener("change", () => { $("sql").value = $("question").value; });
  $("run").addEventListener("click", answer);
  $("sql").value = $("question").value;
})();
