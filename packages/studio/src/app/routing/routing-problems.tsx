import type { RoutingGraph } from "../../api/index.ts";
import { CopyText } from "../parts/copy-text.tsx";
import { Icon } from "../parts/icons.tsx";
import { AgentChip, KeyName, Name, TopicChip } from "../parts/names.tsx";
import { linkTo } from "../state/route.ts";
import { plural } from "../text/units.ts";

const KEYS = 3;

/** What reaches no one, each with what mends it. */
export function RoutingProblems({ graph }: { graph: RoutingGraph }) {
  const {
    topicsWithoutSubscribers: withoutSubscribers,
    unknownRecipients: unknown,
    orphans,
  } = graph;
  if (withoutSubscribers.length + unknown.length + orphans.length === 0)
    return (
      <aside class="problems" aria-label="Problems">
        <p class="row state-done">
          <Icon name="check" /> Everything reaches someone.
        </p>
      </aside>
    );
  return (
    <aside class="problems" aria-label="Problems">
      {withoutSubscribers.length > 0 && (
        <section>
          <h3>No one is subscribed</h3>
          {withoutSubscribers.map(({ topic, items, command }) => (
            <div key={topic} class="problem">
              <p class="row">
                <TopicChip name={topic} withoutSubscribers href={linkTo({ topic })} />
                <span class="quiet">{plural(items, "item")}</span>
              </p>
              {command !== undefined && <CopyText text={command} />}
            </div>
          ))}
        </section>
      )}
      {unknown.length > 0 && (
        <section>
          <h3>No such agent</h3>
          {unknown.map(({ name, keys, nearest, commands }) => (
            <div key={name} class="problem">
              <p class="row wrap">
                <span class="alarm-text row">
                  <Icon name="warning" size={14} />
                  <Name text={name} />
                </span>
                {nearest.length > 0 && (
                  <>
                    <span class="quiet">did you mean</span>
                    {nearest.slice(0, 2).map((agent) => (
                      <AgentChip key={agent} name={agent} href={linkTo({ as: agent })} />
                    ))}
                  </>
                )}
              </p>
              {keys.slice(0, KEYS).map((key) => (
                <a key={key} class="row link" href={linkTo({ item: key, tab: "why" })}>
                  <KeyName text={key} />
                </a>
              ))}
              {keys.length > KEYS && <p class="quiet">and {keys.length - KEYS} more</p>}
              {commands.map((command) => (
                <CopyText key={command} text={command} />
              ))}
            </div>
          ))}
        </section>
      )}
      {orphans.length > 0 && (
        <section>
          <h3>Seen by no one but its owner</h3>
          {orphans.slice(0, 12).map((key) => (
            <a key={key} class="row link" href={linkTo({ item: key, tab: "why" })}>
              <KeyName text={key} />
            </a>
          ))}
          {orphans.length > 12 && <p class="quiet">and {orphans.length - 12} more</p>}
        </section>
      )}
    </aside>
  );
}
