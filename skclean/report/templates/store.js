// Decisions are a log of [row, letter, class]: the last entry of a row counts, and undoing takes
// the last entry away. It is stored in pieces, so that a decision rewrites only the last one.
const PIECE = 400;
const WORDS = { a: "accept", k: "keep", p: "pick", u: "unsure" };
const storeKey = `skclean:${data.fingerprint}:`;
const indexOfRow = new Map(data.row.map((row, i) => [row, i]));
const log = [];
const latest = new Map(); // index of a flagged row -> its entries, oldest first
const counts = { a: 0, k: 0, p: 0, u: 0 };
let foreign = 0; // entries about rows that this page does not flag
let storageWorks = true;
let unsaved = false;

function decisionOf(i) {
  const entries = latest.get(i);
  return entries ? entries[entries.length - 1] : undefined;
}

function enter(entry) {
  log.push(entry);
  const i = indexOfRow.get(entry[0]);
  if (i === undefined) { foreign++; return; }
  const before = decisionOf(i);
  if (before) counts[before[1]]--;
  else latest.set(i, []);
  latest.get(i).push(entry);
  counts[entry[1]]++;
}

function takeBack() {
  const last = log.pop();
  const i = last && indexOfRow.get(last[0]);
  if (last === undefined) return undefined;
  if (i === undefined) { foreign--; return undefined; }
  latest.get(i).pop();
  counts[last[1]]--;
  if (!latest.get(i).length) latest.delete(i);
  else counts[decisionOf(i)[1]]++;
  return i;
}

function save(from) {
  unsaved = true;
  try {
    for (let piece = Math.floor(from / PIECE); piece * PIECE < log.length; piece++)
      localStorage.setItem(storeKey + piece,
        JSON.stringify(log.slice(piece * PIECE, (piece + 1) * PIECE)));
    const pieces = Math.ceil(log.length / PIECE);
    localStorage.removeItem(storeKey + pieces);
    storageWorks = true;
  } catch {
    storageWorks = false;
  }
}

function isEntry(entry) {
  return Array.isArray(entry) && Number.isInteger(entry[0]) && entry[1] in WORDS &&
    (entry[1] === "u" || (Number.isInteger(entry[2]) && entry[2] < data.classes.length));
}

function load() {
  log.length = 0;
  latest.clear();
  foreign = 0;
  for (const letter in counts) counts[letter] = 0;
  try {
    for (let piece = 0; ; piece++) {
      const text = localStorage.getItem(storeKey + piece);
      if (text === null) break;
      for (const entry of JSON.parse(text)) if (isEntry(entry)) enter(entry);
    }
    localStorage.setItem(storeKey + "probe", "1");
    localStorage.removeItem(storeKey + "probe");
  } catch {
    storageWorks = false;
  }
}

function decided() {
  const all = [];
  for (let i = 0; i < nRows; i++) {
    const entry = decisionOf(i);
    if (entry) all.push({
      row: data.row[i],
      id: data.id ? data.id[i] : null,
      given_label: className(data.given[i]),
      decision: WORDS[entry[1]],
      new_label: entry[1] === "u" ? null : className(entry[2]),
    });
  }
  return all;
}

const quoted = (value) => {
  const text = value === null ? "" : String(value);
  return /[",;\t\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

function asCsv() {
  const lines = [["row", "id", "column", "given_label", "decision", "new_label", "id_column"]];
  for (const d of decided())
    lines.push([d.row, d.id, data.label, d.given_label, d.decision, d.new_label, data.id_column]);
  return "\ufeff" + lines.map((line) => line.map(quoted).join(",") + "\r\n").join("");
}

function asJson() {
  const content = { schema: "skclean.decisions/1", fingerprint: data.fingerprint,
    label: data.label, id_column: data.id_column, decisions: decided() };
  return JSON.stringify(content, null, 1) + "\n";
}

// 95 % interval of Wilson
function interval(right, n) {
  const z = 1.959964, p = right / n, centre = p + z * z / (2 * n);
  const half = z * Math.sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  return [(centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)];
}
