import { render } from "preact";
import { App } from "./app.tsx";
import "./style.css";
import { language } from "./text.ts";

document.documentElement.lang = language;
const root = document.getElementById("app");
if (root !== null) render(<App />, root);
