// One more item without asking the server; without this script the same button does it there.
"use strict";
const more = document.getElementById("more");
const blank = document.getElementById("blank");
if (more && blank) {
  more.addEventListener("click", (event) => {
    const items = document.getElementById("items");
    const place = items.children.length;
    event.preventDefault();
    if (place >= Number(more.dataset.most)) return;
    const item = blank.content.cloneNode(true);
    for (const part of item.querySelectorAll("*")) {
      for (const name of ["id", "name", "for", "aria-describedby"]) {
        const value = part.getAttribute(name);
        if (value) part.setAttribute(name, value.replaceAll("__n__", String(place)));
      }
    }
    item.querySelector(".number").textContent = String(place + 1);
    items.append(item);
    items.lastElementChild.querySelector("input, select").focus();
  });
}
