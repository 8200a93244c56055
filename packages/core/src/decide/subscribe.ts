import { SynthaError } from "../error/syntha-error.ts";
import type { SetPermissionsOperation, SubscribeOperation } from "../storage/operation.ts";
import {
  CORRUPT_PERMISSIONS,
  type Permissions,
  topicsBeyond,
  type TopicSet,
} from "../model/permissions.ts";
import type { OpResult } from "../storage/outcome.ts";
import { sameNames } from "../route/route.ts";
import { TO_ALLOW_MORE } from "./posting.ts";
import { type Draft, refuse } from "./draft.ts";

/** R6: adds or removes subscriptions of an agent. The result has the topics that made a difference. */
export function decideSubscription(draft: Draft, op: SubscribeOperation): OpResult {
  const { facts } = draft;
  const adds = op.type === "subscribe";
  if (adds) checkSubscribing(draft, op);
  const topics = op.topics.filter((topic) => facts.isSubscribed(op.agent, topic) !== adds);
  if (topics.length > 0) draft.changes.push({ type: op.type, agent: op.agent, topics });
  return { type: op.type, topics };
}

function checkSubscribing(draft: Draft, op: SubscribeOperation): void {
  const permissions = draft.permissions(op.agent);
  if (permissions === null) return;
  const { subscribe } = permissions;
  const topics = topicsBeyond(subscribe, op.topics);
  if (topics.length === 0 || subscribe === "*") return;
  const allowed = subscribe.join(", ");
  refuse(
    new SynthaError(
      "FORBIDDEN",
      `${op.agent} may not subscribe to ${topics.map((t) => `"${t}"`).join(", ")}.`,
      {
        hint:
          allowed === ""
            ? `It may subscribe to no topic. ${TO_ALLOW_MORE}`
            : `It may subscribe to: ${allowed}. ${TO_ALLOW_MORE}`,
        details: { topics },
      },
    ),
  );
}

/** Subscriptions that one commit ends at most. */
const MAX_ENDED = 10_000;

/** R5: sets or removes the permissions of an agent. Subscriptions that are no longer allowed end in the same commit. */
export function decideSetPermissions(draft: Draft, op: SetPermissionsOperation): OpResult {
  const allowed = op.permissions?.subscribe ?? "*";
  const unsubscribed =
    allowed === "*" ? [] : topicsBeyond(allowed, draft.facts.subscriptions(op.agent));
  if (unsubscribed.length > MAX_ENDED) refuse(tooManySubscriptions(op.agent, unsubscribed.length));
  // First, because a watch reads the changed subscriptions of a commit from its first entries.
  if (unsubscribed.length > 0)
    draft.changes.push({ type: "unsubscribe", agent: op.agent, topics: unsubscribed });
  const old = draft.facts.permissions(op.agent);
  if (old === CORRUPT_PERMISSIONS || !samePermissions(op.permissions, old)) {
    draft.changes.push({ type: "setPermissions", agent: op.agent, permissions: op.permissions });
  }
  return { type: "setPermissions", unsubscribed };
}

function tooManySubscriptions(agent: string, size: number): SynthaError {
  const name = JSON.stringify(agent);
  return new SynthaError(
    "TOO_LARGE",
    `${agent} has ${size} subscriptions that these permissions would end, too many for one commit.`,
    {
      hint: `Unsubscribe it first, from up to 1,000 topics at a time: mesh.agent(${name}).unsubscribe(topics); mesh.agent(${name}).subscriptions() lists them.`,
      details: { what: `the subscriptions of "${agent}"`, size, maximum: MAX_ENDED },
    },
  );
}

function samePermissions(a: Permissions | null, b: Permissions | null): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.global === b.global &&
    a.direct === b.direct &&
    sameTopics(a.post, b.post) &&
    sameTopics(a.subscribe, b.subscribe)
  );
}

function sameTopics(a: TopicSet, b: TopicSet): boolean {
  return a === "*" || b === "*" ? a === b : sameNames(a, b);
}
