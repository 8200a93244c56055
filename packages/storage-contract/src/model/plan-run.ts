import { isSynthaError } from "@syntha/core";
import type { StorageContract } from "../contract.ts";
import {
  expectedListing,
  expectedChanges,
  type ExpectedChange,
  isInView,
  type ModelWatchFilter,
} from "./expected-change.ts";
import { modelItemText } from "./item-text.ts";
import { EventCursors } from "./event-cursors.ts";
import { checkLog } from "./log-check.ts";
import { meshOverview, readerView } from "./mesh-view.ts";
import type { ModelItem } from "./state.ts";
import { KEYS, READERS, type Step, TENANTS, TOPICS } from "./plan.ts";
import { newTenantPair, type TenantPair, applyAction } from "./action.ts";
import {
  type Bookmark,
  compareReceived,
  foldReceived,
  WatchRecording,
  type ReceivedChange,
} from "./watch-recording.ts";
import { byCodePoint, isExpired, timeOf, visibleItems } from "./visibility.ts";
import { assertSame } from "../harness/assert-same.ts";
import { Subject } from "./subject.ts";
import { modelOverview, modelView } from "./model-view.ts";

/** Open watches at a time. */
const MAX_WATCHES = 8;

interface FollowedWatch {
  recording: WatchRecording;
  tenant: number;
  generation: number;
  /** The tenant's time when the watch started. */
  readonly listedAt: number;
}

/** One run of a plan on a storage and on the model. */
export class PlanRun {
  readonly #subject: Subject;
  readonly #pairs: TenantPair[] = TENANTS.map(newTenantPair);
  readonly #followed: FollowedWatch[] = [];
  /** Cursors in the logs of dropped tenants. */
  readonly #droppedBookmarks: Bookmark[] = [];
  readonly #start: number;
  readonly #eventCursors = TENANTS.map(() => new EventCursors());
  #turn = 0;

  private constructor(subject: Subject) {
    this.#subject = subject;
    this.#start = subject.clock();
  }

  static async run(contract: StorageContract, steps: readonly Step[]): Promise<void> {
    const run = new PlanRun(await Subject.open(contract));
    try {
      for (const actor of READERS) await run.#follow(0, 0, { actor, ...EVERYTHING }, false);
      for (const step of steps) await run.#step(step);
      await run.#finish();
    } finally {
      await run.#end();
    }
  }

  async #step(step: Step): Promise<void> {
    this.#turn++;
    const { tenant, handle } = step;
    switch (step.do) {
      case "moveClock":
        this.#subject.clock.set(Math.max(this.#start, this.#subject.clock() + step.ms));
        break;
      case "reopen":
        await this.#reopen();
        break;
      case "copy":
        await this.#copy(step);
        break;
      case "watch":
        if (this.#followed.length < MAX_WATCHES)
          await this.#follow(tenant, handle, filterOf(step), step.initial);
        break;
      case "resume":
        await this.#resume(handle, step.watch, step.back);
        await this.#eventCursors[tenant]?.resume(
          this.#subject.agent(tenant, handle, null),
          this.#pairs[tenant] as TenantPair,
          step.back,
        );
        break;
      default:
        await applyAction(this.#subject, this.#pairs[tenant] as TenantPair, step);
    }
    await this.#compare(tenant, handle);
  }

  /** Resumes every watch from each of its cursors, then claims each queue to its end. */
  async #finish(): Promise<void> {
    for (const tenant of TENANTS.keys()) await this.#compare(tenant, 0);
    const resumptions = this.#followed.flatMap((followed) =>
      followed.recording.bookmarks.map((bookmark) => this.#resumeAt(0, followed, bookmark)),
    );
    await Promise.all(resumptions);
    for (const [tenant, pair] of this.#pairs.entries())
      await this.#eventCursors[tenant]?.resumeAll(this.#subject.agent(tenant, 0, null), pair);
    for (const [tenant, pair] of this.#pairs.entries()) {
      for (const topic of TOPICS) {
        const claim: Step = {
          do: "claim",
          tenant,
          handle: 0,
          actor: null,
          from: { topics: [topic], inbox: false },
          lease: 10,
          maxAttempts: undefined,
        };
        for (let item = 0; item <= KEYS.length; item++)
          await applyAction(this.#subject, pair, claim);
      }
    }
  }

  /** Compares every reader's view, every watch, and the log. */
  async #compare(tenant: number, handle: number): Promise<void> {
    const { model } = this.#pairs[tenant] as TenantPair;
    const clock = this.#subject.clock();
    for (const who of READERS) {
      const actual = await readerView(
        this.#subject.agent(tenant, handle, who),
        this.#turn,
        this.#start,
      );
      const expected = modelView(model, who, clock, this.#turn, this.#start);
      assertSame(`what ${who ?? "the system"} sees`, actual, expected);
    }
    const actual = await meshOverview(this.#subject, tenant, handle, this.#turn);
    assertSame("what the mesh reports", actual, modelOverview(model, clock, this.#turn));
    await checkLog(this.#subject.storage(handle), TENANTS[tenant] as string, model, clock);
    for (const followed of this.#followed.filter((each) => each.tenant === tenant))
      await this.#check(followed);
    const system = this.#subject.agent(tenant, handle, null);
    await this.#eventCursors[tenant]?.note(
      system,
      this.#pairs[tenant] as TenantPair,
      1 + (this.#turn % 3),
    );
  }

  async #follow(
    tenant: number,
    handle: number,
    lens: ModelWatchFilter,
    initial: boolean,
  ): Promise<void> {
    const { model, generation } = this.#pairs[tenant] as TenantPair;
    const recording = new WatchRecording(lens, initial || model.head === 0, model.head);
    const listedAt = timeOf(model, this.#subject.clock());
    this.#followed.push({ recording, tenant, generation, listedAt });
    recording.start(this.#subject.agent(tenant, handle, lens.actor), { initial });
    await recording.settle(this.#subject.storage(handle), TENANTS[tenant] as string);
    const items = initial ? expectedListing(model, lens, model.head, this.#subject.clock()) : [];
    const expected = initial ? [...items, READY] : [];
    compareReceived(
      "what a new watch emits",
      recording.newChanges(),
      new Map([[model.head, expected]]),
    );
  }

  /** Checks what a watch emitted since the last check. */
  async #check(followed: FollowedWatch): Promise<void> {
    const { recording, tenant, generation } = followed;
    const { model, generation: current } = this.#pairs[tenant] as TenantPair;
    const { filter } = recording;
    await recording.settle(this.#subject.storage(0), TENANTS[tenant] as string);
    if (generation !== current) {
      assertSame("how a watch on a dropped tenant ends", codeOf(recording.error), "INVALID_CURSOR");
      this.#droppedBookmarks.push(
        ...recording.bookmarks.filter(({ logPosition }) => logPosition.epoch !== "").slice(-1),
      );
      followed.generation = current;
      await this.#restart(followed);
      return;
    }
    if (recording.error !== undefined) throw recording.error;
    const expected = new Map<number, ExpectedChange[]>();
    for (const commit of model.commits.filter(({ position }) => position > recording.checkedTo))
      expected.set(commit.position, expectedChanges(model, filter, commit, this.#subject.clock()));
    recording.checkedTo = model.head;
    const about = `what a watch emits ${JSON.stringify(filter)}`;
    compareReceived(about, recording.newChanges(), expected);
  }

  async #restart(followed: FollowedWatch): Promise<void> {
    const { recording, tenant } = followed;
    const { model } = this.#pairs[tenant] as TenantPair;
    const fresh = new WatchRecording(recording.filter, model.head === 0, model.head);
    followed.recording = fresh;
    fresh.start(this.#subject.agent(tenant, 0, fresh.filter.actor), {});
    await fresh.settle(this.#subject.storage(0), TENANTS[tenant] as string);
  }

  /** Resumes from an earlier cursor of a watch, and compares the rest. */
  async #resume(handle: number, which: number, back: number): Promise<void> {
    const followed = this.#followed[which % this.#followed.length] as FollowedWatch;
    const { recording, tenant } = followed;
    await this.#expectInvalidCursor(handle, tenant, this.#droppedBookmarks.at(-1 - back));
    const bookmark = recording.bookmarks.at(-1 - back);
    if (bookmark !== undefined) await this.#resumeAt(handle, followed, bookmark);
  }

  async #resumeAt(handle: number, followed: FollowedWatch, bookmark: Bookmark): Promise<void> {
    const { recording, tenant } = followed;
    const { model } = this.#pairs[tenant] as TenantPair;
    const again = new WatchRecording(recording.filter, model.head === 0, model.head);
    again.start(this.#subject.agent(tenant, handle, recording.filter.actor), {
      since: bookmark.cursor,
    });
    try {
      await again.settle(this.#subject.storage(handle), TENANTS[tenant] as string);
      const { position, done } = bookmark.logPosition;
      const entries = model.commits[position - 1]?.entries.length ?? 0;
      const isInside = position === model.floor && done !== "all" && done < entries;
      if (position < model.floor || isInside) {
        const code = codeOf(again.error);
        assertSame("the error of a compacted cursor", code, "CURSOR_COMPACTED");
        return;
      }
      if (again.error !== undefined) throw again.error;
      this.#compareRest(followed, bookmark, again);
    } finally {
      await again.stop();
    }
  }

  /** A cursor in a dropped tenant's log is invalid, also after the tenant is created again. */
  async #expectInvalidCursor(
    handle: number,
    tenant: number,
    lost: Bookmark | undefined,
  ): Promise<void> {
    if (lost === undefined) return;
    const system = this.#subject.agent(tenant, handle, null);
    const codes: unknown[] = [];
    await system.events({ since: lost.cursor }).catch((error) => codes.push(codeOf(error)));
    await system
      .watch({ since: lost.cursor })
      .next()
      .catch((error) => codes.push(codeOf(error)));
    assertSame("errors of a dropped tenant's cursor", codes, ["INVALID_CURSOR", "INVALID_CURSOR"]);
  }

  #compareRest(
    { recording, tenant, listedAt }: FollowedWatch,
    { logPosition, received }: Bookmark,
    again: WatchRecording,
  ): void {
    const { model } = this.#pairs[tenant] as TenantPair;
    const clock = this.#subject.clock();
    const { filter } = recording;
    const before = recording.received.slice(0, received);
    const expected = new Map<number, ExpectedChange[]>();
    for (const commit of model.commits.filter(({ position }) => position > logPosition.position))
      expected.set(commit.position, expectedChanges(model, filter, commit, clock));
    expected.set(logPosition.position, this.#restOfCommit(filter, tenant, logPosition, before));
    const about = `what a watch emits ${JSON.stringify(filter)} from change ${received} of ${recording.received.length}`;
    compareReceived(about, again.received, expected);
    const now = timeOf(model, clock);
    // An item that had expired when it was listed was not emitted. A clock that is set back shows it again, without a log entry.
    const wasEmitted = (item: ModelItem): boolean =>
      !isExpired(item, now) && !isExpired(item, listedAt);
    const isStored = (key: string): boolean =>
      !model.items.some((item) => item.key === key && !wasEmitted(item));
    const kept = [...foldReceived([...before, ...again.received])].filter(([key]) => isStored(key));
    const seen = visibleItems(filter.actor, model, now)
      .filter((item) => wasEmitted(item) && isInView(filter, item, model))
      .map((item) => [item.key, modelItemText(item)]);
    if (recording.isComplete)
      assertSame(
        `${about}, folded`,
        kept.sort(([a], [b]) => byCodePoint(a, b)),
        seen,
      );
  }

  /** What remains of the commit or listing that a cursor points into. */
  #restOfCommit(
    lens: ModelWatchFilter,
    tenant: number,
    place: Bookmark["logPosition"],
    before: readonly ReceivedChange[],
  ): ExpectedChange[] {
    const { model } = this.#pairs[tenant] as TenantPair;
    const clock = this.#subject.clock();
    const { position, initial, done, key } = place;
    if (initial) {
      const items = expectedListing(model, lens, position, clock);
      const isAhead = ({ name }: ExpectedChange): boolean =>
        key === undefined || byCodePoint(name.slice("put ".length), key) > 0;
      return [...items.filter(isAhead), READY];
    }
    const commit = model.commits[position - 1];
    if (commit === undefined || done === "all") return [];
    const names = before
      .filter((each) => each.logPosition.position === position && !each.logPosition.initial)
      .map(({ name }) => name);
    return expectedChanges(model, lens, commit, clock).filter(({ name }) => !names.includes(name));
  }

  async #reopen(): Promise<void> {
    if (await this.#subject.reopen()) await this.#resumeWatches();
  }

  /** Moves to another storage, where watches and leases continue. */
  async #copy({ batch, tenant, meanwhile }: Step & { do: "copy" }): Promise<void> {
    const steps = [...meanwhile];
    await this.#subject.copy(batch, async (id) => {
      const step = id === TENANTS[tenant] ? steps.shift() : undefined;
      if (step !== undefined) await this.#step(step);
    });
    await this.#subject.switch();
    for (const tenant of TENANTS.keys()) await this.#copyKnown(tenant);
    await this.#resumeWatches();
  }

  /** R19: a copy knows the agents that hold something, and may know those that did so while it was made. */
  async #copyKnown(tenant: number): Promise<void> {
    const { model } = this.#pairs[tenant] as TenantPair;
    const { agents } = await this.#subject.mesh(tenant, 0).agents();
    const known = agents.map(({ name }) => name);
    const holders = [...model.subscriptions, ...model.permissions].map(({ agent }) => agent);
    const areKnown = [...new Set([...known, ...holders])].sort(byCodePoint);
    assertSame("whether a copy knows who holds something", known, areKnown);
    const before = new Set(model.known);
    const arose = known.filter((name) => !before.has(name));
    assertSame("agents that a copy invents", arose, []);
    model.known = known;
  }

  async #resumeWatches(): Promise<void> {
    for (const { recording, tenant } of this.#followed) {
      const since = recording.bookmarks.at(-1)?.cursor;
      recording.start(
        this.#subject.agent(tenant, 0, recording.filter.actor),
        since ? { since } : {},
      );
      await recording.settle(this.#subject.storage(0), TENANTS[tenant] as string);
    }
  }

  async #end(): Promise<void> {
    await Promise.all(this.#followed.map(({ recording }) => recording.stop()));
    await this.#subject.close();
  }
}

const EVERYTHING = { topics: undefined, keys: undefined, prefix: undefined, types: undefined };

function filterOf({
  actor,
  topics,
  keys,
  prefix,
  types,
}: Step & { do: "watch" }): ModelWatchFilter {
  return { actor, topics, keys, prefix, types };
}

const READY: ExpectedChange = { name: "ready", text: "ready" };

const codeOf = (error: unknown): string | undefined =>
  isSynthaError(error) ? error.code : undefined;
