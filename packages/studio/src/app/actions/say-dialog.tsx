import { useState } from "preact/hooks";
import { session } from "../state/session.ts";
import { say } from "./actions.ts";
import { Field, FormDialog } from "./form.tsx";

export function SayDialog({ agent }: { agent: string }) {
  const [message, setMessage] = useState("");
  return (
    <FormDialog
      title={`Message to ${agent}`}
      action="Send"
      disabled={message.trim() === ""}
      onSubmit={() => say(agent, message)}
    >
      <Field
        label="Message"
        hint={`Only ${agent} sees it, as an item from ${session.value?.person ?? "you"}.`}
      >
        <textarea
          rows={5}
          value={message}
          onInput={({ currentTarget }) => setMessage(currentTarget.value)}
          autofocus
        />
      </Field>
    </FormDialog>
  );
}
