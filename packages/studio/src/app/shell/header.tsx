import { Icon } from "../parts/icons.tsx";
import { Name } from "../parts/names.tsx";
import { ChoiceList, Popover } from "../parts/menu.tsx";
import { showPalette } from "../state/dialog.ts";
import { head, liveFailure, liveState } from "../state/live.ts";
import { at, hashOf, linkToPage, page, tenant } from "../state/route.ts";
import { session } from "../state/session.ts";
import { count } from "../text/units.ts";
import { AsSwitch } from "./as-switch.tsx";

export function Header() {
  return (
    <header class="header">
      <a class="brand" href={linkToPage("board")} aria-label="Syntha Studio, board">
        <Logo />
        <span class="brand-name">syntha</span>
      </a>
      <TenantSwitch />
      <span class="grow" />
      <AsSwitch />
      <span class="grow" />
      <button type="button" class="search-button" onClick={showPalette}>
        <Icon name="search" />
        <span class="search-label">Search</span>
        <kbd>{navigator.platform.startsWith("Mac") ? "⌘K" : "Ctrl K"}</kbd>
      </button>
      <LiveMark />
    </header>
  );
}

/** Three nodes on one item. */
function Logo() {
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
      <rect width="20" height="20" rx="5" fill="var(--accent)" />
      <g fill="none" stroke="var(--on-accent)" stroke-width="1.4">
        <path d="M10 10 5.5 6M10 10l4.5-4M10 10v5" />
      </g>
      <g fill="var(--on-accent)">
        <circle cx="5.5" cy="6" r="1.7" />
        <circle cx="14.5" cy="6" r="1.7" />
        <circle cx="10" cy="15" r="1.7" />
        <circle cx="10" cy="10" r="2.2" />
      </g>
    </svg>
  );
}

function TenantSwitch() {
  const { tenantIds, tenantId } = session.value ?? {};
  if (tenantIds === undefined)
    return tenantId === undefined ? null : (
      <span class="tenant-name">
        <Name text={tenantId} />
      </span>
    );
  const current = tenant.value ?? "";
  return (
    <Popover
      label={`Tenant ${current}`}
      class="tenant-switch"
      button={
        <>
          <Name text={current === "" ? "no tenant" : current} />
          <Icon name="down" size={12} />
        </>
      }
    >
      {(close) => (
        <ChoiceList
          label="Tenant"
          placeholder="Find a tenant"
          current={current}
          choices={tenantIds.map((id) => ({ id, text: id, content: <Name text={id} /> }))}
          onChoose={(id) => {
            // Agents, positions and items are those of one tenant.
            location.hash = hashOf({
              page: page.value === "tenants" ? "board" : page.value,
              tenant: id,
            });
            close();
          }}
        />
      )}
    </Popover>
  );
}

const TEXTS = {
  connecting: "connecting",
  live: "live",
  offline: "reconnecting",
  "storage away": "storage away",
  ended: "ended",
} as const;

function LiveMark() {
  const state = liveState.value;
  const isPast = at.value !== undefined;
  const position = at.value ?? head.value;
  return (
    <span
      class={`live ${isPast ? "past" : state.replace(" ", "-")}`}
      title={liveFailure.value?.message ?? `The last position of the log is ${count(head.value)}`}
    >
      <span class="live-dot" aria-hidden="true" />
      <span class="live-text" role="status">
        {isPast ? "past" : TEXTS[state]}
      </span>
      <a
        class="number mono live-position"
        href={linkToPage("timeline")}
        aria-label={`#${count(position)}, open the timeline`}
      >
        #{count(position)}
      </a>
    </span>
  );
}
