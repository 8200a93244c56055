import { now } from "../state/clock.ts";
import { fullTime, shortDuration } from "../text/units.ts";

/** How long ago something was: "42s". It counts on. */
export function Ago({ time }: { time: string }) {
  const at = Date.parse(time);
  const age = Math.max(0, now() - at);
  return (
    <time class="ago number" dateTime={time} title={fullTime(at)}>
      {age < 1000 ? "now" : shortDuration(age)}
    </time>
  );
}

/** How long until something: "42s", or what it is called once it has passed. */
export function Left({ time, over }: { time: string; over: string }) {
  const at = Date.parse(time);
  const left = at - now();
  return (
    <time class="ago number" dateTime={time} title={fullTime(at)}>
      {left <= 0 ? over : shortDuration(left)}
    </time>
  );
}
