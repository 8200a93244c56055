import type { Ticket } from "../tickets/ticket.ts";
import type { Authorisation } from "./authorisation.ts";
import { formatMoney } from "./money.ts";
import type { Triage } from "./triage.ts";

/** What the retention agent writes. It offers what the manager authorised, and nothing more. */
export function retention(ticket: Ticket, triage: Triage, allowed: Authorisation): string {
  const sentences = [opening(triage)];
  if (allowed.discountPercent > 0) {
    sentences.push(`If you stay, the next twelve months are ${allowed.discountPercent}% off.`);
  }
  if (allowed.credit !== undefined) {
    sentences.push(`We have put ${formatMoney(allowed.credit)} of credit on your account.`);
  }
  if (allowed.callBack) sentences.push("A manager will call you on the number in your account.");
  sentences.push(`Your case is ${ticket.id}.`);
  return sentences.join(" ");
}

function opening({ reason, angry }: Triage): string {
  if (reason === "threatens_to_leave") return "We would be sorry to lose you.";
  if (reason === "legal_threat") return "We take what you wrote seriously.";
  if (reason === "angry_about_money") {
    return "We are sorry; where money is concerned this should not happen.";
  }
  return angry ? "We are sorry for the trouble." : "Thank you for telling us.";
}
