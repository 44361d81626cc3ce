import { useEffect } from "react";
import { chosenTheme, usePreference } from "./preferences.ts";

/** Applies the chosen appearance: to the page, and to the browser's own bar around it. */
export function useTheme(): void {
  const theme = usePreference(chosenTheme);
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
    const isSystemDark = matchMedia("(prefers-color-scheme: dark)");
    const colorBar = () => {
      const color = getComputedStyle(document.documentElement).getPropertyValue("background-color");
      document.querySelector("meta[name=theme-color]")?.setAttribute("content", color);
    };
    colorBar();
    isSystemDark.addEventListener("change", colorBar);
    return () => isSystemDark.removeEventListener("change", colorBar);
  }, [theme]);
}
