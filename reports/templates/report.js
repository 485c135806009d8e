"use strict";
// Filters the findings by text, verdict and severity. Without scripts the page shows all of them and lacks nothing else.
(() => {
  const bar = document.querySelector(".filters");
  const rows = [...document.querySelectorAll("#findings .row")];
  if (!rows.length) return;
  bar.hidden = false;
  const text = bar.querySelector("#q");
  const sections = [...document.querySelectorAll("section.severity")];
  const heads = new Map([...document.querySelectorAll("article.rule")].map((rule) => [rule, lower(rule.querySelector("h3").textContent + " " + rule.querySelector(".id").textContent)]));
  const bodies = new Map();
  function lower(string) { return string.toLowerCase(); }
  function body(row) {
    if (!bodies.has(row)) bodies.set(row, lower(row.textContent));
    return bodies.get(row);
  }
  function chosen(name) {
    return new Set([...bar.querySelectorAll(`input[name=${name}]:checked`)].map((box) => box.value));
  }
  function apply() {
    const words = lower(text.value).split(/\s+/).filter(Boolean);
    const verdicts = chosen("verdict");
    const severities = chosen("severity");
    let shown = 0;
    if (words.length) for (const rest of document.querySelectorAll(".rest")) rest.open = true;
    for (const section of sections) {
      let inSection = 0;
      for (const rule of section.querySelectorAll("article.rule")) {
        let inRule = 0;
        for (const row of rule.querySelectorAll(".row")) {
          const fits = severities.has(section.dataset.severity) && verdicts.has(row.classList[1]) &&
            words.every((word) => heads.get(rule).includes(word) || body(row).includes(word));
          row.hidden = !fits;
          inRule += fits;
        }
        rule.hidden = !inRule;
        inSection += inRule;
      }
      section.hidden = !inSection;
      shown += inSection;
    }
    document.getElementById("nothing").hidden = shown > 0;
    document.getElementById("shown").textContent = `${shown.toLocaleString("en")} of ${rows.length.toLocaleString("en")}`;
  }
  let timer;
  bar.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(apply, 80); });
  function open() {
    const target = document.getElementById(location.hash.slice(1));
    for (let at = target; at; at = at.parentElement) if (at.matches("details")) at.open = true;
    if (target) target.scrollIntoView();
  }
  addEventListener("hashchange", open);
  open();
  apply();
})();
