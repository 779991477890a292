// The check-in page at the door. The phone keeps the list and what was pressed, so that it works without
// net and settles afterwards. Every press has a key: sending it twice is harmless.
"use strict";

const canHold = () => {
  try {
    localStorage.setItem("innsjekk", "1");
    localStorage.removeItem("innsjekk");
    return true;
  } catch {
    return false;
  }
};

// A browser that holds nothing keeps the plain forms.
if (canHold()) {
  const root = document.querySelector("[data-check-in]");
  const texts = JSON.parse(document.getElementById("check-in-texts").textContent);
  const part = (name) => root.querySelector(`[data-${name}]`);
  const box = { list: `innsjekk:${root.dataset.name}:liste`, queue: `innsjekk:${root.dataset.name}:trykk` };
  const SHOWN = 100;
  const RETRY = 5000;
  const REFRESH = 15000;

  // --- What the phone holds. Read anew each time: another tab may have written meanwhile. ---------------
  const read = (key, missing) => {
    try {
      return JSON.parse(localStorage.getItem(key)) ?? missing;
    } catch {
      return missing;
    }
  };
  const write = (key, value) => localStorage.setItem(key, JSON.stringify(value));
  const list = () => read(box.list, { rows: [], forget_at: Number(root.dataset.forgetAt) });
  const queue = () => read(box.queue, []);
  const forget = () => localStorage.removeItem(box.list);
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);

  let csrf = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
  let isOffline = false;
  let isSignedOut = false;
  let chosen = null; // The party whose ticket was read.

  // --- The rows as they are with what waits in the queue -------------------------------------------------
  function rows() {
    const found = new Map(list().rows.map((row) => [String(row.id), { ...row }]));
    for (const press of queue()) {
      const id = press.kind === "walk-in" ? press.key : String(press.id ?? press.walk_in);
      if (press.kind === "walk-in" && !found.has(id)) {
        const name = press.name || texts.noName;
        found.set(id, { id, walk_in: id, name, companions: "", company: "", size: press.size, code: "", has_seat: true, is_walk_in: true, state: "" });
      }
      const row = found.get(id);
      if (!row) continue;
      row.came = press.kind === "undo" ? 0 : press.size;
      row.at = press.kind === "undo" ? null : press.at;
      row.waits = true;
    }
    return [...found.values()].sort((a, b) => a.name.localeCompare(b.name, document.documentElement.lang) || (a.id < b.id ? -1 : 1));
  }

  const plain = (text) => text.toLowerCase().replace(/[\s-]/g, "");
  function wanted(row) {
    if (chosen) return String(row.id) === chosen;
    if (part("search").elements.mangler.checked && (row.came || !row.has_seat)) return false;
    const text = part("search").elements.q.value.toLowerCase().trim();
    if (!text) return true;
    if (row.code && plain(row.code) === plain(text)) return true;
    const held = `${row.name} ${row.companions} ${row.company}`.toLowerCase();
    return text.split(/\s+/).every((word) => held.includes(word));
  }

  // --- Drawing. Built from nodes, so that a name is text and never markup. --------------------------------
  const clock = (at) => {
    const moment = new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Oslo" });
    return document.documentElement.lang === "en" ? moment : `kl. ${moment.replace(":", ".")}`;
  };
  function button(text, value, name, variant) {
    const made = document.createElement("button");
    made.className = variant ? "ds-button" : "ds-button door-row__in";
    if (variant) made.dataset.variant = variant;
    made.type = "submit";
    made.name = "press";
    made.value = value;
    made.textContent = text;
    const whose = document.createElement("span");
    whose.className = "ds-sr-only";
    whose.textContent = ` ${name}`;
    made.append(whose);
    return made;
  }
  function fewer(row) {
    const details = document.createElement("details");
    details.className = "door-row__fewer";
    const summary = document.createElement("summary");
    summary.textContent = texts.fewer;
    const sizes = document.createElement("span");
    sizes.className = "door-row__sizes";
    for (let size = 1; size < Math.min(row.size, 31); size += 1) sizes.append(button(String(size), `in/${row.id}/${size}`, row.name, "secondary"));
    details.append(summary, sizes);
    return details;
  }
  function draw(row) {
    const item = part("row-template").content.firstElementChild.cloneNode(true);
    const put = (name, text) => (item.querySelector(`[data-part=${name}]`).textContent = text);
    item.dataset.id = row.id;
    item.classList.toggle("door-row--came", Boolean(row.came));
    put("name", row.name);
    put("more", [row.companions, row.company, row.is_walk_in ? texts.walkIn : ""].filter(Boolean).join(" · "));
    let state = row.has_seat ? "" : row.state;
    if (row.came) state = fill(row.size > 1 ? texts.came : texts.cameOne, { came: row.came, size: row.size, time: clock(row.at) });
    if (row.waits) state = [state, texts.waits].filter(Boolean).join(", ");
    put("state", state);
    const buttons = item.querySelector("[data-part=buttons]");
    buttons.replaceChildren();
    if (row.came) buttons.append(button(texts.undo, `undo/${row.id}/0`, row.name, "tertiary"));
    else if (row.has_seat) {
      buttons.append(button(row.size > 1 ? fill(texts.all, { size: row.size }) : texts.one, `in/${row.id}/${row.size}`, row.name));
      if (row.size > 1) buttons.append(fewer(row));
    }
    return item;
  }
  function render() {
    const all = rows();
    const found = all.filter(wanted);
    const target = part("rows").querySelector("ul");
    const focused = document.activeElement.closest?.("[data-id]")?.dataset.id;
    const open = new Set([...target.querySelectorAll("details[open]")].map((one) => one.closest("[data-id]").dataset.id));
    target.replaceChildren(...found.slice(0, SHOWN).map(draw));
    for (const item of target.children) {
      if (open.has(item.dataset.id)) item.querySelector("details")?.setAttribute("open", "");
      if (item.dataset.id === focused) item.querySelector("button")?.focus({ preventScroll: true });
    }
    part("more").hidden = found.length <= SHOWN;
    part("more").textContent = fill(texts.more, { count: found.length - SHOWN });
    part("nobody").hidden = found.length > 0 || isSignedOut;
    part("nobody").textContent = texts.nobody;
    count(all);
    tellNet();
  }
  function count(all) {
    const sum = (some, field) => some.reduce((total, row) => total + (row[field] || 0), 0);
    const seats = all.filter((row) => row.has_seat && !row.is_walk_in);
    const came = document.createElement("strong");
    came.textContent = fill(texts.counter, { came: sum(seats, "came"), expected: sum(seats, "size") });
    const walkIns = sum(all.filter((row) => row.is_walk_in), "came");
    const more = document.createElement("span");
    more.textContent = walkIns ? ` ${fill(texts.walkIns, { count: walkIns })}` : "";
    part("counter").replaceChildren(came, more);
  }
  let wasWaiting = false;
  function tellNet() {
    const waiting = queue().length;
    const said = [];
    if (isSignedOut) said.push(texts.signedOut);
    else if (isOffline) said.push(texts.offline);
    if (waiting && (isOffline || isSignedOut)) said.push(`${fill(texts.waiting, { count: waiting })}.`);
    if (!said.length && wasWaiting && !waiting) said.push(texts.sent);
    if (isOffline && waiting) wasWaiting = true;
    const text = said.join(" ");
    if (part("net").textContent !== text) part("net").textContent = text;
    part("net").hidden = !text;
    part("net").classList.toggle("door__net--good", text === texts.sent);
  }
  function say(text) {
    const announcer = document.getElementById("announcer");
    if (announcer) announcer.textContent = text;
  }
  function problem(text) {
    const alert = document.createElement("div");
    alert.className = "ds-alert";
    alert.dataset.color = "danger";
    alert.setAttribute("role", "alert");
    const line = document.createElement("p");
    line.className = "ds-paragraph";
    line.textContent = text;
    alert.append(line);
    part("problems").append(alert);
  }

  // --- Pressing ---------------------------------------------------------------------------------------------
  function press(made) {
    write(box.queue, [...queue(), { key: crypto.randomUUID(), at: Date.now(), ...made }]);
    render();
    sync();
  }
  part("rows").addEventListener("submit", (event) => {
    event.preventDefault();
    const value = event.submitter?.value ?? "";
    // A row that the server drew says in-12-3, one that was drawn here in/12/3: keys hold hyphens.
    const [what, id, size] = value.includes("/") ? value.split("/") : value.split("-");
    const row = rows().find((one) => String(one.id) === id);
    if (!row) return;
    const about = row.walk_in ? { walk_in: row.walk_in } : { id: row.id };
    if (what === "undo") press({ kind: "undo", ...about });
    else press({ kind: "check-in", size: Number(size), ...about });
    say(fill(what === "undo" ? texts.takenBack : texts.checkedIn, { name: row.name }));
  });
  part("walk-in").addEventListener("submit", (event) => {
    const { name, size } = event.target.elements;
    const number = Number(size.value);
    // What is wrong is told by the server, in words beside the field.
    if (!Number.isInteger(number) || number < 1 || number > 50) return;
    event.preventDefault();
    press({ kind: "walk-in", name: name.value.trim(), size: number });
    say(fill(texts.checkedIn, { name: name.value.trim() || texts.noName }));
    event.target.reset();
  });

  // --- Looking ----------------------------------------------------------------------------------------------
  part("search").addEventListener("submit", (event) => event.preventDefault());
  part("search").addEventListener("input", () => {
    chosen = null;
    render();
  });
  part("search").elements.q.addEventListener("focus", (event) => event.target.select());
  part("show-all")?.addEventListener("click", (event) => {
    event.preventDefault();
    chosen = null;
    part("search").elements.q.value = "";
    part("search").elements.mangler.checked = false;
    history.replaceState(null, "", root.dataset.page);
    event.target.closest("p").remove();
    render();
  });
  function choose(code) {
    const row = rows().find((one) => one.code && plain(one.code) === plain(code));
    chosen = row ? String(row.id) : null;
    if (!row && !part("code-problem")) problem(texts.noTicket);
    render();
    root.querySelector(".door-list button")?.focus();
  }

  // --- Settling with the server --------------------------------------------------------------------------------
  async function fetchJson(url, options = {}) {
    const answer = await fetch(url, { ...options, headers: { ...options.headers, Accept: "application/json" }, signal: AbortSignal.timeout(15000) });
    // Signed out, or the door is closed: the answer is the sign-in page, or nothing.
    const isOurs = !answer.redirected && answer.headers.get("Content-Type")?.startsWith("application/json");
    return { isOurs, status: answer.status, data: isOurs ? await answer.json() : null };
  }
  function lose(status) {
    isSignedOut = status === 200 || status === 404;
    isOffline = !isSignedOut;
    if (isSignedOut) forget();
  }
  async function refresh() {
    const answer = await fetchJson(root.dataset.list);
    if (!answer.isOurs) return lose(answer.status);
    isOffline = isSignedOut = false;
    csrf = answer.data.csrf;
    refreshedAt = Date.now();
    write(box.list, { rows: answer.data.rows, forget_at: answer.data.forget_at });
  }
  async function send() {
    const sent = queue().slice(0, 200);
    if (!sent.length) return false;
    const body = JSON.stringify({ sent_at: Date.now(), presses: sent });
    const answer = await fetchJson(root.dataset.settle, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": csrf }, body });
    if (!answer.isOurs || answer.status !== 200) throw new Error(`not settled: ${answer.status}`);
    const results = new Map(answer.data.results.map((one) => [one.key, one]));
    const keys = new Set(sent.map((one) => one.key));
    // A walk-in has a number of its own from now on.
    const known = (press) => (results.get(press.walk_in)?.id ? { ...press, id: results.get(press.walk_in).id, walk_in: undefined } : press);
    fold(sent.map(known), results);
    write(box.queue, queue().filter((one) => !keys.has(one.key)).map(known));
    for (const one of results.values()) if (one.text) problem(one.text);
    return [...results.values()].some((one) => one.outcome !== "done" && one.outcome !== "again");
  }
  // Put what was settled into the list that the phone holds, so that it need not fetch it whole each time.
  function fold(sent, results) {
    const held = list();
    for (const press of sent) {
      const result = results.get(press.key);
      if (!result?.id || (result.outcome !== "done" && result.outcome !== "again")) continue;
      let row = held.rows.find((one) => one.id === result.id);
      if (!row && press.kind === "walk-in") {
        row = { id: result.id, name: press.name || texts.noName, companions: "", company: "", size: press.size, code: "", has_seat: true, is_walk_in: true, state: "" };
        held.rows.push(row);
      }
      if (!row) continue;
      row.came = press.kind === "undo" ? 0 : press.size;
      row.at = press.kind === "undo" ? null : press.at;
    }
    write(box.list, held);
  }
  let refreshedAt = 0;
  let running = false;
  let again = false;
  async function sync() {
    if (running) {
      again = true;
      return;
    }
    running = true;
    try {
      do {
        again = false;
        // A press made with an old sign-in needs the token of the new one, which comes with the list.
        if (isOffline || isSignedOut || !csrf) await refresh();
        const isDoubtful = !isSignedOut && (await send());
        if (isDoubtful || Date.now() - refreshedAt > REFRESH / 2) await refresh();
      } while (again || (queue().length && !isOffline && !isSignedOut));
    } catch {
      if (!isSignedOut) isOffline = true;
    } finally {
      running = false;
      render();
    }
  }

  // --- The camera, where the browser reads QR codes ---------------------------------------------------------------
  async function scan() {
    const dialog = part("scanner");
    const video = part("video");
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      problem(texts.noCamera);
      return;
    }
    dialog.showModal();
    video.srcObject = stream;
    await video.play();
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    while (dialog.open) {
      const [found] = await detector.detect(video).catch(() => []);
      if (found) {
        dialog.close();
        choose(codeOf(found.rawValue));
      }
      await new Promise((done) => setTimeout(done, 200));
    }
    for (const track of stream.getTracks()) track.stop();
  }
  const codeOf = (text) => {
    try {
      return new URL(text).searchParams.get("kode") ?? text;
    } catch {
      return text;
    }
  };
  if ("BarcodeDetector" in window && navigator.mediaDevices) {
    part("scan").hidden = false;
    part("scan").addEventListener("click", scan);
  }

  // --- Starting --------------------------------------------------------------------------------------------------
  if (Date.now() > list().forget_at) forget();
  part("without-script").hidden = true;
  part("leave").addEventListener("submit", (event) => {
    // What waits would be lost; it is sent first.
    if (queue().length) {
      event.preventDefault();
      tellNet();
      sync();
      return;
    }
    forget();
  });
  window.addEventListener("online", sync);
  window.addEventListener("storage", render);
  document.addEventListener("visibilitychange", () => document.hidden || sync());
  setInterval(() => (isOffline || queue().length) && sync(), RETRY);
  setInterval(() => document.hidden || isOffline || sync(), REFRESH);
  navigator.serviceWorker?.register(root.dataset.worker, { scope: root.dataset.page });
  const code = new URLSearchParams(location.search).get("kode");
  if (list().rows.length) render();
  if (code && list().rows.length) choose(code);
  sync().then(() => code && !chosen && choose(code));
}
