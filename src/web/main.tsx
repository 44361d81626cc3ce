import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { LocaleProvider } from "./locale/locale.tsx";
import { App } from "./shell/app.tsx";
import { keepShell } from "./shell/keep-shell.ts";
import "./styles/index.css";

const root = document.getElementById("app");
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <LocaleProvider>
        <App />
      </LocaleProvider>
    </StrictMode>,
  );
}
keepShell();
