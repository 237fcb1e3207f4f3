// Looks for what is wrong in the reports that are shown.
"use strict";

// Markup, an expression of AngularJS and a word of a length that no line holds.
const probe = `"'><b class=probe></b><img src=x onerror=ran()><script>ran()</script>{{constructor.constructor("ran()")()}}` + "Long".repeat(60);

// everyString gives a copy with each string changed, with a further key in each
// map of a report's own keys, and with the beginning of a long list, whose items
// are alike.
function everyString(value, change) {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.slice(0, 30).map((v) => everyString(v, change));
  if (value === null || typeof value !== "object") return value;
  const copy = Object.fromEntries(Object.entries(value).map(([k, v]) => [k, everyString(v, change)]));
  const [first] = Object.values(copy);
  if (["string", "number"].includes(typeof first)) copy[probe] = first;
  return copy;
}

// The ways to change a report. A template goes by words such as "malicious",
// which Waggle alone writes, and shows other parts of itself without them: so
// they are kept once.
window.changes = {
  none: (scope) => scope,
  everything: (scope) => everyString(scope, (s) => (/^https?:/.test(s) ? "javascript:ran()//" + probe : s + probe)),
  texts: (scope) => everyString(scope, (s) => (/^[a-z0-9_ ]{0,20}$/.test(s) ? s : s + probe)),
};

const visible = (e) => e.checkVisibility();
const clipped = (e, section) => { for (; e !== section; e = e.parentElement) if (getComputedStyle(e).overflowX !== "visible") return true; return false; };

function wide(section) {
  const edge = section.getBoundingClientRect().right + 1;
  return [...section.querySelectorAll("*")].filter((e) => (e.getBoundingClientRect().right > edge ||
    (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== "inline")) && visible(e) && !clipped(e, section));
}

// contrast is WCAG's, https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio
function contrast(e) {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\d.]+/g).slice(0, 3).map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  let ground = e;
  while (ground && getComputedStyle(ground).backgroundColor === "rgba(0, 0, 0, 0)") ground = ground.parentElement;
  const both = [light(getComputedStyle(e).color), ground ? light(getComputedStyle(ground).backgroundColor) : 1].sort();
  return (both[1] + 0.05) / (both[0] + 0.05);
}

const ownText = (e) => [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.textContent.trim());
// Bootstrap's labels are as they are, and the rows of a table are all alike.
const faint = (section) => [...section.querySelectorAll(":not(tr:nth-child(n + 20) *)")].filter((e) => ownText(e) && visible(e) && !e.closest(".label") && contrast(e) < 3);

const quote = (e) => e.outerHTML.slice(0, 160);

// injected is what a report could bring into the page.
function injected(section) {
  const found = [...section.querySelectorAll("script, img, iframe, object, .probe, [onerror]")].map((e) => "a report's markup is in the page: " + quote(e));
  for (const a of section.querySelectorAll("a")) if (!/^(https?|unsafe):/.test(a.href)) found.push("a link leads to " + a.href.slice(0, 80));
  return found;
}

// unfinished is what was not filled in, or filled with nothing.
function unfinished(section) {
  const found = [], text = section.innerText, source = JSON.stringify(section.scope);
  const panels = [...section.querySelectorAll(".panel")].filter(visible);
  if (panels.length !== 1) found.push(panels.length + " panels are shown, not one");
  for (const part of section.querySelectorAll(".panel-heading, .panel-body, dd, h4, th, p")) {
    if (visible(part) && !part.textContent.trim()) found.push("empty: " + quote(part));
  }
  for (const word of ["{{", "}}", "undefined", "NaN", "[object", "null", "Invalid", "()"]) {
    if (text.includes(word) && !source.includes(word)) found.push("shows " + word);
  }
  return found;
}

// look gives what is wrong with what is shown, and forgets the problems.
window.look = (change) => [...window.problems.splice(0), ...[...document.querySelectorAll("section")].flatMap((section) => {
  const found = injected(section);
  if (change === "none") found.push(...unfinished(section), ...faint(section).slice(0, 1).map((e) => `hard to read, contrast ${contrast(e).toFixed(1)}: ` + quote(e)));
  else if (!section.innerText.includes("<b class=probe>")) found.push("nothing of the report is shown");
  if (change !== "everything") found.push(...wide(section).slice(-1).map((e) => "wider than the page: " + quote(e)));
  return found.map((f) => section.firstChild.textContent + ": " + f);
})];
