import { useState } from "preact/hooks";
import { topics } from "../state/directory.ts";
import { subscribe } from "./actions.ts";
import { Field, FormDialog } from "./form.tsx";

export function SubscribeDialog({
  agent,
  topic = "",
}: {
  agent: string;
  topic?: string | undefined;
}) {
  const [name, setName] = useState(topic);
  return (
    <FormDialog
      title={`Subscribe ${agent}`}
      action="Subscribe"
      disabled={name.trim() === ""}
      onSubmit={() => subscribe(agent, name.trim())}
    >
      <Field label="Topic" hint="The agent sees what is on this topic already, too.">
        <input
          type="text"
          class="mono"
          list="topic-names"
          autofocus
          value={name}
          onInput={({ currentTarget }) => setName(currentTarget.value)}
        />
      </Field>
      <datalist id="topic-names">
        {(topics.value ?? []).map(({ name: each }) => (
          <option key={each} value={each} />
        ))}
      </datalist>
    </FormDialog>
  );
}
