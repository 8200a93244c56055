import { signal } from "@preact/signals";

/** The server's clock less this one, in milliseconds: ages and leases are judged by the storage's time. */
const offset = signal(0);
const tick = signal(Date.now());
setInterval(() => {
  if (!document.hidden) tick.value = Date.now();
}, 1000);
document.addEventListener("visibilitychange", () => (tick.value = Date.now()));

/** The storage's time, to the second. A component that reads it renders each second. */
export function now(): number {
  return tick.value + offset.value;
}

export function setServerTime(time: number): void {
  const difference = time - Date.now();
  // Smaller differences are the time of the request.
  if (Math.abs(difference - offset.peek()) > 2000) offset.value = difference;
}
