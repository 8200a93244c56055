import type { ComponentChildren } from "preact";
import { unsubscribe } from "../actions/actions.ts";
import type { AgentDetail } from "../../api/index.ts";
import { Ago } from "../parts/ago.tsx";
import { Icon } from "../parts/icons.tsx";
import { Popover } from "../parts/menu.tsx";
import { AgentMark, hueStyle, Name, TopicChip } from "../parts/names.tsx";
import { now } from "../state/clock.ts";
import { dialog } from "../state/dialog.ts";
import { linkToPage, viewer } from "../state/route.ts";
import { mayWrite } from "../state/session.ts";
import { plural } from "../text/units.ts";
import { startOf, visibleText } from "../../text/visible-text.ts";

/** Last seen is exact to 30 seconds. */
const ACTIVE = 90_000;

/** One agent: its card, subscriptions, permissions and leases. */
export function AgentCard({ agent }: { agent: AgentDetail }) {
  const { name, description, capabilities, subscriptions, lastSeen, leases, permissions } = agent;
  const isActive = lastSeen !== undefined && now() - Date.parse(lastSeen) < ACTIVE;
  return (
    <li
      class={`agent-card${viewer.value === name ? " selected" : ""}`}
      style={hueStyle(name)}
      aria-label={visibleText(startOf(name, 120).text)}
    >
      <header class="row">
        <AgentMark name={name} />
        <h2 class="grow row">
          <Name text={name} />
        </h2>
        <span class={`seen quiet${isActive ? " active" : ""}`}>
          {lastSeen === undefined ? (
            "never seen"
          ) : (
            <>
              {isActive && <span class="active-dot" aria-hidden="true" />}
              <Ago time={lastSeen} />
            </>
          )}
        </span>
      </header>
      <p class="agent-text quiet">
        {description === undefined
          ? "No description announced."
          : visibleText(startOf(description, 240).text)}
      </p>
      <Line label="topics">
        {subscriptions.length === 0 && <span class="quiet">no topic</span>}
        {subscriptions.slice(0, 8).map((topic) => (
          <span key={topic} class="row removable">
            <TopicChip name={topic} href={linkToPage("board", { topic })} />
            {mayWrite.value && (
              <button
                type="button"
                class="remove"
                aria-label={`Unsubscribe from ${topic}`}
                onClick={() => void unsubscribe(name, topic)}
              >
                <Icon name="close" size={12} />
              </button>
            )}
          </span>
        ))}
        {subscriptions.length > 8 && <span class="quiet">+{subscriptions.length - 8}</span>}
      </Line>
      {capabilities.length > 0 && (
        <Line label="skills">
          {capabilities.slice(0, 6).map((capability) => (
            <span key={capability} class="chip">
              <Name text={capability} />
            </span>
          ))}
        </Line>
      )}
      <Line label="allowed">
        {agent.unreadable !== undefined ? (
          <span class="state-failed">nothing: its permissions are damaged</span>
        ) : permissions === null ? (
          <span class="quiet">everything</span>
        ) : (
          <span class="row wrap">
            <Icon name="lock" size={14} />
            <span>
              post to {setText(permissions.post)}; subscribe to {setText(permissions.subscribe)}
              {permissions.global ? "; push to everyone" : ""}
              {permissions.direct ? "; address agents" : ""}
            </span>
          </span>
        )}
      </Line>
      <footer class="row wrap">
        {leases > 0 && <span class="chip state-claimed">{plural(leases, "lease")}</span>}
        <span class="grow" />
        <a class="button small" href={linkToPage("prompt", { as: name })}>
          Prompt
        </a>
        <a class="button small" href={linkToPage("board", { as: name })} data-nav>
          View as
        </a>
        {mayWrite.value && <Actions name={name} />}
      </footer>
    </li>
  );
}

function Actions({ name }: { name: string }) {
  const actions = [
    { kind: "say", text: "Say something" },
    { kind: "subscribe", text: "Subscribe" },
    { kind: "permissions", text: "Permissions" },
  ] as const;
  return (
    <Popover
      label={`Act on ${visibleText(startOf(name, 60).text)}`}
      align="right up"
      button={<Icon name="more" />}
    >
      {(close) =>
        actions.map(({ kind, text }) => (
          <button
            key={kind}
            type="button"
            class="menu-item"
            onClick={() => {
              close();
              dialog.value = { kind, agent: name };
            }}
          >
            {text}
          </button>
        ))
      }
    </Popover>
  );
}

function Line({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div class="agent-line">
      <span class="quiet agent-label">{label}</span>
      <div class="row wrap">{children}</div>
    </div>
  );
}

function setText(set: readonly string[] | "*"): string {
  if (set === "*") return "all topics";
  return set.length === 0
    ? "nothing"
    : set.map((topic) => `#${visibleText(startOf(topic, 40).text)}`).join(", ");
}
