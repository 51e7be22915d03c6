// Decisions by key or button, and what follows from them.
function say(text) {
  byId("live").textContent = text;
}

function showProgress() {
  const n = latest.size, right = counts.a + counts.p, judged = right + counts.k;
  const parts = [[counts.a, "accepted"], [counts.k, "kept"], [counts.p, "picked"], [counts.u, "unsure"]];
  byId("progress-text").textContent =
    `${n.toLocaleString("en")} of ${nRows.toLocaleString("en")} decided` + (n ? ": " +
      parts.filter(([k]) => k).map(([k, word]) => `${k.toLocaleString("en")} ${word}`).join(", ") : "");
  byId("meter").max = nRows;
  byId("meter").value = n;
  const [low, high] = judged ? interval(right, judged) : [];
  byId("precision").textContent = judged
    ? `Flags that were right so far: ${percent(right / judged)} ` +
      `(95% interval ${percent(low)} – ${percent(high)})` : "";
  byId("undo").disabled = log.length === 0;
  byId("save-csv").disabled = byId("save-json").disabled = n === 0;
  const warnings = [];
  if (!storageWorks) warnings.push("This browser does not store the decisions: " +
    "download them before you close the page.");
  if (foreign) warnings.push(`${plural(foreign, "stored decision")} on these labels ` +
    "concern rows that this page does not flag; they stay in the browser and are not downloaded.");
  byId("warning").textContent = warnings.join(" ");
  byId("warning").hidden = !warnings.length;
  byId("storage").hidden = !storageWorks;
}

// position in the view of the next row without a decision, from the start if there is none below
function nextOpen(from) {
  const open = (i) => !decisionOf(i);
  const n = state.view.length;
  for (let k = 1; k <= n; k++) if (open(state.view[(from + k) % n])) return (from + k) % n;
  return -1;
}

function decide(i, letter, code) {
  const at = state.view.indexOf(i);
  enter(letter === "u" ? [data.row[i], "u"] : [data.row[i], letter, code]);
  save(log.length - 1);
  showProgress();
  const said = `Row ${data.row[i]}: ${verdict(decisionOf(i)).map((p) => p.textContent ?? p).join("")}. `;
  const next = nextOpen(at);
  const target = next < 0 ? i : state.view[next];
  const leaves = byId("f-decision").value !== "" && !matcher()(i);
  if (leaves) state.view.splice(at, 1);
  state.current = Math.max(0, leaves && next < 0 ? Math.min(at, state.view.length - 1)
    : state.view.indexOf(target));
  const page = Math.floor(state.current / state.perPage);
  if (leaves || page !== state.page) {
    state.page = page;
    renderPage();
  } else redraw(i, at);
  goTo(state.current);
  if (!state.view.length) byId("h-review").focus();
  say(said + (next < 0 ? "All rows shown are decided." : `${latest.size} of ${nRows} decided.`));
}

function redraw(i, at) {
  const old = byId("rows").querySelector(`[data-at="${at}"]`);
  if (old) old.replaceWith(tableRow(i, at));
}

function act(i, letter) {
  if (letter === "a") decide(i, "a", data.suggested[i]);
  else if (letter === "k") decide(i, "k", data.given[i]);
  else if (letter === "u") decide(i, "u");
  else openPick(i);
}

function undo() {
  if (!log.length) return;
  const i = takeBack();
  save(Math.max(0, log.length - 1));
  showProgress();
  if (i === undefined) return;
  if (!state.view.includes(i) || byId("f-decision").value) refilter(i);
  const at = state.view.indexOf(i);
  if (at >= 0) redraw(i, at);
  goTo(at < 0 ? state.current : at);
  say(`Row ${data.row[i]}: decision undone. ${latest.size} of ${nRows} decided.`);
}

let picking = -1;
function closeness(name, typed) {
  if (name === typed) return 3;
  const lower = name.toLowerCase(), text = typed.toLowerCase();
  return lower === text ? 2 : lower.startsWith(text) ? 1 : 0;
}

function listClasses() {
  const typed = byId("pick-text").value.trim(), text = typed.toLowerCase();
  const options = [];
  data.classes.forEach((name, code) => {
    if (name.toLowerCase().includes(text))
      options.push(element("option", { value: code, dir: "auto" }, shownName(code)));
  });
  byId("pick-class").replaceChildren(...options);
  byId("pick-none").hidden = options.length > 0;
  const suggested = options.find((option) => +option.value === data.suggested[picking]);
  const near = (option) => closeness(className(+option.value), typed);
  const closest = options.reduce((best, option) => near(option) > near(best) ? option : best, options[0]);
  const chosen = text ? closest : suggested;
  if (chosen) chosen.selected = true;
}

function openPick(i) {
  picking = i;
  byId("pick-text").value = "";
  byId("pick-row").replaceChildren(`Row ${data.row[i]}, given `, user(shownName(data.given[i])),
    ", suggested ", user(shownName(data.suggested[i])));
  listClasses();
  byId("pick").showModal();
  byId("pick-text").focus();
}

function pickChosen() {
  const option = byId("pick-class").selectedOptions[0];
  if (!option) return;
  const code = +option.value, i = picking;
  byId("pick").close();
  const same = { [data.given[i]]: "k", [data.suggested[i]]: "a" };
  decide(i, same[code] ?? "p", code);
}

function download(text, type, ending) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = element("a", { href: url, download: `${data.file}.${ending}` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
  unsaved = false;
}

const keys = {
  a: (i) => act(i, "a"), k: (i) => act(i, "k"), u: (i) => act(i, "u"), p: (i) => act(i, "p"),
  ArrowDown: () => goTo(state.current + 1), ArrowUp: () => goTo(state.current - 1),
  ArrowRight: () => turn(1), ArrowLeft: () => turn(-1),
};

function inSight(row) {
  const box = row?.getBoundingClientRect();
  const covered = document.querySelector(".bar")?.getBoundingClientRect().bottom ?? 0;
  return box !== undefined && box.top >= covered && box.bottom <= window.innerHeight;
}

function onKey(event) {
  if (document.querySelector("dialog[open]") || event.altKey || event.defaultPrevented) return;
  const typing = event.target.closest("input, select, textarea");
  const inReview = event.target.closest("#review") !== null;
  if (event.key === "Escape" && typing && inReview) return goTo(state.current);
  if (typing) return;
  let action;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey || event.metaKey) action = key === "z" && !event.shiftKey ? undo : undefined;
  else if (!byId("keys-on").checked && event.key.length === 1) return;
  else if (key === "?") action = () => byId("help").showModal();
  else if (key === "r") action = () => goTo(state.current);
  else if (key === "/") action = () => byId("f-text").focus();
  else if (key === "z") action = inReview ? undo : undefined;
  else if (state.view.length && keys[key]) {
    // away from the rows, letters decide on the current one if it is in sight, or else go there
    if (inReview) action = () => keys[key](state.view[state.current]);
    else if (key.length === 1)
      action = () => inSight(currentRow()) ? keys[key](state.view[state.current]) : goTo(state.current);
  }
  if (!action) return;
  event.preventDefault();
  action();
}

function fillSelect(id, codes) {
  const n = new Map();
  for (const code of codes) n.set(code, (n.get(code) ?? 0) + 1);
  const sorted = [...n.keys()].sort((a, b) => a - b);
  byId(id).replaceChildren(element("option", { value: "" }, "All"), ...sorted.map((code) =>
    element("option", { value: code, dir: "auto" }, `${shownName(code)} (${n.get(code).toLocaleString("en")})`)));
}

function whenRowIsUsed(event) {
  const row = event.target.closest("tr[data-at]");
  if (!row) return;
  const at = +row.dataset.at;
  if (at !== state.current) { state.current = at; markCurrent(); }
  const button = event.target.closest("button");
  if (event.type === "click" && button) act(state.view[at], button.dataset.letter);
}

function listen() {
  document.addEventListener("keydown", onKey);
  byId("rows").addEventListener("click", whenRowIsUsed);
  byId("rows").addEventListener("focusin", whenRowIsUsed);
  byId("filters").addEventListener("input", () => refilter());
  byId("filters").addEventListener("submit", (event) => { event.preventDefault(); goTo(0); });
  byId("clear").addEventListener("click", () => { byId("filters").reset(); refilter(); });
  byId("per-page").addEventListener("change", () => {
    state.perPage = +byId("per-page").value;
    state.page = Math.floor(state.current / state.perPage);
    renderPage();
  });
  byId("previous").addEventListener("click", () => turn(-1));
  byId("next").addEventListener("click", () => turn(1));
  byId("undo").addEventListener("click", undo);
  byId("save-csv").addEventListener("click", () => download(asCsv(), "text/csv", "csv"));
  byId("save-json").addEventListener("click", () => download(asJson(), "application/json", "json"));
  byId("open-help").addEventListener("click", () => byId("help").showModal());
  byId("close-help").addEventListener("click", () => byId("help").close());
  byId("keys-on").addEventListener("change", () => {
    try { localStorage.setItem("skclean:keys", byId("keys-on").checked ? "on" : "off"); } catch {}
  });
  byId("pick-text").addEventListener("input", listClasses);
  byId("pick").addEventListener("keydown", (event) => {
    const list = byId("pick-class");
    if (event.key === "Enter" && event.target.tagName !== "BUTTON") { event.preventDefault(); pickChosen(); }
    if (event.target === list || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    list.selectedIndex = Math.max(0, Math.min(list.selectedIndex + step, list.length - 1));
  });
  byId("pick-class").addEventListener("dblclick", pickChosen);
  byId("pick-ok").addEventListener("click", pickChosen);
  byId("pick-cancel").addEventListener("click", () => byId("pick").close());
  for (const button of document.querySelectorAll("button.show")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      byId("filters").reset();
      byId("f-given").value = button.dataset.given;
      byId("f-suggested").value = button.dataset.suggested;
      refilter();
      byId("review").scrollIntoView();
      goTo(0);
    });
  }
  window.addEventListener("storage", (event) => {
    if (event.key && event.key.startsWith(storeKey) && !event.key.endsWith("probe")) {
      load(); refilter(state.view[state.current]); showProgress();
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (!storageWorks && unsaved) event.preventDefault();
  });
}

if (nRows) {
  load();
  fillSelect("f-given", data.given);
  fillSelect("f-suggested", data.suggested);
  byId("l-standing").hidden = !data.ambiguous.includes(1);
  byId("image-head").hidden = !data.images;
  byId("value-head").hidden = !data.columns.length;
  try { byId("keys-on").checked = localStorage.getItem("skclean:keys") !== "off"; } catch {}
  listen();
  refilter();
  const open = nextOpen(-1);
  if (latest.size && open > 0) goTo(open, false);
  showProgress();
  byId("app").hidden = false;
  setTimeout(prepareSearch, 100);
}
