// Charts that answer the pointer, on wide pages only: a phone keeps the server's drawing and loads nothing more.
const wide = window.matchMedia("(min-width: 60rem)");
const figures = [...document.querySelectorAll("[data-chart]")];
if (wide.matches && figures.length) import("./drawing.js").then((drawing) => figures.forEach(drawing.draw));
