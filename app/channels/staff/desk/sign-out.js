/* On every page of the staff: who signs out leaves nothing in the browser. */
import { forget } from "./memory.js";

document.querySelector(".out")?.addEventListener("submit", forget);
