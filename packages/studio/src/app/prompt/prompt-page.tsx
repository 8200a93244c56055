import { useState } from "preact/hooks";
import type { PromptPreview } from "../../api/index.ts";
import { Empty, Failed, Loading } from "../parts/empty.tsx";
import { Select } from "../parts/filter-bar.tsx";
import { Icon } from "../parts/icons.tsx";
import { AgentChip } from "../parts/names.tsx";
import { Tabs } from "../parts/tabs.tsx";
import { agents, topics } from "../state/directory.ts";
import { head } from "../state/live.ts";
import { useResource } from "../state/resource.ts";
import { read } from "../state/request.ts";
import { go, linkTo, place, replacePlace, tenant, viewer } from "../state/route.ts";
import { count } from "../text/units.ts";
import { IncludedItems } from "./included-items.tsx";
import { PromptText } from "./prompt-text.tsx";
import { TokenBar } from "./token-bar.tsx";

const BUDGETS = ["1000", "2000", "4000", "8000", "16000", "32000"];
const DEFAULT_BUDGET = "4000";
const BACK = ["1", "10", "50", "200"];

/** The block that an agent would get in its next prompt, with what it costs. */
export function PromptPage() {
  const as = viewer.value;
  return (
    <div class="page prompt-page">
      {as === undefined ? (
        <>
          <div class="page-head">
            <h1>Prompt</h1>
          </div>
          <ChooseAgent />
        </>
      ) : (
        <AgentPrompt key={as} as={as} />
      )}
    </div>
  );
}

function ChooseAgent() {
  if (agents.value?.length === 0)
    return (
      <Empty icon="agents" title="No agent is known yet">
        An agent appears once it announces itself, pushes or subscribes. Its prompt is shown here.
      </Empty>
    );
  return (
    <Empty icon="prompt" title="Whose prompt?">
      Choose an agent: this page then shows the context that its next prompt would carry, and its
      tokens.
      <span class="choose-agents">
        {(agents.value ?? []).slice(0, 24).map(({ name }) => (
          <AgentChip key={name} name={name} href={linkTo({ as: name })} />
        ))}
      </span>
    </Empty>
  );
}

function AgentPrompt({ as }: { as: string }) {
  const [budget, setBudget] = useState(DEFAULT_BUDGET);
  const [back, setBack] = useState("10");
  const [shape, setShape] = useState<"full" | "delta">("full");
  const query = {
    as,
    budget: Number(budget),
    topic: place.value.topic,
    tenant: tenant.value,
  };
  // Positions are counted back from the head, which may not be known yet.
  const isReady = head.value > 0;
  const { data, error, loading, reload } = useResource(
    JSON.stringify([query, back, isReady]),
    async (signal) => {
      const since = isReady ? await cursorBefore(Number(back), query.tenant, signal) : undefined;
      return read("api/prompt", { ...query, since }, signal);
    },
    ({ type }) =>
      type === "put" ||
      type === "delete" ||
      type === "expire" ||
      type === "visibility" ||
      type === "event",
  );
  return (
    <>
      <div class="page-head">
        <h1>Prompt</h1>
        <div class="filter-bar">
          <Select
            label="topic"
            value={place.value.topic}
            options={(topics.value ?? []).map(({ name }) => name)}
            onChange={(value) => replacePlace({ topic: value === "" ? undefined : value })}
          />
          <Choice
            label="Budget"
            value={budget}
            options={BUDGETS}
            text={(each) => `${count(Number(each))} tokens`}
            onChange={setBudget}
          />
          <Choice
            label="Changes since"
            value={back}
            options={BACK}
            text={(each) => `last ${each === "1" ? "commit" : `${each} commits`}`}
            onChange={setBack}
          />
        </div>
        <Tabs
          kind="segments"
          label="Form of the block"
          current={shape}
          tabs={[
            { id: "full", label: "full" },
            { id: "delta", label: "what changed" },
          ]}
          onChoose={setShape}
        />
      </div>
      {data === undefined ? (
        error === undefined ? (
          <Loading />
        ) : (
          <Failed error={error} retry={reload} />
        )
      ) : (
        <div class={`prompt-body${loading ? " busy" : ""}`}>
          <div class="prompt-main">
            <TokenBar preview={data} budget={Number(budget)} />
            <Block preview={data} shape={shape} as={as} />
          </div>
          <IncludedItems preview={data} />
        </div>
      )}
    </>
  );
}

function Choice({
  label,
  value,
  options,
  text,
  onChange,
}: {
  label: string;
  value: string;
  options: readonly string[];
  text: (option: string) => string;
  onChange: (value: string) => void;
}) {
  return (
    <label class="select set">
      <span class="unseen">{label}</span>
      <select value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        {options.map((option) => (
          <option key={option} value={option}>
            {text(option)}
          </option>
        ))}
      </select>
      <Icon name="down" size={12} />
    </label>
  );
}

function Block({
  preview,
  shape,
  as,
}: {
  preview: PromptPreview;
  shape: "full" | "delta";
  as: string;
}) {
  const block = shape === "full" ? preview.full : preview.delta;
  if (block === undefined || block.text === "")
    return (
      <Empty
        icon="prompt"
        title={shape === "full" ? `${as} would get nothing` : `Nothing changed for ${as}`}
      >
        {shape === "full" ? (
          <>
            It sees no item.{" "}
            <button type="button" class="link" onClick={() => go({ page: "routing" })}>
              Routing
            </button>{" "}
            shows why.
          </>
        ) : (
          "Look further back."
        )}
      </Empty>
    );
  return <PromptText text={block.text} />;
}

/** The cursor some commits back; undefined if the log does not reach so far. */
async function cursorBefore(
  commits: number,
  tenantId: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const position = Math.max(0, head.peek() - commits);
  const query = { before: position + 1, limit: 1, tenant: tenantId };
  const { entries } = await read("api/log", query, signal);
  return entries.at(-1)?.cursor;
}
