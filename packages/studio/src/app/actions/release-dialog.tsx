import { useState } from "preact/hooks";
import { Agent, KeyName } from "../parts/names.tsx";
import { release } from "./actions.ts";
import { Field, FormDialog } from "./form.tsx";

/** Takes a task from the agent that holds it. */
export function ReleaseDialog({ itemKey, agent }: { itemKey: string; agent: string | undefined }) {
  const [reason, setReason] = useState("");
  return (
    <FormDialog
      title="Release the task"
      action="Release"
      danger
      onSubmit={() => release(itemKey, agent, reason.trim() === "" ? undefined : reason.trim())}
    >
      <p class="row">
        <KeyName text={itemKey} />
        <span class="quiet">held by</span>
        <Agent name={agent} />
      </p>
      <p class="quiet">
        It is open again at once, and what its holder does with it from now on is refused. The
        attempt counts. A worker that is still alive may claim it again.
      </p>
      <Field label="Reason" hint="The next worker sees it as the last failure.">
        <input
          type="text"
          value={reason}
          placeholder="The worker is stuck"
          maxLength={1000}
          onInput={({ currentTarget }) => setReason(currentTarget.value)}
          autofocus
        />
      </Field>
    </FormDialog>
  );
}
