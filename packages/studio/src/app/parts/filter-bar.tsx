import type { ItemState } from "@syntha/core";
import type { ComponentChildren } from "preact";
import { agents, topics } from "../state/directory.ts";
import { type Place, place, replacePlace } from "../state/route.ts";
import { Icon } from "./icons.tsx";
import { visibleText } from "../../text/visible-text.ts";

export const STATES: readonly ItemState[] = ["open", "claimed", "done", "failed"];

type FilterName = "prefix" | "topic" | "author" | "state";

/** Narrows what a page lists; the address keeps it. */
export function FilterBar({
  names,
  children,
}: {
  names: readonly FilterName[];
  children?: ComponentChildren;
}) {
  const { prefix, topic, author, state } = place.value;
  const isFiltered = names.some((name) => (place.value[name] ?? "") !== "");
  return (
    <div class="filter-bar" role="search">
      {names.includes("prefix") && (
        <label class="filter-text">
          <Icon name="search" size={14} />
          <span class="unseen">Filter by the beginning of the key</span>
          <input
            type="text"
            class="mono"
            data-filter
            placeholder="key prefix"
            spellcheck={false}
            value={prefix ?? ""}
            onInput={({ currentTarget }) => set({ prefix: currentTarget.value })}
          />
          <kbd>/</kbd>
        </label>
      )}
      {names.includes("topic") && (
        <Select
          label="topic"
          value={topic}
          options={(topics.value ?? []).map(({ name }) => name)}
          onChange={(value) => set({ topic: value })}
        />
      )}
      {names.includes("author") && (
        <Select
          label="author"
          value={author}
          options={(agents.value ?? []).map(({ name }) => name)}
          onChange={(value) => set({ author: value })}
        />
      )}
      {names.includes("state") && (
        <Select
          label="state"
          value={state}
          options={STATES}
          onChange={(value) => set({ state: value })}
        />
      )}
      {isFiltered && (
        <button
          type="button"
          class="button small"
          onClick={() => set({ prefix: "", topic: "", author: "", state: "" })}
        >
          Clear
        </button>
      )}
      {children}
    </div>
  );
}

function set(change: Partial<Place>): void {
  const entries = Object.entries(change).map(([name, value]) => [
    name,
    value === "" ? undefined : value,
  ]);
  replacePlace(Object.fromEntries(entries) as Partial<Place>);
}

export function Select({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: string | undefined;
  options: readonly string[];
  onChange: (value: string) => void;
}) {
  const isSet = value !== undefined && value !== "";
  return (
    <label class={`select ${isSet ? "set" : ""}`}>
      <span class="unseen">{label}</span>
      <select value={value ?? ""} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        <option value="">any {label}</option>
        {isSet && !options.includes(value) && <option value={value}>{visibleText(value)}</option>}
        {options.map((option) => (
          <option key={option} value={option}>
            {visibleText(option).slice(0, 60)}
          </option>
        ))}
      </select>
      <Icon name="down" size={12} />
    </label>
  );
}

/** The filter of the address, as requests take it. */
export function currentFilter(): {
  prefix: string | undefined;
  topic: string | undefined;
  author: string | undefined;
  state: ItemState | undefined;
} {
  const { prefix, topic, author, state } = place.value;
  return { prefix, topic, author, state: STATES.find((each) => each === state) };
}
