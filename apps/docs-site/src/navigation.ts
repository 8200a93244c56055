import type { SitePage } from "./pages.ts";

interface Group {
  readonly text: string;
  /** Pages by their paths, in order. One that is not written yet is left out. */
  readonly paths: readonly string[];
}

/** A link of the navigation, or links under a heading. */
export type NavigationItem =
  | { text: string; link: string }
  | { text: string; items: NavigationItem[]; collapsed?: boolean };

/** A link of the bar at the top, which shows whether the current page is in its group. */
export interface NavigationLink {
  text: string;
  link: string;
  activeMatch: string;
}

/** The list to add a page to. */
const GROUPS: readonly Group[] = [
  {
    text: "Start",
    paths: ["index", "getting-started", "comparison", "apps/support-desk", "from-python"],
  },
  {
    text: "Guides",
    paths: [
      "routing",
      "frameworks",
      "tasks",
      "waiting",
      "inspecting",
      "studio",
      "agents",
      "mcp",
      "cli",
      "testing",
      "apps/cookbook",
      "troubleshooting",
    ],
  },
  {
    text: "Operations",
    paths: [
      "storages",
      "deployment",
      "scale",
      "citus",
      "tenants",
      "security",
      "limits",
      "performance",
      "crash-safety",
      "copying",
      "reliability",
      "benchmarks",
    ],
  },
  { text: "Reference", paths: ["glossary", "errors", "runtimes", "versioning"] },
  {
    text: "Contributing",
    paths: [
      "contributing",
      "architecture",
      "decisions/index",
      "writing-a-storage",
      "security-policy",
      "apps/docs-site",
    ],
  },
];

/** A page that no group lists stands here. */
const OTHERS = "Guides";

/** Where a page's own heading is no label among the others. */
const LABELS = new Map([
  ["index", "What Syntha is"],
  ["security-policy", "Security policy"],
]);

/** The sidebar: every page but the single decisions, which their index lists. */
export function sidebarOf(pages: readonly SitePage[]): NavigationItem[] {
  const listed = new Set(GROUPS.flatMap(({ paths }) => paths));
  const others = pages.filter(
    ({ path }) => !listed.has(path) && !/^(packages|decisions)\//.test(path),
  );
  return GROUPS.map(({ text, paths }) => {
    const own = paths.flatMap((path) => pages.find((page) => page.path === path) ?? []);
    const items: NavigationItem[] = [...own, ...(text === OTHERS ? others : [])].map(itemOf);
    if (text === "Reference") items.push(...referenceOf(pages));
    return { text, items };
  });
}

/** The bar at the top: a link to the first page of each group that follows the front page. */
export function navOf(pages: readonly SitePage[]): NavigationLink[] {
  return sidebarOf(pages).map((group) => {
    const links = linksOf(group).filter((link) => link !== "/");
    const patterns = links.map((link) => (link.endsWith("/") ? link : `${link}$`));
    return { text: group.text, link: links[0] ?? "/", activeMatch: `^(${patterns.join("|")})` };
  });
}

/** Every link under an item. */
export function linksOf(item: NavigationItem): string[] {
  return "link" in item ? [item.link] : item.items.flatMap(linksOf);
}

function itemOf(page: SitePage): NavigationItem {
  const link = `/${page.path.replace(/(^|\/)index$/, "$1")}`;
  return { text: LABELS.get(page.path) ?? page.title, link };
}

function referenceOf(pages: readonly SitePage[]): NavigationItem[] {
  const packages = pages.filter(({ path }) => path.startsWith("packages/"));
  return [
    { text: "API", link: "/reference/" },
    { text: "Packages", items: packages.map(itemOf), collapsed: true },
  ];
}
