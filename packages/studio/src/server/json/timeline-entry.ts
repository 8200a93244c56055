import type { MeshLogEntry, Route } from "@syntha/core";
import type { TimelineEntry } from "../../api/index.ts";

type Details = Omit<TimelineEntry, "position" | "index" | "at" | "actor" | "type" | "cursor">;

/** An entry of the log as the page shows it. */
export function toTimelineEntry(entry: MeshLogEntry): TimelineEntry {
  const { position, index, at, actor, type, cursor } = entry;
  return { position, index, at: at.toISOString(), actor, type, cursor, ...detailsOf(entry) };
}

function detailsOf(entry: MeshLogEntry): Details {
  switch (entry.type) {
    case "put": {
      const { key, before, after, state } = entry;
      const { topics, subscribers, global } = after;
      const verb =
        before === undefined ? "created" : state === "open" ? "wrote" : `marked ${state}`;
      return {
        text: `${verb} ${key} → ${routeText(after)}`,
        key,
        topics,
        subscribers,
        global,
        state,
      };
    }
    case "delete":
      return { text: `deleted ${entry.key}`, key: entry.key, ...routeOf(entry.before) };
    case "expire":
      return { text: `${entry.key} expired`, key: entry.key, ...routeOf(entry.before) };
    case "lease": {
      const { key, lease } = entry;
      if (lease === undefined) return { text: `released ${key}`, key, state: "open" };
      return { text: `claimed ${key}`, key, agent: lease.agent, state: "claimed" };
    }
    case "event": {
      const event = entry.event ?? entry.corrupt;
      if (event === undefined) return { text: "published an event that was removed since" };
      const { id, type, topics } = event;
      return {
        text: `published ${type} → ${topics.join(", ") || "directly"}`,
        topics,
        event: { id, type },
      };
    }
    case "subscribe":
    case "unsubscribe": {
      const { agent, topics, type } = entry;
      const verb = type === "subscribe" ? "subscribed to" : "unsubscribed from";
      return { text: `${agent} ${verb} ${topics.join(", ")}`, agent, topics };
    }
    case "setPermissions": {
      const { agent, permissions } = entry;
      const verb = permissions === null ? "cleared" : "set";
      return { text: `${verb} the permissions of ${agent}`, agent };
    }
    case "announce": {
      const { agent, description } = entry;
      return { text: `${agent} announced itself: ${description ?? "no description"}`, agent };
    }
    case "topicDeleted":
      return { text: `deleted the topic ${entry.topic}`, topic: entry.topic };
    case "corrupt":
      return { text: `can't be read: ${entry.error.message}`, key: entry.key };
  }
}

function routeOf({ topics, subscribers, global }: Route): Partial<Details> {
  return { topics, subscribers, global };
}

function routeText({ topics, subscribers, global }: Route): string {
  if (global) return "everyone";
  return [...topics, ...subscribers.map((name) => `@${name}`)].join(", ");
}
