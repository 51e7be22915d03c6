"use strict";
// What the page holds, and how a row is shown and searched. Text enters the page as text only.
const data = JSON.parse(document.getElementById("data").textContent);
const nRows = data.row.length;
const byId = (id) => document.getElementById(id);

function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

const user = (text) => element("bdi", { dir: "auto" }, String(text));
const percent = (share) => `${(100 * share).toFixed(share >= 0.0995 || share === 0 ? 0 : 1)}%`;
const plural = (n, word) => `${n.toLocaleString("en")} ${word}${n === 1 ? "" : "s"}`;
const className = (code) => data.classes[code];
// the same with the blanks that would not be seen
const shownName = (code) =>
  className(code).replace(/^ +| +$|  +/g, (blanks) => "\u2423".repeat(blanks.length));

function valueOf(column, i) {
  return column.codes ? column.levels[column.codes[i]] : column.values[i];
}
const hasValues = (column, i) => i < (column.codes || column.values).length;

// lower-case text of each row, made while the browser is idle and completed at the first search
const haystacks = [];
function haystack(i) {
  const parts = [className(data.given[i]), className(data.suggested[i]), data.row[i]];
  if (data.id) parts.push(data.id[i] ?? "");
  for (const column of data.columns) if (hasValues(column, i)) parts.push(valueOf(column, i) ?? "");
  return parts.join("\n").toLowerCase();
}
function extendHaystacks(end) {
  for (let i = haystacks.length; i < end; i++) haystacks.push(haystack(i));
}
function prepareSearch() {
  extendHaystacks(Math.min(haystacks.length + 2000, nRows));
  if (haystacks.length < nRows) setTimeout(prepareSearch, 0);
}
