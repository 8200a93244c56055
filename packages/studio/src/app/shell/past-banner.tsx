import { Icon } from "../parts/icons.tsx";
import { head } from "../state/live.ts";
import { pendingReads } from "../state/request.ts";
import { at, linkTo } from "../state/route.ts";
import { count } from "../text/units.ts";

/** Says on every page that it shows the past. */
export function PastBanner() {
  if (at.value === undefined) return null;
  return (
    <div class="past-banner" role="status">
      <Icon name="timeline" />
      <span class="grow cut">
        The mesh at position <b class="number">#{count(at.value)}</b>
        <span class="quiet number">
          {" "}
          of #{count(head.value)}
          {pendingReads.value > 0 && ", loading…"}
        </span>
      </span>
      <a class="button small" href={linkTo({ at: undefined })}>
        Back to now
      </a>
    </div>
  );
}
