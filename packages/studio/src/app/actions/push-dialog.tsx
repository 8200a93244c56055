import type { JsonValue } from "@syntha/core";
import { useState } from "preact/hooks";
import { Tabs } from "../parts/tabs.tsx";
import { push } from "./actions.ts";
import { Field, FormDialog, namesIn } from "./form.tsx";

type RouteKind = "keep" | "topics" | "agents" | "everyone";

/** Writes an item: a new one, or a new value of one that exists. */
export function PushDialog({ itemKey, value }: { itemKey: string | undefined; value: unknown }) {
  const isNew = itemKey === undefined;
  const [key, setKey] = useState(itemKey ?? "");
  const [text, setText] = useState(value === undefined ? "" : JSON.stringify(value, null, 2));
  const [kind, setKind] = useState<RouteKind>(isNew ? "topics" : "keep");
  const [names, setNames] = useState("");
  const parsed = parse(text);
  const needsNames = kind === "topics" || kind === "agents";
  const submit = (): Promise<boolean> =>
    push({
      key,
      value: parsed.value,
      ...(kind === "topics" ? { topics: namesIn(names) } : {}),
      ...(kind === "agents" ? { subscribers: namesIn(names) } : {}),
      ...(kind === "everyone" ? { global: true } : {}),
    });
  return (
    <FormDialog
      title={isNew ? "Push an item" : "Write a new value"}
      action="Push"
      disabled={key === "" || text.trim() === "" || (needsNames && namesIn(names).length === 0)}
      onSubmit={submit}
    >
      <Field label="Key">
        <input
          type="text"
          class="mono"
          value={key}
          readOnly={!isNew}
          autofocus={isNew}
          onInput={({ currentTarget }) => setKey(currentTarget.value)}
        />
      </Field>
      <Field label="Value" hint={hintFor(text, parsed.isText)}>
        <textarea
          class="mono"
          rows={8}
          autofocus={!isNew}
          spellcheck={false}
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </Field>
      <div class="field">
        <span class="field-label">Who sees it</span>
        <Tabs<RouteKind>
          kind="segments"
          label="Who sees it"
          current={kind}
          tabs={[
            ...(isNew ? [] : [{ id: "keep" as const, label: "as before" }]),
            { id: "topics", label: "topics" },
            { id: "agents", label: "agents" },
            { id: "everyone", label: "everyone" },
          ]}
          onChoose={setKind}
        />
      </div>
      {needsNames && (
        <Field label={kind === "topics" ? "Topics" : "Agents"} hint="Several, separated by commas.">
          <input
            type="text"
            class="mono"
            value={names}
            onInput={({ currentTarget }) => setNames(currentTarget.value)}
          />
        </Field>
      )}
    </FormDialog>
  );
}

function hintFor(text: string, isText: boolean): string {
  if (text.trim() === "") return "JSON, or any text.";
  return isText ? "Not JSON: written as a text." : "JSON";
}

function parse(text: string): { value: JsonValue; isText: boolean } {
  try {
    return { value: JSON.parse(text) as JsonValue, isText: false };
  } catch {
    return { value: text, isText: true };
  }
}
