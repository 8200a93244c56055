import { buildCommand } from "@stricli/core";
import type { Cli } from "../cli.ts";
import type { PermissionsFlags } from "../act/permissions.ts";
import type { PushFlags } from "../act/push.ts";
import type { ReleaseFlags } from "../act/release.ts";
import type { RetryFlags } from "../act/retry.ts";
import type { SayFlags } from "../act/say.ts";
import type { MeshFlags } from "../mesh/mesh-choice.ts";
import { AGENT, KEY, TOPIC } from "./arguments.ts";
import {
  ACTOR_FLAGS,
  countFlag,
  MESH_FLAGS,
  type ReaderFlags,
  switchFlag,
  text,
  textFlag,
  textsFlag,
  wholeNumber,
} from "./flags.ts";
import { proposeAgents, proposeKeys, proposeTopics } from "./proposals.ts";

const push = buildCommand<PushFlags, [key: string, value?: string], Cli>({
  loader: async () => (await import("../act/push.ts")).pushItem,
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        KEY,
        {
          placeholder: "VALUE",
          brief: "JSON or text; - for standard input; omit to keep the value",
          parse: text,
          optional: true,
        },
      ],
    },
    flags: {
      topic: {
        ...textsFlag("TOPIC", "Route to subscribers of this topic; repeatable"),
        proposeCompletions: proposeTopics,
      },
      to: {
        ...textsFlag("AGENT", "Route to this agent; repeatable"),
        proposeCompletions: proposeAgents,
      },
      global: switchFlag("Route to everyone"),
      ttl: textFlag("TIME", "Expire after this time, such as 2h; keep: no change"),
      text: switchFlag("Store VALUE as text, even if it is JSON"),
      ifRevision: countFlag("N", "Only if the item is at this revision; 0: if new", 0),
      priority: {
        kind: "parsed",
        parse: (input) => wholeNumber(input, -10),
        placeholder: "N",
        brief: "Priority of a task, -10 to 10; highest first",
        optional: true,
      },
      notBefore: textFlag("WHEN", "Start of a task: a date, or a delay such as 10m"),
      dependsOn: {
        ...textsFlag("KEY", "Dependency of a task; repeatable"),
        proposeCompletions: proposeKeys,
      },
      ...ACTOR_FLAGS,
    },
  },
  docs: {
    brief: "Create an item, or replace its value",
    fullDescription: [
      `  syntha push inquiry '{"customer":"BigCo"}' --topic customers`,
      "  syntha push note 'Call them at five' --to Triage --ttl 2h",
      "  syntha push report - --global < report.json",
      "  syntha push inquiry --to Manager       changes only its route",
      "",
      "A new item needs a route: --topic, --to or --global; an existing one keeps its",
      "route. You act as user/NAME. What the rules refuse that name, the system does",
      "instead, and an event records your name.",
    ].join("\n"),
  },
});

const rm = buildCommand<ReaderFlags, [...keys: string[]], Cli>({
  loader: async () => (await import("../act/delete.ts")).deleteItems,
  parameters: {
    positional: { kind: "array", parameter: KEY, minimum: 1 },
    flags: ACTOR_FLAGS,
  },
  docs: {
    brief: "Delete items, all or none",
    fullDescription: [
      "  syntha rm draft:1 draft:2",
      "",
      "What the rules refuse your name, the system does, and an event records it.",
    ].join("\n"),
  },
});

const say = buildCommand<SayFlags, [agent: string, message: string], Cli>({
  loader: async () => (await import("../act/say.ts")).sayToAgent,
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        AGENT,
        { placeholder: "MESSAGE", brief: "A text; - for standard input", parse: text },
      ],
    },
    flags: {
      ask: switchFlag("Wait for the answer, and print it"),
      timeout: textFlag("TIME", "How long to wait for the answer  (default: 5m)"),
      ttl: textFlag("TIME", "Expire after this time  (default: 7d)"),
      ...ACTOR_FLAGS,
    },
  },
  docs: {
    brief: "Send a message to an agent",
    fullDescription: [
      "  syntha say Triage 'BigCo called again'",
      "  syntha say Critic 'Is the draft ready?' --ask --timeout 2m",
    ].join("\n"),
  },
});

const subscribe = buildCommand<ReaderFlags, [...topics: string[]], Cli>({
  loader: async () => (await import("../act/subscription.ts")).subscribe,
  parameters: { positional: { kind: "array", parameter: TOPIC, minimum: 1 }, flags: ACTOR_FLAGS },
  docs: {
    brief: "Subscribe an agent, or yourself, to topics",
    fullDescription: "  syntha subscribe support customers --as Triage",
  },
});

const unsubscribe = buildCommand<ReaderFlags, [...topics: string[]], Cli>({
  loader: async () => (await import("../act/subscription.ts")).unsubscribe,
  parameters: { positional: { kind: "array", parameter: TOPIC, minimum: 1 }, flags: ACTOR_FLAGS },
  docs: {
    brief: "End subscriptions of an agent, or yours",
    fullDescription: "  syntha unsubscribe customers --as Triage",
  },
});

const retry = buildCommand<RetryFlags, [...keys: string[]], Cli>({
  loader: async () => (await import("../act/retry.ts")).retryTasks,
  parameters: {
    positional: { kind: "array", parameter: KEY },
    flags: { all: switchFlag("All failed tasks"), ...ACTOR_FLAGS },
  },
  docs: {
    brief: "Make failed tasks ready again",
    fullDescription: ["  syntha retry task:7", "  syntha retry --all"].join("\n"),
  },
});

const release = buildCommand<ReleaseFlags, [key: string], Cli>({
  loader: async () => (await import("../act/release.ts")).releaseTask,
  parameters: {
    positional: { kind: "tuple", parameters: [KEY] },
    flags: {
      agent: {
        ...textFlag("AGENT", "Only if this agent holds it"),
        proposeCompletions: proposeAgents,
      },
      reason: textFlag("TEXT", "The next worker sees it as the last failure"),
      retryIn: textFlag("TIME", "How long no agent can claim it  (default: 0s)"),
      ...MESH_FLAGS,
    },
  },
  docs: {
    brief: "Take a task from an agent that is stuck",
    fullDescription: [
      "  syntha release task:7",
      "  syntha release task:7 --agent Worker --reason 'It hangs' --retry-in 1m",
      "",
      "The task is open again, and its attempt counts. The agent can no longer",
      "complete it. The system releases it; an event records your name.",
    ].join("\n"),
  },
});

const restore = buildCommand<MeshFlags, [key: string, revision: number], Cli>({
  loader: async () => (await import("../act/restore.ts")).restoreItem,
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        KEY,
        {
          placeholder: "REVISION",
          brief: "A revision that syntha history shows",
          parse: (input) => wholeNumber(input.replace(/^#/, ""), 1),
        },
      ],
    },
    flags: MESH_FLAGS,
  },
  docs: {
    brief: "Restore the value that an item had at a revision",
    fullDescription: [
      "  syntha restore inquiry 12",
      "",
      "Route, owner and expiry stay. The system writes; an event records your name.",
    ].join("\n"),
  },
});

const permissions = buildCommand<PermissionsFlags, [agent: string], Cli>({
  loader: async () => (await import("../act/permissions.ts")).changePermissions,
  parameters: {
    positional: { kind: "tuple", parameters: [AGENT] },
    flags: {
      post: textsFlag("TOPIC", "Allow posting to this topic; '*' for all"),
      subscribe: textsFlag("TOPIC", "Allow subscribing to this topic; '*' for all"),
      global: switchFlag("Allow routing to everyone"),
      direct: switchFlag("Allow routing to agents by name"),
      none: switchFlag("Allow nothing"),
      clear: switchFlag("Remove the permissions: allow everything"),
      ...MESH_FLAGS,
    },
  },
  docs: {
    brief: "Show or set the permissions of an agent",
    fullDescription: [
      "  syntha permissions Bot",
      "  syntha permissions Bot --post sales --subscribe '*'",
      "",
      "Setting any permission denies all that are not named.",
    ].join("\n"),
  },
});

export const ACT = { push, rm, say, subscribe, unsubscribe, retry, release, restore, permissions };
