import type { CopyProgress } from "@syntha/core";

const NOUNS: Readonly<Partial<Record<CopyProgress["section"], string>>> = {
  agents: "agent",
  items: "item",
  events: "event",
  changes: "change",
};

/** What a section of a tenant consists of, for a progress bar. */
export function sectionNoun(section: CopyProgress["section"]): string {
  return NOUNS[section] ?? "record";
}
