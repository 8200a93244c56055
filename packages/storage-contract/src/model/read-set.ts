import { type Draft, liveItem, reject, visibleItem } from "./draft.ts";
import { isVisibleTo } from "./visibility.ts";

/** Revisions by key; undefined for a commit that depends on none. */
export type ModelReadSet = Readonly<Record<string, number>> | undefined;

/** R17, after R4: that a name is taken is reported before anything else. */
export function checkReadSet(
  draft: Draft,
  readSet: ModelReadSet,
  pushes: readonly { key: string }[],
  events: readonly { id: string }[],
): void {
  if (readSet === undefined) return;
  const things = [
    ...pushes.map(({ key }) => liveItem(draft, key)),
    ...events.map(({ id }) => draft.events.find((event) => event.id === id)),
  ];
  if (things.some((thing) => thing && !isVisibleTo(draft.actor, thing, draft))) reject("KEY_TAKEN");
  const reads = Object.entries(readSet);
  if (reads.some(([key, revision]) => (visibleItem(draft, key)?.revision ?? 0) !== revision))
    reject("CONFLICT");
}
