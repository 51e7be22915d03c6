// The rows that match the filters, some at a time.
const state = { view: [], page: 0, perPage: 25, current: 0 };

function matcher() {
  const text = byId("f-text").value.trim().toLowerCase();
  const given = byId("f-given").value, suggested = byId("f-suggested").value;
  const standing = byId("f-standing").value, decision = byId("f-decision").value;
  const tests = [];
  if (given) tests.push((i) => data.given[i] === +given);
  if (suggested) tests.push((i) => data.suggested[i] === +suggested);
  if (standing) tests.push((i) => data.ambiguous[i] === +standing);
  if (decision === "open") tests.push((i) => !decisionOf(i));
  else if (decision === "done") tests.push((i) => decisionOf(i) !== undefined);
  else if (decision) tests.push((i) => decisionOf(i)?.[1] === decision[0]);
  if (text) {
    extendHaystacks(nRows);
    tests.push((i) => haystacks[i].includes(text));
  }
  return (i) => tests.every((test) => test(i));
}

function findRows() {
  const matches = matcher();
  state.view = [];
  for (let i = 0; i < nRows; i++) if (matches(i)) state.view.push(i);
}

// show the rows that match, with a row of them current if it is among them
function refilter(keep) {
  findRows();
  const at = keep === undefined ? 0 : state.view.findIndex((i) => i >= keep);
  state.current = Math.max(at < 0 ? state.view.length - 1 : at, 0);
  state.page = Math.floor(state.current / state.perPage);
  renderPage();
}

function probability(share) {
  if (share === null) return "";
  const bar = element("meter", { min: 0, max: 1, value: share, ariaHidden: "true" });
  return element("span", { className: "proba" }, bar, ` ${percent(share)}`);
}

function labelCell(i) {
  const line = (word, code, share) => element("div", { className: `label ${word}` },
    element("span", { className: "word" }, word), element("strong", {}, user(shownName(code))),
    probability(share));
  const cell = element("td", { className: "labels", role: "cell" },
    line("given", data.given[i], data.given_proba[i]),
    line("suggested", data.suggested[i], data.suggested_proba[i]));
  if (data.ambiguous[i])
    cell.append(element("span", { className: "tag" }, "could be overlap"));
  return cell;
}

function valueCell(i) {
  const list = element("dl", { className: "values" });
  for (const column of data.columns) {
    if (!hasValues(column, i)) continue;
    const value = valueOf(column, i);
    const long = typeof value === "string" && value.length > 60;
    const shown = value === null
      ? element("span", { className: "quiet" }, "missing") : user(value);
    list.append(element("div", { className: long ? "long" : "" },
      element("dt", {}, user(column.name)), element("dd", {}, shown)));
  }
  const cell = element("td", { className: "value-cell", role: "cell" });
  if (list.children.length) cell.append(list);
  return cell;
}

function imageCell(i) {
  const cell = element("td", { className: "picture", role: "cell" });
  const source = data.images[i];
  if (source) cell.append(element("img", { src: source, alt: `Image of row ${data.row[i]}` }));
  else cell.append(element("span", { className: "quiet" }, "no image"));
  return cell;
}

const BUTTONS = [["a", "Accept"], ["k", "Keep"], ["p", "Pick"], ["u", "Unsure"]];

function decisionCell(i) {
  const entry = decisionOf(i);
  const buttons = BUTTONS.map(([letter, word]) => element("button",
    { type: "button", className: `decide ${WORDS[letter]}`, "data-letter": letter,
      ariaPressed: String(entry?.[1] === letter) },
    element("kbd", { ariaHidden: "true" }, letter), word,
    element("span", { className: "sr" }, `: row ${data.row[i]}`)));
  const cell = element("td", { className: "decision", role: "cell" },
    element("div", { className: "buttons" }, ...buttons));
  if (entry) cell.append(element("p", { className: "verdict" }, ...verdict(entry)));
  return cell;
}

function verdict(entry) {
  const words = { a: "Accepted: ", k: "Kept: ", p: "Picked: ", u: "Unsure" }[entry[1]];
  return entry[1] === "u" ? [words] : [words, user(shownName(entry[2]))];
}

function tableRow(i, at) {
  const entry = decisionOf(i);
  const head = element("th", { scope: "row", role: "rowheader" },
    element("span", { className: "sr" }, "Row "), String(data.row[i]));
  if (data.id && data.id[i] !== null)
    head.append(element("div", { className: "name" }, user(data.id[i])));
  const row = element("tr", { role: "row", tabIndex: -1, "data-at": at,
    className: entry ? WORDS[entry[1]] : "" }, head);
  if (data.images) row.append(imageCell(i));
  row.append(labelCell(i));
  if (data.columns.length) row.append(valueCell(i));
  row.append(decisionCell(i));
  return row;
}

function renderPage() {
  const start = state.page * state.perPage;
  const shown = state.view.slice(start, start + state.perPage);
  byId("rows").replaceChildren(...shown.map((i, k) => tableRow(i, start + k)));
  markCurrent();
  const n = state.view.length, total = nRows.toLocaleString("en");
  byId("shown").textContent = n
    ? `${(start + 1).toLocaleString("en")}–${(start + shown.length).toLocaleString("en")} of ` +
      (n === nRows ? plural(n, "flagged row") : `${plural(n, "row")} that match, ${total} flagged`)
    : `0 of ${plural(nRows, "flagged row")}`;
  byId("nothing").hidden = n > 0;
  byId("previous").disabled = state.page === 0;
  byId("next").disabled = start + state.perPage >= n;
}

const currentRow = () => byId("rows").querySelector(`[data-at="${state.current}"]`);

function markCurrent() {
  for (const row of byId("rows").querySelectorAll("[aria-current]")) {
    row.removeAttribute("aria-current");
    row.tabIndex = -1;
  }
  const row = currentRow();
  if (!row) return;
  row.setAttribute("aria-current", "true");
  row.tabIndex = 0;
}

function goTo(at, focus = true) {
  state.current = Math.max(0, Math.min(at, state.view.length - 1));
  const page = Math.floor(state.current / state.perPage);
  if (page !== state.page) {
    state.page = page;
    renderPage();
  } else markCurrent();
  const row = currentRow();
  if (focus && row) {
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }
}

function turn(step) {
  const last = Math.max(0, Math.ceil(state.view.length / state.perPage) - 1);
  const page = Math.max(0, Math.min(state.page + step, last));
  if (page !== state.page) goTo(page * state.perPage);
}
