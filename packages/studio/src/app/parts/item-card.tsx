import type { ItemSummary } from "../../api/index.ts";
import { linkTo, openItem } from "../state/route.ts";
import { visibleText } from "../../text/visible-text.ts";
import { Ago, Left } from "./ago.tsx";
import { StateMark } from "./icons.tsx";
import { JsonPreview } from "./json-preview.tsx";
import { Agent, KeyName } from "./names.tsx";

/** Whether the chosen agent does not see it, in the system's view. */
export function dimmed(item: { visible?: boolean | undefined }): string {
  return item.visible === false ? " dimmed" : "";
}

/** The highlight of what was written meanwhile. It starts again for the next revision, on the same element. */
export function changed(revision: number): string {
  return revision % 2 === 0 ? " changed" : " changed-again";
}

/** An item as a card of three lines. */
export function ItemCard({ item, isNew }: { item: ItemSummary; isNew: boolean }) {
  const isOpen = openItem.value === item.key;
  return (
    <a
      class={`card${dimmed(item)}${isNew ? changed(item.revision) : ""}${isOpen ? " selected" : ""}`}
      href={linkTo({ item: item.key, tab: undefined })}
      data-nav
      data-key={item.key}
      aria-current={isOpen ? "true" : undefined}
    >
      <span class="card-head">
        <StateMark state={item.state} />
        <span class="grow row">
          <KeyName text={item.key} />
        </span>
        <span class="quiet number mono">#{item.revision}</span>
      </span>
      <Preview item={item} />
      <span class="card-foot quiet">
        <span class="grow row">
          <Agent name={item.author} />
        </span>
        {item.lease?.until !== undefined && (
          <span class="state-claimed">
            <Left time={item.lease.until} over="over" /> left
          </span>
        )}
        {item.visible === false && <span>not seen</span>}
        <Ago time={item.updatedAt} />
      </span>
    </a>
  );
}

export function Preview({ item }: { item: ItemSummary }) {
  return item.unreadable === undefined ? (
    <JsonPreview text={item.preview} />
  ) : (
    <span class="preview state-failed">{visibleText(item.unreadable)}</span>
  );
}
