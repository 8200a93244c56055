import { useState } from "preact/hooks";
import { Empty, NoDirectory } from "../parts/empty.tsx";
import { Icon } from "../parts/icons.tsx";
import { LimitNote } from "../parts/limit-note.tsx";
import { agents, unknownNames } from "../state/directory.ts";
import { linkToPage } from "../state/route.ts";
import { startOf, visibleText } from "../../text/visible-text.ts";
import { AgentCard } from "./agent-card.tsx";

const STEP = 60;

/** Who takes part: cards, subscriptions, permissions, leases. */
export function AgentsPage() {
  const [filter, setFilter] = useState("");
  const [most, setMost] = useState(STEP);
  const all = agents.value;
  const wanted = filter.trim().toLowerCase();
  const found = (all ?? []).filter(({ name, description = "", capabilities, subscriptions }) =>
    [name, description, ...capabilities, ...subscriptions].some((text) =>
      text.toLowerCase().includes(wanted),
    ),
  );
  const unknown = [...unknownNames.value];
  return (
    <div class="page agents-page">
      <div class="page-head">
        <h1>Agents</h1>
        <div class="filter-bar" role="search">
          <label class="filter-text">
            <Icon name="search" size={14} />
            <span class="unseen">Filter agents</span>
            <input
              type="text"
              data-filter
              placeholder="name, capability, topic"
              value={filter}
              onInput={({ currentTarget }) => {
                setFilter(currentTarget.value);
                setMost(STEP);
              }}
            />
            <kbd>/</kbd>
          </label>
        </div>
      </div>
      <div class="page-scroll">
        {all === undefined ? (
          <NoDirectory />
        ) : all.length === 0 ? (
          <Empty icon="agents" title="No agent is known yet">
            An agent appears once it announces itself, pushes, subscribes or claims:{" "}
            <code>mesh.agent("Triage").announce(…)</code>
          </Empty>
        ) : found.length === 0 ? (
          <Empty icon="search" title="No agent matches">
            Names, capabilities and topics are searched.
          </Empty>
        ) : (
          <ul class="agent-cards">
            {found.slice(0, most).map((agent) => (
              <AgentCard key={agent.name} agent={agent} />
            ))}
          </ul>
        )}
        <LimitNote list={all} of="agents" />
        {found.length > most && (
          <button type="button" class="button more-button" onClick={() => setMost(most + 5 * STEP)}>
            Show more of {found.length}
          </button>
        )}
        {unknown.length > 0 && wanted === "" && (
          <p class="notice warn">
            <Icon name="warning" />
            <span>
              Items are addressed to{" "}
              {unknown
                .slice(0, 5)
                .map((name) => `“${visibleText(startOf(name, 60).text)}”`)
                .join(", ")}
              , and no agent has {unknown.length === 1 ? "this name" : "these names"}.{" "}
              <a class="link" href={linkToPage("routing")}>
                Routing
              </a>{" "}
              shows how to mend it.
            </span>
          </p>
        )}
      </div>
    </div>
  );
}
