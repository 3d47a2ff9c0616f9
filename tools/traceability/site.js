// The search field: every word has to be in a title, an id or the name of a function.
const field = document.getElementById("search");
const found = document.getElementById("found");

function search() {
  const words = field.value.toLowerCase().split(/[\s_]+/).filter(Boolean);
  const hits = !words.length ? [] : INDEX
    .filter(([text]) => words.every((word) => text.toLowerCase().includes(word)))
    .sort((a, b) => a[1].length - b[1].length)
    .slice(0, 12);
  found.replaceChildren(...hits.map(([, title, standard, target]) => {
    const link = document.createElement("a");
    link.href = target;
    link.append(title, Object.assign(document.createElement("span"), { textContent: standard }));
    const item = document.createElement("li");
    item.append(link);
    return item;
  }));
}

field.addEventListener("input", search);
field.addEventListener("keydown", (event) => {
  if (event.key === "Enter") found.querySelector("a")?.click();
  if (event.key === "Escape") { field.value = ""; search(); }
});
document.addEventListener("click", (event) => {
  if (!event.target.closest("search")) found.replaceChildren();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== field) { event.preventDefault(); field.focus(); }
});
