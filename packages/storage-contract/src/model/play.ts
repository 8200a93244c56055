import { isSynthaError } from "@syntha/core";
import type { StorageContract } from "../fixture.ts";
import { expectedInitial, expectedOf, type Expected, isInView, type ModelLens } from "./feed.ts";
import { modelItemText } from "./item-text.ts";
import { EventPlaces } from "./event-places.ts";
import { checkLog } from "./log-check.ts";
import { overview, view } from "./observation.ts";
import type { ModelItem } from "./state.ts";
import { KEYS, READERS, type Step, TENANTS, TOPICS } from "./plan.ts";
import { newPair, type Pair, take } from "./deed.ts";
import { type Bookmark, compareTold, fold, Recording, type Told } from "./recording.ts";
import { byCodePoint, isOver, timeOf, visible } from "./sight.ts";
import { same } from "./same.ts";
import { Subject } from "./subject.ts";
import { modelOverview, modelView } from "./view.ts";

/** Watches that are open at a time beside one of each reader. */
const MOST_WATCHES = 8;

interface Followed {
  recording: Recording;
  tenant: number;
  life: number;
  /** The tenant's time when the watch began. */
  readonly listedAt: number;
}

/** One plan, played on a storage and on the model. */
export class Play {
  readonly #subject: Subject;
  readonly #pairs: Pair[] = TENANTS.map(newPair);
  readonly #followed: Followed[] = [];
  /** Places in the logs of dropped tenants. */
  readonly #lost: Bookmark[] = [];
  readonly #start: number;
  readonly #eventPlaces = TENANTS.map(() => new EventPlaces());
  #turn = 0;

  private constructor(subject: Subject) {
    this.#subject = subject;
    this.#start = subject.clock();
  }

  static async run(contract: StorageContract, steps: readonly Step[]): Promise<void> {
    const play = new Play(await Subject.open(contract));
    try {
      for (const who of READERS)
        await play.#follow(0, 0, { who, topics: undefined, keys: undefined }, false);
      for (const step of steps) await play.#step(step);
      await play.#finish();
    } finally {
      await play.#end();
    }
  }

  async #step(step: Step): Promise<void> {
    this.#turn++;
    const { tenant, handle } = step;
    switch (step.do) {
      case "move":
        this.#subject.clock.set(Math.max(this.#start, this.#subject.clock() + step.ms));
        break;
      case "reopen":
        await this.#reopen();
        break;
      case "copy":
        await this.#copy(step);
        break;
      case "watch":
        if (this.#followed.length < MOST_WATCHES)
          await this.#follow(
            tenant,
            handle,
            { who: step.by, topics: step.topics, keys: step.keys },
            step.initial,
          );
        break;
      case "resume":
        await this.#resume(handle, step.watch, step.back);
        await this.#eventPlaces[tenant]?.resume(
          this.#subject.agent(tenant, handle, null),
          this.#pairs[tenant] as Pair,
          step.back,
        );
        break;
      default:
        await take(this.#subject, this.#pairs[tenant] as Pair, step);
    }
    await this.#compare(tenant, handle);
  }

  /** From every place that a watch ever told, the rest; then each queue, to its end. */
  async #finish(): Promise<void> {
    for (const tenant of TENANTS.keys()) await this.#compare(tenant, 0);
    const resumptions = this.#followed.flatMap((followed) =>
      followed.recording.bookmarks.map((bookmark) => this.#resumeAt(0, followed, bookmark)),
    );
    await Promise.all(resumptions);
    for (const [tenant, pair] of this.#pairs.entries())
      await this.#eventPlaces[tenant]?.resumeAll(this.#subject.agent(tenant, 0, null), pair);
    for (const [tenant, pair] of this.#pairs.entries()) {
      for (const topic of TOPICS) {
        const claim: Step = {
          do: "claim",
          tenant,
          handle: 0,
          by: null,
          from: { topic },
          lease: 10,
          maxAttempts: undefined,
        };
        for (let item = 0; item <= KEYS.length; item++) await take(this.#subject, pair, claim);
      }
    }
  }

  /** Every reader's view, every watch, and the log. */
  async #compare(tenant: number, handle: number): Promise<void> {
    const { model } = this.#pairs[tenant] as Pair;
    const clock = this.#subject.clock();
    for (const who of READERS) {
      const actual = await view(this.#subject.agent(tenant, handle, who), this.#turn, this.#start);
      const expected = modelView(model, who, clock, this.#turn, this.#start);
      same(`what ${who ?? "the system"} sees`, actual, expected);
    }
    const actual = await overview(this.#subject, tenant, handle, this.#turn);
    same("what the mesh tells of itself", actual, modelOverview(model, clock, this.#turn));
    await checkLog(this.#subject.storage(handle), TENANTS[tenant] as string, model, clock);
    for (const followed of this.#followed.filter((each) => each.tenant === tenant))
      await this.#check(followed);
    const system = this.#subject.agent(tenant, handle, null);
    await this.#eventPlaces[tenant]?.note(
      system,
      this.#pairs[tenant] as Pair,
      1 + (this.#turn % 3),
    );
  }

  async #follow(tenant: number, handle: number, lens: ModelLens, initial: boolean): Promise<void> {
    const { model, life } = this.#pairs[tenant] as Pair;
    const recording = new Recording(lens, initial || model.head === 0, model.head);
    const listedAt = timeOf(model, this.#subject.clock());
    this.#followed.push({ recording, tenant, life, listedAt });
    recording.start(this.#subject.agent(tenant, handle, lens.who), { initial });
    await recording.settle(this.#subject.storage(handle), TENANTS[tenant] as string);
    const items = initial ? expectedInitial(model, lens, model.head, this.#subject.clock()) : [];
    const expected = initial ? [...items, READY] : [];
    compareTold("what a new watch tells", recording.news(), new Map([[model.head, expected]]));
  }

  /** What a watch told since the last look. */
  async #check(followed: Followed): Promise<void> {
    const { recording, tenant, life } = followed;
    const { model, life: current } = this.#pairs[tenant] as Pair;
    const { lens } = recording;
    await recording.settle(this.#subject.storage(0), TENANTS[tenant] as string);
    if (life !== current) {
      same("how a watch on a dropped tenant ends", codeOf(recording.error), "INVALID_CURSOR");
      this.#lost.push(...recording.bookmarks.filter(({ place }) => place.epoch !== "").slice(-1));
      followed.life = current;
      await this.#restart(followed);
      return;
    }
    if (recording.error !== undefined) throw recording.error;
    const expected = new Map<number, Expected[]>();
    for (const commit of model.commits.filter(({ position }) => position > recording.checkedTo))
      expected.set(commit.position, expectedOf(model, lens, commit, this.#subject.clock()));
    recording.checkedTo = model.head;
    const about = `what a watch tells ${JSON.stringify(lens)}`;
    compareTold(about, recording.news(), expected);
  }

  async #restart(followed: Followed): Promise<void> {
    const { recording, tenant } = followed;
    const { model } = this.#pairs[tenant] as Pair;
    const fresh = new Recording(recording.lens, model.head === 0, model.head);
    followed.recording = fresh;
    fresh.start(this.#subject.agent(tenant, 0, fresh.lens.who), {});
    await fresh.settle(this.#subject.storage(0), TENANTS[tenant] as string);
  }

  /** Goes on from a place that a watch told once, and compares the rest. */
  async #resume(handle: number, which: number, back: number): Promise<void> {
    const followed = this.#followed[which % this.#followed.length] as Followed;
    const { recording, tenant } = followed;
    await this.#refuse(handle, tenant, this.#lost.at(-1 - back));
    const bookmark = recording.bookmarks.at(-1 - back);
    if (bookmark !== undefined) await this.#resumeAt(handle, followed, bookmark);
  }

  async #resumeAt(handle: number, followed: Followed, bookmark: Bookmark): Promise<void> {
    const { recording, tenant } = followed;
    const { model } = this.#pairs[tenant] as Pair;
    const again = new Recording(recording.lens, model.head === 0, model.head);
    again.start(this.#subject.agent(tenant, handle, recording.lens.who), {
      since: bookmark.cursor,
    });
    try {
      await again.settle(this.#subject.storage(handle), TENANTS[tenant] as string);
      const { position, done } = bookmark.place;
      const entries = model.commits[position - 1]?.entries.length ?? 0;
      const isInside = position === model.floor && done !== "all" && done < entries;
      if (position < model.floor || isInside) {
        const code = codeOf(again.error);
        same("the error of a place that was compacted away", code, "CURSOR_COMPACTED");
        return;
      }
      if (again.error !== undefined) throw again.error;
      this.#compareRest(followed, bookmark, again);
    } finally {
      await again.stop();
    }
  }

  /** A place in a dropped tenant's log is one of no tenant, whatever its name. */
  async #refuse(handle: number, tenant: number, lost: Bookmark | undefined): Promise<void> {
    if (lost === undefined) return;
    const system = this.#subject.agent(tenant, handle, null);
    const codes: unknown[] = [];
    await system.events({ since: lost.cursor }).catch((error) => codes.push(codeOf(error)));
    await system
      .watch({ since: lost.cursor })
      .next()
      .catch((error) => codes.push(codeOf(error)));
    same("how a dropped tenant's cursor is refused", codes, ["INVALID_CURSOR", "INVALID_CURSOR"]);
  }

  #compareRest(
    { recording, tenant, listedAt }: Followed,
    { place, told }: Bookmark,
    again: Recording,
  ): void {
    const { model } = this.#pairs[tenant] as Pair;
    const clock = this.#subject.clock();
    const { lens } = recording;
    const before = recording.told.slice(0, told);
    const expected = new Map<number, Expected[]>();
    for (const commit of model.commits.filter(({ position }) => position > place.position))
      expected.set(commit.position, expectedOf(model, lens, commit, clock));
    expected.set(place.position, this.#restOfCommit(lens, tenant, place, before));
    const about = `what a watch tells ${JSON.stringify(lens)} from place ${told} of ${recording.told.length} on`;
    compareTold(about, again.told, expected);
    const now = timeOf(model, clock);
    // What was over when it was listed was not told; a clock that is set back shows it again, and no log tells of that.
    const isTold = (item: ModelItem): boolean => !isOver(item, now) && !isOver(item, listedAt);
    const isStored = (key: string): boolean =>
      !model.items.some((item) => item.key === key && !isTold(item));
    const kept = [...fold([...before, ...again.told])].filter(([key]) => isStored(key));
    const seen = visible(lens.who, model, now)
      .filter((item) => isTold(item) && isInView(lens, item.key, item, model))
      .map((item) => [item.key, modelItemText(item)]);
    if (recording.isWhole)
      same(
        `${about}, folded`,
        kept.sort(([a], [b]) => byCodePoint(a, b)),
        seen,
      );
  }

  /** What the commit of a place, or the listing in which it lies, still has to tell. */
  #restOfCommit(
    lens: ModelLens,
    tenant: number,
    place: Bookmark["place"],
    before: readonly Told[],
  ): Expected[] {
    const { model } = this.#pairs[tenant] as Pair;
    const clock = this.#subject.clock();
    const { position, initial, done, key } = place;
    if (initial) {
      const items = expectedInitial(model, lens, position, clock);
      const isAhead = ({ name }: Expected): boolean =>
        key === undefined || byCodePoint(name.slice("put ".length), key) > 0;
      return [...items.filter(isAhead), READY];
    }
    const commit = model.commits[position - 1];
    if (commit === undefined || done === "all") return [];
    const names = before
      .filter((each) => each.place.position === position && !each.place.initial)
      .map(({ name }) => name);
    return expectedOf(model, lens, commit, clock).filter(({ name }) => !names.includes(name));
  }

  async #reopen(): Promise<void> {
    if (await this.#subject.reopen()) await this.#goOn();
  }

  /** Moves to another storage, where everything goes on: watches, leases, and what the model knows. */
  async #copy({ batch, tenant, meanwhile }: Step & { do: "copy" }): Promise<void> {
    const steps = [...meanwhile];
    await this.#subject.copy(batch, async (id) => {
      const step = id === TENANTS[tenant] ? steps.shift() : undefined;
      if (step !== undefined) await this.#step(step);
    });
    await this.#subject.switch();
    await this.#goOn();
  }

  async #goOn(): Promise<void> {
    for (const { recording, tenant } of this.#followed) {
      const since = recording.bookmarks.at(-1)?.cursor;
      recording.start(this.#subject.agent(tenant, 0, recording.lens.who), since ? { since } : {});
      await recording.settle(this.#subject.storage(0), TENANTS[tenant] as string);
    }
  }

  async #end(): Promise<void> {
    await Promise.all(this.#followed.map(({ recording }) => recording.stop()));
    await this.#subject.close();
  }
}

const READY: Expected = { name: "ready", text: "ready" };

const codeOf = (error: unknown): string | undefined =>
  isSynthaError(error) ? error.code : undefined;
