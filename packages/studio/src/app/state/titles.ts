import type { Page } from "./route.ts";

/** What the pages are called. */
export const TITLES: Readonly<Record<Page, string>> = {
  board: "Board",
  items: "Items",
  routing: "Routing",
  tasks: "Tasks",
  timeline: "Timeline",
  prompt: "Prompt",
  events: "Events",
  agents: "Agents",
  tenants: "Tenants",
};
