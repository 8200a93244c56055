import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { EventsFlags } from "../look/events.ts";
import type { HistoryFlags } from "../look/history.ts";
import type { GetFlags } from "../look/item.ts";
import type { ItemsFlags } from "../look/items.ts";
import type { TailFlags } from "../look/tail.ts";
import type { TasksFlags } from "../look/tasks.ts";
import { AGENT, KEY, OPTIONAL_KEY, PREFIX } from "./arguments.ts";
import {
  AT,
  countFlag,
  MESH_FLAGS,
  type PastFlags,
  type PastReaderFlags,
  READER_FLAGS,
  switchFlag,
  textFlag,
  textsFlag,
} from "./flags.ts";
import { proposeTopics } from "./proposals.ts";

const TOPIC = {
  ...textsFlag("NAME", "Only on this topic; repeatable"),
  proposeCompletions: proposeTopics,
};
const LIMIT = countFlag("N", "List at most N  (default: 100)");
const STATE = {
  kind: "enum",
  values: ["open", "claimed", "done", "failed"],
  placeholder: "STATE",
  brief: "Only in this state: open, claimed, done or failed",
  optional: true,
} as const;

const ls = buildCommand<ItemsFlags, [prefix?: string], Cli>({
  loader: async () => (await import("../look/items.ts")).listItems,
  parameters: {
    positional: { kind: "tuple", parameters: [PREFIX] },
    flags: {
      topic: TOPIC,
      state: STATE,
      author: textFlag("AGENT", "Only items that this agent wrote last"),
      limit: LIMIT,
      all: switchFlag("List all, without a limit"),
      at: AT,
      ...READER_FLAGS,
    },
  },
  docs: {
    brief: "List items: all, or those that an agent sees",
    fullDescription: [
      "  syntha ls",
      "  syntha ls task: --state open",
      "  syntha ls --as Triage --topic support",
    ].join("\n"),
  },
});

const get = buildCommand<GetFlags, [key: string], Cli>({
  loader: async () => (await import("../look/item.ts")).showItem,
  parameters: {
    positional: { kind: "tuple", parameters: [KEY] },
    flags: {
      raw: switchFlag("Print only the value; a string without quotes"),
      at: AT,
      ...READER_FLAGS,
    },
  },
  docs: {
    brief: "Show an item: value, route, owner, author, state",
    fullDescription: ["  syntha get inquiry", "  syntha get inquiry --raw | jq .customer"].join(
      "\n",
    ),
  },
});

const why = buildCommand<PastFlags, [agentOrKey: string, key?: string], Cli>({
  loader: async () => (await import("../look/visibility.ts")).explainVisibility,
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [{ ...AGENT, brief: "The agent; leave it out for every agent" }, OPTIONAL_KEY],
    },
    flags: { at: AT, ...MESH_FLAGS },
  },
  docs: {
    brief: "Explain why an agent sees an item, or does not",
    fullDescription: [
      "  syntha why Visitor inquiry",
      "  syntha why inquiry             every agent",
    ].join("\n"),
  },
});

const history = buildCommand<HistoryFlags, [key: string], Cli>({
  loader: async () => (await import("../look/history.ts")).showHistory,
  parameters: {
    positional: { kind: "tuple", parameters: [KEY] },
    flags: { limit: countFlag("N", "Only the last N changes"), ...MESH_FLAGS },
  },
  docs: {
    brief: "Show how an item changed: who, when, and what",
    fullDescription: ["  syntha history inquiry", "  syntha history inquiry --limit 3"].join("\n"),
  },
});

const tail = buildCommand<TailFlags, [], Cli>({
  loader: async () => (await import("../look/tail.ts")).followChanges,
  parameters: {
    flags: {
      since: textFlag("CURSOR", "Start after this cursor, which --json prints"),
      topic: TOPIC,
      key: textsFlag("KEY", "Only this item; repeatable"),
      prefix: textFlag("TEXT", "Only keys with this prefix"),
      last: countFlag("N", "Start with the last N commits  (default: 10)", 1),
      limit: countFlag("N", "Exit after N changes"),
      once: switchFlag("Exit at the end, instead of waiting for changes"),
      ...READER_FLAGS,
    },
  },
  docs: {
    brief: "Show changes as they happen",
    fullDescription: [
      "  syntha tail",
      "  syntha tail --as Triage --topic support",
      "  syntha tail --json --since CURSOR      resumes without gaps",
    ].join("\n"),
  },
});

const tasks = buildCommand<TasksFlags, [prefix?: string], Cli>({
  loader: async () => (await import("../look/tasks.ts")).listTasks,
  parameters: {
    positional: { kind: "tuple", parameters: [PREFIX] },
    flags: {
      topic: TOPIC,
      state: STATE,
      at: AT,
      ...READER_FLAGS,
    },
  },
  docs: {
    brief: "List tasks by state: holder, time left, attempts, last failure",
    fullDescription: ["  syntha tasks", "  syntha tasks --state failed"].join("\n"),
  },
});

const topics = buildCommand<PastReaderFlags, [prefix?: string], Cli>({
  loader: async () => (await import("../look/topics.ts")).listTopics,
  parameters: {
    positional: { kind: "tuple", parameters: [PREFIX] },
    flags: { at: AT, ...READER_FLAGS },
  },
  docs: {
    brief: "List topics with their items and subscribers",
    fullDescription: "  syntha topics",
  },
});

const agents = buildCommand<PastReaderFlags, [prefix?: string], Cli>({
  loader: async () => (await import("../look/agents.ts")).listAgents,
  parameters: {
    positional: { kind: "tuple", parameters: [PREFIX] },
    flags: { at: AT, ...READER_FLAGS },
  },
  docs: {
    brief: "List agents: subscriptions, leases, permissions, last seen",
    fullDescription: "  syntha agents",
  },
});

const events = buildCommand<EventsFlags, [], Cli>({
  loader: async () => (await import("../look/events.ts")).listEvents,
  parameters: {
    flags: {
      type: textsFlag("TYPE", "Only events of this type; repeatable"),
      since: textFlag("CURSOR", "Only events after this cursor"),
      limit: LIMIT,
      at: AT,
      ...READER_FLAGS,
    },
  },
  docs: {
    brief: "List published events, oldest first",
    fullDescription: "  syntha events --type order_created",
  },
});

const stats = buildCommand<PastFlags, [], Cli>({
  loader: async () => (await import("../look/stats.ts")).showStats,
  parameters: { flags: { at: AT, ...MESH_FLAGS } },
  docs: { brief: "Show what the mesh holds, in numbers", fullDescription: "  syntha stats" },
});

export const LOOK = { ls, get, why, history, tail, tasks, topics, agents, events, stats };
