import { dialog } from "../state/dialog.ts";
import { head } from "../state/live.ts";
import { at, go, linkToPage, openItem, type Page, place } from "../state/route.ts";
import { panelWide } from "../state/panel.ts";

/** The second key after `g`. */
export const PAGE_KEYS: Readonly<Record<string, Page>> = {
  b: "board",
  i: "items",
  r: "routing",
  t: "tasks",
  l: "timeline",
  p: "prompt",
  e: "events",
  a: "agents",
};

let afterG = 0;
const G_LASTS = 1500;

/** Handles the shortcuts of all pages. Rows and cards that `j` and `k` move through carry `data-nav`. */
export function listenToKeys(): void {
  addEventListener("keydown", (event) => {
    if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      dialog.value = dialog.value?.kind === "palette" ? undefined : { kind: "palette" };
      return;
    }
    if (event.metaKey || event.ctrlKey || event.altKey || dialog.value !== undefined) return;
    if (isTyping(event.target)) {
      if (event.key === "Escape" && event.target instanceof HTMLElement) event.target.blur();
      return;
    }
    if (handle(event.key, event.target)) event.preventDefault();
  });
}

/** @returns whether the key means something here */
function handle(key: string, target: EventTarget | null): boolean {
  if (Date.now() - afterG < G_LASTS) {
    afterG = 0;
    const page = PAGE_KEYS[key];
    if (page === undefined) return false;
    location.hash = linkToPage(page);
    return true;
  }
  switch (key) {
    case "g":
      afterG = Date.now();
      return true;
    case "j":
      return move(1);
    case "k":
      return move(-1);
    case "ArrowDown":
      return target instanceof HTMLElement && target.dataset["nav"] !== undefined && move(1);
    case "ArrowUp":
      return target instanceof HTMLElement && target.dataset["nav"] !== undefined && move(-1);
    case "h":
      return moveColumn(-1);
    case "l":
      return moveColumn(1);
    case "e":
      return expand();
    case "w":
      return why();
    case "/":
      return focusFilter();
    case "a":
      dispatchEvent(new Event("syntha-as"));
      return true;
    case "?":
      dialog.value = { kind: "keys" };
      return true;
    case "[":
      go({ at: Math.max(0, (at.value ?? head.value) - 1) });
      return true;
    case "]":
      if (at.value === undefined) return false;
      go({ at: at.value + 1 >= head.value ? undefined : at.value + 1 });
      return true;
    case "Escape":
      return escape();
    default:
      return false;
  }
}

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement)
    return target.type !== "range" && target.type !== "checkbox";
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

function navigable(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(".main [data-nav]")];
}

function current(): HTMLElement | undefined {
  const active = document.activeElement?.closest<HTMLElement>("[data-nav]");
  return active ?? undefined;
}

function move(step: 1 | -1): boolean {
  const from = current();
  const column = from?.closest<HTMLElement>("[data-column]");
  const all =
    column === null || column === undefined
      ? navigable()
      : [...column.querySelectorAll<HTMLElement>("[data-nav]")];
  const index = from === undefined ? -1 : all.indexOf(from);
  const next = index < 0 ? firstInSight(all) : all[index + step];
  if (next === undefined) return false;
  focus(next);
  return true;
}

function moveColumn(step: 1 | -1): boolean {
  const columns = [...document.querySelectorAll<HTMLElement>(".main [data-column]")].filter(
    (column) => column.querySelector("[data-nav]") !== null,
  );
  const from = current();
  const column = from?.closest<HTMLElement>("[data-column]") ?? undefined;
  const next = column === undefined ? columns[0] : columns[columns.indexOf(column) + step];
  if (next === undefined) return false;
  const top = from?.getBoundingClientRect().top ?? 0;
  const rows = [...next.querySelectorAll<HTMLElement>("[data-nav]")];
  const nearest = rows.reduce<HTMLElement | undefined>(
    (best, row) => (best === undefined || distance(row, top) < distance(best, top) ? row : best),
    undefined,
  );
  if (nearest !== undefined) focus(nearest);
  next.scrollIntoView({ block: "nearest", inline: "nearest" });
  return true;
}

function distance(element: HTMLElement, top: number): number {
  return Math.abs(element.getBoundingClientRect().top - top);
}

/** Rows above the visible ones are rendered, too. */
function firstInSight(all: readonly HTMLElement[]): HTMLElement | undefined {
  return (
    all.find((element) => {
      const frame = element.closest(".virtual");
      return (
        frame === null ||
        element.getBoundingClientRect().top >= frame.getBoundingClientRect().top - 1
      );
    }) ?? all[0]
  );
}

function focus(element: HTMLElement): void {
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function expand(): boolean {
  const element = current();
  if (element !== undefined && element.dataset["key"] !== openItem.value) element.click();
  else if (openItem.value !== undefined) panelWide.value = !panelWide.value;
  else return false;
  return true;
}

function why(): boolean {
  const key = current()?.dataset["key"] ?? openItem.value;
  if (key === undefined) return false;
  go({ item: key, tab: "why" });
  return true;
}

function focusFilter(): boolean {
  const filter = document.querySelector<HTMLInputElement>(".main [data-filter]");
  if (filter === null) dialog.value = { kind: "palette" };
  else {
    filter.focus();
    filter.select();
  }
  return true;
}

function escape(): boolean {
  if (openItem.value !== undefined) {
    const key = openItem.value;
    go({ item: undefined, tab: undefined });
    const row = navigable().find((element) => element.dataset["key"] === key);
    if (row !== undefined) focus(row);
    return true;
  }
  if (place.value.at !== undefined) {
    go({ at: undefined });
    return true;
  }
  return false;
}
