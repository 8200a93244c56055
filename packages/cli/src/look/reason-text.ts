import type { Explanation, ItemHeader, Reason } from "@syntha/core";
import { listText } from "./route-text.ts";

/** Every reason for which an agent sees an item, or what would be one and is not the case. */
export function reasonTexts(
  explanation: Explanation,
  item: ItemHeader | undefined,
): readonly string[] {
  if (explanation.visible) return explanation.reasons.map(reasonText);
  if (explanation.notVisibleBecause !== "not addressed") return [explanation.text];
  if (item === undefined) return [explanation.text];
  const names = (list: readonly string[]): string => listText(list.map((name) => `"${name}"`));
  return [
    item.topics.length === 0
      ? "The item is on no topic."
      : `The item is on ${names(item.topics)}, to which ${explanation.agent} is not subscribed.`,
    item.subscribers.length === 0
      ? "The item names no agent."
      : `The item names ${names(item.subscribers)} instead.`,
    item.owner === undefined ? "The system owns it." : `"${item.owner}" owns it.`,
    "It is not for everyone.",
  ];
}

/** Why an agent sees an item. */
export function reasonText(reason: Reason): string {
  switch (reason.kind) {
    case "system":
      return "The system sees everything.";
    case "global":
      return "The item is for everyone.";
    case "owner":
      return "It owns the item: it set the route.";
    case "subscriber":
      return "The item names it.";
    case "topic":
      return `It is subscribed to ${reason.topics.map((topic) => `"${topic}"`).join(", ")}.`;
  }
}
