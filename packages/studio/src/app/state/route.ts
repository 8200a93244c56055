import { computed, signal } from "@preact/signals";

/** The pages, in the order of the sidebar. */
export const PAGES = [
  "board",
  "items",
  "routing",
  "tasks",
  "timeline",
  "prompt",
  "events",
  "agents",
  "tenants",
] as const;
export type Page = (typeof PAGES)[number];

/** How the chosen agent's view is shown: everything with the unseen dimmed, or only what it sees. */
type Mode = "dim" | "own";

const ITEM_TABS = ["value", "history", "why"] as const;
export type ItemTab = (typeof ITEM_TABS)[number];

/** What the address says: it can be copied, reloaded, and gone back from. */
export interface Place {
  readonly page: Page;
  readonly tenant?: string | undefined;
  /** The agent through whose eyes the mesh is shown. */
  readonly as?: string | undefined;
  readonly mode?: Mode | undefined;
  /** A position of the log in the past. */
  readonly at?: number | undefined;
  /** The item in the panel. */
  readonly item?: string | undefined;
  readonly tab?: ItemTab | undefined;
  readonly prefix?: string | undefined;
  readonly topic?: string | undefined;
  readonly state?: string | undefined;
  readonly author?: string | undefined;
  readonly type?: string | undefined;
}

const NAMES = ["tenant", "as", "item", "prefix", "topic", "state", "author", "type"] as const;

function parsePlace(hash: string): Place {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const parameters = new URLSearchParams(query);
  const texts = Object.fromEntries(
    NAMES.flatMap((name) => {
      const value = parameters.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
  const at = Number(parameters.get("at") ?? Number.NaN);
  return {
    page: PAGES.find((page) => page === path) ?? "board",
    ...texts,
    mode: parameters.get("mode") === "own" ? "own" : "dim",
    tab: ITEM_TABS.find((tab) => tab === parameters.get("tab")),
    at: Number.isSafeInteger(at) && at >= 0 ? at : undefined,
  };
}

export function hashOf(place: Place): string {
  const parameters = new URLSearchParams();
  for (const name of NAMES) {
    const value = place[name];
    if (value !== undefined) parameters.set(name, value);
  }
  if (place.mode === "own") parameters.set("mode", "own");
  if (place.tab !== undefined && place.item !== undefined) parameters.set("tab", place.tab);
  if (place.at !== undefined) parameters.set("at", String(place.at));
  const query = parameters.toString();
  return `#/${place.page}${query === "" ? "" : `?${query}`}`;
}

export const place = signal<Place>(parsePlace(location.hash));
addEventListener("hashchange", () => (place.value = parsePlace(location.hash)));

export const page = computed(() => place.value.page);
/** Of many tenants, the one that is shown if the address names none. */
export const defaultTenant = signal<string | undefined>(undefined);
export const tenant = computed(() => place.value.tenant ?? defaultTenant.value);
export const viewer = computed(() => place.value.as);
export const mode = computed(() => place.value.mode ?? "dim");
export const at = computed(() => place.value.at);
export const openItem = computed(() => place.value.item);

/** The address of another place: what is not named stays as it is. */
export function linkTo(change: Partial<Place>): string {
  return hashOf({ ...place.value, ...change });
}

/** The address of a page without the filters and the item of this one. */
export function linkToPage(page: Page, change: Partial<Place> = {}): string {
  const { tenant, as, mode, at } = place.value;
  return hashOf({ page, tenant, as, mode, at, ...change });
}

export function go(change: Partial<Place>): void {
  location.hash = linkTo(change);
}

/** Changes the address without a step in the browser's history: for what changes often, such as a filter. */
export function replacePlace(change: Partial<Place>): void {
  history.replaceState(null, "", linkTo(change));
  place.value = parsePlace(location.hash);
}
