"use strict";
const form = document.querySelector("form");
const rows = [...document.querySelectorAll("tbody tr.change")];
const heads = [...document.querySelectorAll("tbody tr.family")];
const shown = document.querySelector("output");

function filter() {
  const sku = form.elements.sku.value.trim().toLowerCase();
  const risk = form.elements.risk.value;
  const field = form.elements.field.value;
  const families = new Set();
  let count = 0;
  for (const row of rows) {
    const data = row.dataset;
    const fits = (!sku || data.sku.includes(sku) || data.family.includes(sku)) &&
      (!risk || (risk === "dangerous" ? data.dangerous === "yes" : data.risk === risk)) &&
      (!field || data.field === field);
    row.hidden = !fits;
    if (fits) { count += 1; families.add(data.family); }
  }
  for (const head of heads) head.hidden = !families.has(head.dataset.family);
  shown.textContent = count + " of " + rows.length + " shown";
}

form.hidden = false;
form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
filter();
