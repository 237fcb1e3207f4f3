// Keeps what goes wrong in the page. It must run before everything else.
"use strict";

window.problems = [];
for (const level of ["error", "warn"]) {
  const say = console[level];
  console[level] = (...words) => {
    window.problems.push(words.map((w) => w?.message ?? String(w)).join(" "));
    say.apply(console, words);
  };
}
window.addEventListener("error", (e) => window.problems.push(e.message ?? "could not load " + e.target.outerHTML), true);

// ran is what markup and expressions in a report call, were they ever run.
window.ran = () => window.problems.push("what a report held was run");
