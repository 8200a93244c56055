import { Icon } from "../parts/icons.tsx";
import { ChoiceList, Popover } from "../parts/menu.tsx";
import { Agent, AgentMark, hueStyle, Name } from "../parts/names.tsx";
import { Tabs } from "../parts/tabs.tsx";
import { agents, visibility } from "../state/directory.ts";
import { go, mode, viewer } from "../state/route.ts";
import { count } from "../text/units.ts";

const EVERYONE = "\u0000everyone";

/** Through whose eyes every page is shown. */
export function AsSwitch() {
  const name = viewer.value;
  const choices = [
    {
      id: EVERYONE,
      text: "everyone system",
      content: (
        <>
          <AgentMark name={undefined} />
          everyone <span class="quiet">the system’s view</span>
        </>
      ),
    },
    ...(agents.value ?? []).map((agent) => ({
      id: agent.name,
      text: `${agent.name} ${agent.description ?? ""}`,
      content: (
        <>
          <Agent name={agent.name} />
          {agent.description !== undefined && (
            <span class="quiet cut grow">
              <Name text={agent.description} />
            </span>
          )}
        </>
      ),
    })),
  ];
  return (
    <div
      class={`as-switch ${name === undefined ? "" : "chosen"}`}
      style={name === undefined ? {} : hueStyle(name)}
    >
      <Popover
        class="as-popover"
        hotkey="syntha-as"
        button={
          <>
            <span class="unseen">View </span>
            <span class="quiet as-word">as</span>
            <AgentMark name={name} />
            {name === undefined ? <span>everyone</span> : <Name text={name} />}
            <Icon name="down" size={12} />
          </>
        }
      >
        {(close) => (
          <ChoiceList
            label="View as"
            placeholder="View as…"
            current={name ?? EVERYONE}
            choices={choices}
            empty={
              agents.value?.length === 0
                ? "No agent is known yet: the first to push or subscribe appears here."
                : "No agent has such a name."
            }
            onChoose={(id) => {
              go({ as: id === EVERYONE ? undefined : id });
              close();
            }}
          />
        )}
      </Popover>
      {name !== undefined && (
        <>
          <Tabs
            kind="segments"
            label="What the agent does not see"
            current={mode.value}
            tabs={[
              { id: "dim", label: "dim" },
              { id: "own", label: "hide" },
            ]}
            onChoose={(chosen) => go({ mode: chosen })}
          />
          <Count />
          <button
            type="button"
            class="icon-button"
            aria-label="Back to everyone's view"
            onClick={() => go({ as: undefined })}
          >
            <Icon name="close" size={14} />
          </button>
        </>
      )}
    </div>
  );
}

function Count() {
  const found = visibility.value;
  if (found === undefined) return <span class="as-count quiet number">…</span>;
  return (
    <span class="as-count quiet number" role="status">
      sees {count(found.visible)}
      {!found.isExact && "+"}, not {count(found.hidden)}
    </span>
  );
}
