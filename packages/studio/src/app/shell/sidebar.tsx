import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../parts/icons.tsx";
import { Usage } from "../parts/usage.tsx";
import { showKeys } from "../state/dialog.ts";
import { agents, overview } from "../state/directory.ts";
import { linkToPage, page, PAGES, type Page } from "../state/route.ts";
import { session } from "../state/session.ts";
import { TITLES } from "../state/titles.ts";
import { currentTheme, toggleTheme } from "../state/theme.ts";
import { bytes, count, plural } from "../text/units.ts";

export function Sidebar() {
  const { write, storage, version } = session.value ?? {};
  const theme = currentTheme();
  const nav = useRef<HTMLElement>(null);
  const current = page.value;
  // On a narrow screen the pages scroll sideways.
  useEffect(() => {
    nav.current
      ?.querySelector("[aria-current]")
      ?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [current]);
  return (
    <nav ref={nav} class="sidebar" aria-label="Pages">
      <ul class="pages">
        {PAGES.filter((name) => name !== "tenants" || session.value?.tenantIds !== undefined).map(
          (name) => (
            <li key={name}>
              <a
                href={linkToPage(name)}
                class="page-link"
                aria-current={name === page.value ? "page" : undefined}
              >
                <Icon name={name} />
                <span class="page-title">{TITLES[name]}</span>
                <Figure page={name} />
              </a>
            </li>
          ),
        )}
      </ul>
      <Limits />
      <footer class="sidebar-end">
        <p
          class="quiet"
          title={`Studio ${version ?? ""}${write === true ? "" : ": start it with --write to act"}`}
        >
          {storage !== undefined && <span>{storage} · </span>}
          {write === true ? "can write" : "read-only"}
        </p>
        <div class="row">
          <button
            type="button"
            class="icon-button"
            aria-label="Keyboard shortcuts"
            onClick={showKeys}
          >
            <kbd>?</kbd>
          </button>
          <button
            type="button"
            class="icon-button"
            aria-label={theme === "dark" ? "Use the light theme" : "Use the dark theme"}
            onClick={toggleTheme}
          >
            <Icon name={theme === "dark" ? "sun" : "moon"} />
          </button>
        </div>
      </footer>
    </nav>
  );
}

/** What the mesh holds, where that is limited. */
function Limits() {
  const { stats, limits } = overview.value ?? {};
  if (stats === undefined || limits === undefined) return null;
  const { items, bytes: size, writesPerSecond } = limits;
  if (items === undefined && size === undefined && writesPerSecond === undefined) return null;
  return (
    <dl class="limits" aria-label="Limits of the tenant">
      {items !== undefined && (
        <div>
          <dt>Items</dt>
          <dd>
            <Usage used={stats.items} limit={items} />
          </dd>
        </div>
      )}
      {size !== undefined && (
        <div>
          <dt>Size</dt>
          <dd>
            <Usage used={stats.bytes} limit={size} format={bytes} />
          </dd>
        </div>
      )}
      {writesPerSecond !== undefined && (
        <div>
          <dt>Writes</dt>
          <dd class="number quiet">up to {count(writesPerSecond)} / s</dd>
        </div>
      )}
    </dl>
  );
}

function Figure({ page: name }: { page: Page }) {
  const { stats, problems } = overview.value ?? {};
  if (problems === undefined || stats === undefined) return null;
  const failed = problems.failedTasks.length;
  const routing = problems.topicsWithoutSubscribers.length + problems.unknownRecipients.length;
  switch (name) {
    case "items":
      return <span class="figure number">{short(stats.items)}</span>;
    case "events":
      return <span class="figure number">{short(stats.events)}</span>;
    case "agents":
      return <span class="figure number">{short(agents.value?.length ?? stats.agents)}</span>;
    case "tasks":
      return failed > 0 ? (
        <span class="figure alarm number" title={plural(failed, "failed task")}>
          {failed}
          <span class="unseen">failed</span>
        </span>
      ) : null;
    case "routing":
      return routing > 0 ? (
        <span class="figure warn number" title={plural(routing, "routing problem")}>
          {routing}
          <span class="unseen">problems</span>
        </span>
      ) : null;
    case "board":
    case "timeline":
    case "prompt":
    case "tenants":
      return null;
  }
}

function short(value: number): string {
  return value >= 100_000 ? `${count(Math.round(value / 1000))}k` : count(value);
}
