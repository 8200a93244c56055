import { SynthaError } from "../error/syntha-error.ts";
import { checkFlag } from "../options/check-kind.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import { inboxBucket, type QueueBucket, topicBucket } from "../route/audience-bucket.ts";
import type { Actor } from "../route/visibility.ts";
import type { KeyOf, KeysOf, MeshSchema, TopicOf, Untyped } from "../schema/mesh-schema.ts";
import type { RequestEncoder } from "../session/request-encoder.ts";
import type { ClaimOperation } from "../storage/operation.ts";
import { checkName, checkNames } from "../text/name.ts";

/** Topics that one claim may name. */
const MAX_TOPICS = 64;

/**
 * The items of one topic; of up to 64 topics; those that name the agent as a subscriber (its inbox), also together with
 * topics.
 */
export type WorkSource<
  S extends MeshSchema = Untyped,
  T extends string = string,
  I extends boolean = boolean,
> =
  | {
      readonly topic: T & TopicOf<S>;
      readonly topics?: undefined;
      readonly inbox?: undefined;
      readonly key?: undefined;
    }
  | {
      readonly topics: readonly (T & TopicOf<S>)[];
      readonly inbox?: I | undefined;
      readonly topic?: undefined;
      readonly key?: undefined;
    }
  | {
      readonly inbox: I & true;
      readonly topics?: undefined;
      readonly topic?: undefined;
      readonly key?: undefined;
    };

/** One item by key, or the first ready item of a {@link WorkSource}. */
export type ClaimSource<
  S extends MeshSchema = Untyped,
  K extends string = string,
  T extends string = string,
  I extends boolean = boolean,
> =
  | WorkSource<S, T, I>
  | {
      readonly key: K & KeyOf<S>;
      readonly topic?: undefined;
      readonly topics?: undefined;
      readonly inbox?: undefined;
    };

/** The keys that items from these topics may have: any, if the source includes an inbox. */
export type SourceKeys<S extends MeshSchema, T extends string, I extends boolean> = [I] extends [
  true,
]
  ? KeyOf<S>
  : KeysOf<S, T>;

const CLAIM_SOURCE = knownOptions<ClaimSource>("claim", {
  topic: true,
  topics: true,
  inbox: true,
  key: true,
});
const WORK_SOURCE = knownOptions<Omit<WorkSource, "key">>("work", {
  topic: true,
  topics: true,
  inbox: true,
});

/** @throws INVALID_ARGUMENTS, what a key or a topic throws */
export function toClaimSource(
  encoder: RequestEncoder,
  actor: Actor,
  from: ClaimSource,
): ClaimOperation["from"] {
  checkOptions(from, CLAIM_SOURCE, "from");
  const { key, ...queues } = from;
  if (key === undefined) return toQueues(actor, queues);
  if (Object.values(queues).some((each) => each !== undefined)) throw oneSource();
  encoder.checkKey(key);
  return { key };
}

/** @param from a topic, or a source */
export function toWorkSource(actor: Actor, from: string | WorkSource): ClaimOperation["from"] {
  if (typeof from === "string") return toQueues(actor, { topic: from });
  checkOptions(from, WORK_SOURCE, "from");
  return toQueues(actor, from);
}

function toQueues(
  actor: Actor,
  { topic, topics, inbox }: Partial<Record<keyof WorkSource, unknown>>,
): { readonly queues: readonly QueueBucket[] } {
  checkFlag("from.inbox", inbox);
  if (topic === undefined ? topics === undefined && inbox !== true : topics !== undefined || inbox)
    throw oneSource();
  const queues: QueueBucket[] = [];
  if (topic !== undefined) {
    checkName("topic", topic);
    queues.push(topicBucket(topic));
  }
  if (topics !== undefined)
    queues.push(...checkNames("topic", topics, MAX_TOPICS).map(topicBucket));
  if (inbox === true) queues.push(inboxBucket(actor ?? noInbox()));
  return { queues };
}

function oneSource(): SynthaError {
  return new SynthaError(
    "INVALID_ARGUMENTS",
    "Pass exactly one of `topic`, `topics`, `inbox` or `key`; only `topics` and `inbox` can be combined.",
    {
      hint: 'Pass { topic: "work_queue" }, { topics: ["urgent", "work_queue"] }, { inbox: true } or { key: "task:42" }.',
      details: { path: "from" },
    },
  );
}

function noInbox(): never {
  throw new SynthaError("INVALID_ARGUMENTS", "The system has no inbox.", {
    hint: "Claim as the agent that the items name: mesh.agent(name).claim({ inbox: true }).",
    details: { path: "from.inbox" },
  });
}
