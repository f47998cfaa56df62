"use strict";
// Sorts and filters tables. The page says all it has to say without this.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const heads = Array.from(table.tHead.rows[0].cells);
  const key = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.value === undefined ? cell.textContent.trim() : Number(cell.dataset.value);
  };
  heads.forEach((head, column) => {
    if (head.classList.contains("still")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const numbers = head.classList.contains("n");
      const was = head.getAttribute("aria-sort");
      const descending = was ? was === "ascending" : numbers;
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      const rows = Array.from(body.rows, (row) => [key(row, column), row]);
      rows.sort(([a], [b]) => (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b))));
      if (descending) rows.reverse();
      body.append(...rows.map(([, row]) => row));
    });
  });
  if (body.rows.length > 12) {
    const label = document.createElement("label");
    label.className = "filter";
    const input = document.createElement("input");
    input.type = "search";
    input.setAttribute("aria-label", "Show only rows that hold this text");
    input.placeholder = "Filter";
    label.append(input);
    table.before(label);
    input.addEventListener("input", () => {
      const wanted = input.value.toLowerCase();
      for (const row of body.rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
    });
  }
}
