import { useState } from "preact/hooks";
import { agentNamed } from "../state/directory.ts";
import { setPermissions } from "./actions.ts";
import { Field, FormDialog, namesIn } from "./form.tsx";

/** What an agent may do. Without permissions everything is allowed. */
export function PermissionsDialog({ agent }: { agent: string }) {
  const current = agentNamed(agent)?.permissions ?? null;
  const [isLimited, setLimited] = useState(current !== null);
  const [post, setPost] = useState(textOf(current?.post));
  const [subscribe, setSubscribe] = useState(textOf(current?.subscribe));
  const [global, setGlobal] = useState(current?.global ?? false);
  const [direct, setDirect] = useState(current?.direct ?? true);
  const submit = (): Promise<boolean> =>
    setPermissions(
      agent,
      isLimited ? { post: setOf(post), subscribe: setOf(subscribe), global, direct } : null,
    );
  return (
    <FormDialog title={`Permissions of ${agent}`} action="Set" onSubmit={submit}>
      <Check checked={isLimited} onChange={setLimited} label="Allow only what is named here" />
      {isLimited && (
        <>
          <Field label="May post to" hint="Topics separated by commas; * is all of them.">
            <input
              type="text"
              class="mono"
              value={post}
              onInput={({ currentTarget }) => setPost(currentTarget.value)}
            />
          </Field>
          <Field label="May subscribe to" hint="Subscriptions beyond them end at once.">
            <input
              type="text"
              class="mono"
              value={subscribe}
              onInput={({ currentTarget }) => setSubscribe(currentTarget.value)}
            />
          </Field>
          <Check checked={global} onChange={setGlobal} label="May push for everyone" />
          <Check checked={direct} onChange={setDirect} label="May address agents by name" />
        </>
      )}
    </FormDialog>
  );
}

function Check({
  checked,
  onChange,
  label,
}: {
  checked: boolean;
  onChange: (checked: boolean) => void;
  label: string;
}) {
  return (
    <label class="row check">
      <input
        type="checkbox"
        checked={checked}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
      {label}
    </label>
  );
}

function textOf(set: readonly string[] | "*" | undefined): string {
  return set === undefined || set === "*" ? "*" : set.join(", ");
}

function setOf(text: string): readonly string[] | "*" {
  return text.trim() === "*" ? "*" : namesIn(text);
}
