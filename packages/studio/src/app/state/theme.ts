import { effect, signal } from "@preact/signals";

export type Theme = "light" | "dark";

const STORED = "syntha-theme";
const preference = matchMedia("(prefers-color-scheme: dark)");

function stored(): Theme | undefined {
  try {
    const value = localStorage.getItem(STORED);
    return value === "light" || value === "dark" ? value : undefined;
  } catch {
    return undefined; // No storage in a sandboxed frame.
  }
}

const chosen = signal<Theme | undefined>(stored());
const system = signal<Theme>(preference.matches ? "dark" : "light");
preference.addEventListener("change", () => (system.value = preference.matches ? "dark" : "light"));

export function currentTheme(): Theme {
  return chosen.value ?? system.value;
}

export function toggleTheme(): void {
  chosen.value = currentTheme() === "dark" ? "light" : "dark";
  try {
    localStorage.setItem(STORED, chosen.value);
  } catch {
    // The choice then lasts as long as the page.
  }
}

effect(() => {
  document.documentElement.dataset["theme"] = currentTheme();
});
