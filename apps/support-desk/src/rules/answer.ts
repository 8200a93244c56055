import type { Ticket } from "../tickets/ticket.ts";
import type { Entities } from "./entities.ts";
import type { Intent } from "./intents.ts";
import { formatMoney } from "./money.ts";
import type { Triage } from "./triage.ts";

const order = ({ orderId }: Entities): string =>
  orderId === undefined ? "your order" : `order ${orderId}`;
const invoice = ({ invoiceId }: Entities): string =>
  invoiceId === undefined ? "your invoice" : `invoice ${invoiceId}`;
const account = ({ accountType }: Entities): string =>
  accountType === undefined ? "account" : `${accountType} account`;
const refund = ({ amount }: Entities): string =>
  amount === undefined ? "your refund" : `your refund of ${formatMoney(amount)}`;

const answers: Readonly<Record<Intent, (entities: Entities) => string>> = {
  create_account: (e) =>
    `To open a ${account(e)}, choose "Sign up" and confirm your e-mail address.`,
  delete_account: (e) => `To close your ${account(e)}, confirm it under Account > Close.`,
  edit_account: (e) => `You can change the details of your ${account(e)} under Account > Details.`,
  recover_password: () => "We have sent a link to set a new password to your e-mail address.",
  registration_problems: () => "We have reset your sign-up; please try again with a new link.",
  switch_account: () => "You can move to another kind of account under Account > Plan.",
  check_cancellation_fee: () => "Ending a contract early costs what is left of the current month.",
  contact_customer_service: () =>
    "You reach customer service from 8 to 20 o'clock, by chat or phone.",
  contact_human_agent: () => "A person will take over this conversation.",
  delivery_options: () => "Standard and express delivery are shown for your address at checkout.",
  delivery_period: (e) => `Delivery takes three to five working days; we have checked ${order(e)}.`,
  complaint: () => "We have recorded your complaint; you get an answer within two working days.",
  review: () => "Thank you; you can write your review on the page of the product.",
  check_invoice: (e) => `You find ${invoice(e)} under Account > Invoices.`,
  get_invoice: (e) => `We have sent ${invoice(e)} to your e-mail address.`,
  newsletter_subscription: () => "You can change your newsletter settings under Account > E-mail.",
  cancel_order: (e) => `We have stopped ${order(e)}; what was paid goes back the way it came.`,
  change_order: (e) => `We have put ${order(e)} on hold, so that you can change it until tonight.`,
  place_order: () => "Put what you want into the basket and choose Checkout; we are glad to help.",
  track_order: (e) => `You see where ${order(e)} is under Orders > Track.`,
  check_payment_methods: () => "We take cards, bank transfer and PayPal.",
  payment_issue: (e) => `We have looked at the payment of ${order(e)}; please try it once more.`,
  check_refund_policy: () => "Goods can go back within 30 days; refunds take five working days.",
  get_refund: (e) => `We have started ${refund(e)}; it takes five working days.`,
  track_refund: (e) => `We have asked our bank about ${refund(e)} and will write tomorrow.`,
  change_shipping_address: (e) => `You can change the address of ${order(e)} until it leaves us.`,
  set_up_shipping_address: () => "You can add a delivery address under Account > Addresses.",
};

/** What a specialist writes to the customer. */
export function answer(ticket: Ticket, { intent, entities, angry }: Triage): string {
  const sorry = angry ? "We are sorry for the trouble. " : "";
  return `${sorry}${answers[intent](entities)} Your case is ${ticket.id}.`;
}
