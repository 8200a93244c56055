import type { ComponentChildren } from "preact";
import { hueOf } from "../text/hue.ts";
import { startOf, visibleText } from "../../text/visible-text.ts";

const LONGEST = 300;

/** A key or a name: hidden characters visible, its direction isolated, cut at the end of its space. */
export function Name({ text, mono = false }: { text: string; mono?: boolean }) {
  const { text: start, cut } = startOf(text, LONGEST);
  const shown = visibleText(start) + (cut ? "…" : "");
  return (
    <bdi dir="ltr" class={mono ? "cut mono" : "cut"} title={shown}>
      {shown === "" ? "(empty)" : shown}
    </bdi>
  );
}

/** A key, with its prefix quieter than its end. */
export function KeyName({ text }: { text: string }) {
  const { text: start, cut } = startOf(text, LONGEST);
  const shown = visibleText(start) + (cut ? "…" : "");
  const end = Math.max(shown.lastIndexOf(":"), shown.lastIndexOf("/")) + 1;
  if (end === 0 || end >= shown.length)
    return (
      <bdi dir="ltr" class="cut mono key" title={shown}>
        {shown}
      </bdi>
    );
  return (
    <bdi dir="ltr" class="mono key split-key" title={shown}>
      <span class="cut quiet">{shown.slice(0, end)}</span>
      <span class="cut key-end">{shown.slice(end)}</span>
    </bdi>
  );
}

/** The hue of an agent as a style: the same wherever the agent appears. */
export function hueStyle(name: string): Record<string, string> {
  return { "--hue": String(hueOf(name)) };
}

/** The square that stands for an agent, with its initial; the system has none of the hues. */
export function AgentMark({ name }: { name: string | undefined }) {
  return name === undefined ? (
    <span class="agent-mark system" aria-hidden="true" />
  ) : (
    <span
      class="agent-mark"
      style={hueStyle(name)}
      aria-hidden="true"
      data-initial={initialOf(name)}
    />
  );
}

/** Shown by the style, so that it is no part of the text that is read aloud or copied. */
function initialOf(name: string): string {
  return (/[\p{L}\p{N}]/u.exec(name)?.[0] ?? "").toUpperCase();
}

/** An agent by its mark and name; undefined is the system. */
export function Agent({ name, suffix }: { name: string | undefined; suffix?: ComponentChildren }) {
  return (
    <span class="agent">
      <AgentMark name={name} />
      {name === undefined ? <span class="cut quiet">system</span> : <Name text={name} />}
      {suffix}
    </span>
  );
}

export function AgentChip({ name, href }: { name: string; href?: string | undefined }) {
  const inside = (
    <>
      <AgentMark name={name} />
      <Name text={name} />
    </>
  );
  return href === undefined ? (
    <span class="chip agent-chip" style={hueStyle(name)}>
      {inside}
    </span>
  ) : (
    <a class="chip agent-chip" style={hueStyle(name)} href={href}>
      {inside}
    </a>
  );
}

export function TopicChip({
  name,
  withoutSubscribers = false,
  href,
}: {
  name: string;
  withoutSubscribers?: boolean;
  href?: string | undefined;
}) {
  const title = withoutSubscribers ? "no agent is subscribed to it" : undefined;
  const inside = (
    <>
      <span class="quiet" aria-hidden="true">
        #
      </span>
      <Name text={name} />
      {withoutSubscribers && <span class="unseen">, without subscribers</span>}
    </>
  );
  const kind = `chip topic-chip${withoutSubscribers ? " without-subscribers" : ""}`;
  return href === undefined ? (
    <span class={kind} title={title}>
      {inside}
    </span>
  ) : (
    <a class={kind} title={title} href={href}>
      {inside}
    </a>
  );
}
