"use strict";
(() => {
  const phrases = JSON.parse(document.getElementById("phrases").textContent);
  const form = document.getElementById("filters");
  const families = [...document.querySelectorAll("tbody[data-family]")].map((body) => [body, [...body.querySelectorAll("tr.change")]]);
  const more = document.getElementById("more");
  let say = phrases[document.documentElement.lang];

  const figure = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, say._thousands);

  const PAGE = 500; // laying out thousands of rows takes seconds
  let limit = PAGE;

  function filter() {
    const { sku, risk, field } = form.elements;
    const term = sku.value.trim().toLowerCase();
    let count = 0, all = 0;
    for (const [body, rows] of families) {
      const whole = body.dataset.family.includes(term);
      let here = 0;
      for (const row of rows) {
        const data = row.dataset;
        const fits = (whole || data.sku.includes(term)) && (!field.value || data.field === field.value) &&
          (!risk.value || (risk.value === "dangerous" ? data.dangerous === "yes" : data.risk === risk.value));
        const shown = fits && count < limit;
        if (row.hidden === shown) row.hidden = !shown;
        if (shown) here += 1;
        if (fits) count += 1;
      }
      if (body.hidden !== !here) body.hidden = !here;
      all += rows.length;
    }
    more.hidden = count <= limit;
    form.querySelector("output").textContent = say.of_shown.replace("{n}", figure(count)).replace("{all}", figure(all));
  }

  function speak(code) {
    say = phrases[code];
    document.documentElement.lang = code;
    document.title = say.diff_title;
    for (const node of document.querySelectorAll("[data-t]")) node.textContent = say[node.dataset.t];
    for (const node of document.querySelectorAll("[data-t-label]")) node.setAttribute("aria-label", say[node.dataset.tLabel]);
    for (const node of document.querySelectorAll("[data-number]")) node.textContent = say[node.dataset.number].replace("{n}", figure(node.dataset.n));
    if (form) filter();
  }

  function only(risk) {
    for (const name of ["sku", "risk", "field"]) form.elements[name].value = "";
    form.elements.risk.value = risk;
    limit = PAGE;
    filter();
  }

  document.getElementById("language").addEventListener("change", (event) => speak(event.target.value));
  document.getElementById("theme").addEventListener("click", () => {
    const dark = getComputedStyle(document.documentElement).colorScheme === "dark";
    document.documentElement.dataset.theme = dark ? "light" : "dark";
  });
  if (form) {
    form.hidden = false;
    form.addEventListener("input", () => { limit = PAGE; filter(); });
    more.addEventListener("click", () => { limit += PAGE; filter(); });
    addEventListener("beforeprint", () => { limit = Infinity; filter(); });
    addEventListener("afterprint", () => { limit = PAGE; filter(); });
    form.addEventListener("submit", (event) => event.preventDefault());
    document.getElementById("clear").addEventListener("click", () => only(""));
    for (const button of document.querySelectorAll("button[data-risk]")) {
      button.addEventListener("click", () => { only(button.dataset.risk); document.getElementById("changes").scrollIntoView(); });
    }
    filter();
  }
  const reader = navigator.language.slice(0, 2);
  if (document.documentElement.dataset.lang && reader !== document.documentElement.lang && phrases[reader]) {
    document.getElementById("language").value = reader;
    speak(reader);
  }
  document.documentElement.dataset.ready = "yes";
})();
