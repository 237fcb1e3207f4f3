// Copy buttons: a value is shown defanged and copied as it really is. Without
// this script the page lacks the buttons and nothing else.
"use strict";

const said = document.getElementById("said");

// Browsers have navigator.clipboard on https and loopback only; elsewhere a
// text field does it.
async function copy(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  const ok = document.execCommand("copy");
  field.remove();
  if (!ok) {
    throw new Error("the browser refused");
  }
}

function values(button) {
  if (button.dataset.copy !== undefined) {
    return [button.dataset.copy];
  }
  const buttons = button.closest("[data-group]").querySelectorAll("[data-copy]");
  return Array.from(buttons, (b) => b.dataset.copy);
}

function reveal(part) {
  for (const button of part.querySelectorAll("button.copy")) {
    button.hidden = false;
  }
}

async function press(button) {
  const all = values(button);
  const label = button.dataset.label ?? button.textContent;
  button.dataset.label = label;
  try {
    await copy(all.join("\n"));
    button.textContent = "Copied";
    said.textContent = all.length === 1 ? "Copied." : all.length + " values copied.";
  } catch {
    said.textContent = "The browser does not let this page copy.";
  }
  button.focus();
  setTimeout(() => {
    button.textContent = label;
    said.textContent = "";
  }, 2000);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button.copy");
  if (button) {
    press(button);
  }
});
document.addEventListener("replaced", (event) => reveal(event.target)); // by live.js
reveal(document);
