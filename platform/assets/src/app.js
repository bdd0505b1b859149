// Every page: htmx and the styles. Pages work without either.
import htmx from "htmx.org/dist/htmx.esm.js";
import "./app.css";
import "./forms.js";
import "./offline.js";
import { guardLeaving } from "./waiting.js";

window.htmx = htmx;
guardLeaving();
