import { useState } from "preact/hooks";
import type { ItemExplanation } from "../../api/index.ts";
import { subscribe } from "../actions/actions.ts";
import { CopyText } from "../parts/copy-text.tsx";
import { Empty, Failed, Loading } from "../parts/empty.tsx";
import { Icon } from "../parts/icons.tsx";
import { Agent, Name } from "../parts/names.tsx";
import { read } from "../state/request.ts";
import { useResource } from "../state/resource.ts";
import { at, linkTo, tenant, viewer } from "../state/route.ts";
import { mayWrite } from "../state/session.ts";
import { count } from "../text/units.ts";
import { shellCommand } from "../../text/shell-command.ts";
import { visibleText } from "../../text/visible-text.ts";

type Reason = ItemExplanation["reasons"][number];

/** Why each agent sees the item, or does not, and what would change that. */
export function ItemAudience({ itemKey }: { itemKey: string }) {
  const [filter, setFilter] = useState("");
  const query = { key: itemKey, tenant: tenant.value, at: at.value, limit: 500 };
  const { data, error, reload } = useResource(
    JSON.stringify(query),
    (signal) => read("api/item/audience", query, signal),
    ({ type }) => type === "put" || type === "head" || type === "visibility",
  );
  if (data === undefined)
    return error === undefined ? <Loading /> : <Failed error={error} retry={reload} />;
  const wanted = filter.trim().toLowerCase();
  const shown = data.agents.filter(({ agent = "" }) => agent.toLowerCase().includes(wanted));
  const seeing = shown.filter(({ visible }) => visible);
  const others = shown.filter(({ visible }) => !visible);
  if (data.agents.length === 0)
    return (
      <Empty icon="agents" title="No agent is known yet">
        An agent appears once it announces itself, pushes or subscribes.
      </Empty>
    );
  return (
    <div class="why">
      {data.agents.length > 12 && (
        <label class="filter-text">
          <Icon name="search" size={14} />
          <span class="unseen">Filter agents</span>
          <input
            type="text"
            placeholder="agent"
            value={filter}
            onInput={({ currentTarget }) => setFilter(currentTarget.value)}
          />
        </label>
      )}
      <Group title={`${count(seeing.length)} see it`} agents={seeing} />
      <Group title={`${count(others.length)} do not`} agents={others} />
    </div>
  );
}

function Group({ title, agents }: { title: string; agents: readonly ItemExplanation[] }) {
  if (agents.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <ul class="why-list">
        {agents.map((explanation) => (
          <Row key={explanation.agent} explanation={explanation} />
        ))}
      </ul>
    </section>
  );
}

function Row({ explanation }: { explanation: ItemExplanation }) {
  const { agent, visible, reasons, topicsToSubscribe, text, notVisibleBecause } = explanation;
  if (agent === undefined) return null;
  const isChosen = viewer.value === agent;
  return (
    <li class={`why-row${isChosen ? " selected" : ""}`}>
      <a
        class="why-agent"
        href={linkTo({ as: isChosen ? undefined : agent })}
        title={`View as ${agent}`}
      >
        <Agent name={agent} />
      </a>
      <span class={`why-mark ${visible ? "state-done" : "quiet"}`}>
        <Icon name={visible ? "eye" : "hidden"} />
      </span>
      <div class="why-reason" title={visibleText(text)}>
        {visible
          ? reasons.map((reason, index) => <ReasonText key={index} reason={reason} />)
          : notVisibleBecause === "not addressed"
            ? "not addressed"
            : notVisibleBecause}
        {!visible && topicsToSubscribe.length > 0 && (
          <Mend agent={agent} topic={topicsToSubscribe[0] ?? ""} />
        )}
      </div>
    </li>
  );
}

function ReasonText({ reason }: { reason: Reason }) {
  switch (reason.kind) {
    case "system":
      return <span>the system sees everything</span>;
    case "global":
      return <span>it is for everyone</span>;
    case "owner":
      return <span>owns it</span>;
    case "subscriber":
      return <span>named</span>;
    case "topic":
      return (
        <span class="row wrap">
          subscribed to
          {reason.topics.map((topic) => (
            <span key={topic} class="chip topic-chip">
              <span class="quiet">#</span>
              <Name text={topic} />
            </span>
          ))}
        </span>
      );
  }
}

/** What would show it: at a click, or as a command. */
function Mend({ agent, topic }: { agent: string; topic: string }) {
  if (mayWrite.value)
    return (
      <button type="button" class="button small mend" onClick={() => void subscribe(agent, topic)}>
        <bdi dir="ltr" class="cut">
          Subscribe to #{visibleText(topic).slice(0, 300)}
        </bdi>
      </button>
    );
  const command = shellCommand("subscribe", [topic], [["as", agent]]);
  return command === undefined ? null : <CopyText text={command} />;
}
