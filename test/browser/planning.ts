/** Sessions as people plan them in the page. */
import { momentOf, wallClockOf } from "../../src/web/sessions/clock.ts";
import type { Person } from "./support.ts";

const DAY_MS = 86_400_000;
/** Another one in each run: a server may be used for several. */
const shift = Math.floor(Math.random() * 200);

/** A day that no other test plans anything on. */
export function farDay(days: number): string {
  return new Date(Date.now() + (days + shift) * DAY_MS).toISOString().slice(0, 10);
}

export async function openCalendar({ page, say }: Person): Promise<void> {
  await page.getByRole("link", { name: new RegExp(`^${say.sessions}`) }).click();
  await page.getByRole("heading", { name: say.sessions, level: 1 }).waitFor();
}

/** What the way to one's sessions says how many invitations wait. */
export async function waitingInvitations({ page }: Person): Promise<number> {
  const badge = page.locator(".sessions-link .badge [aria-hidden]");
  return (await badge.count()) === 0 ? 0 : Number(await badge.textContent());
}

/** The session in the address. */
export async function sessionIdOf({ page }: Person): Promise<number> {
  await page.waitForURL(/#sessions\/\d+$/);
  return Number(/(\d+)$/.exec(page.url())?.[1]);
}

export async function fillTime(
  { page, plans }: Person,
  { day, time, minutes }: { readonly day: string; readonly time: string; readonly minutes?: number },
): Promise<void> {
  await page.getByLabel(plans.form.day, { exact: true }).fill(day);
  await page.getByLabel(plans.form.time, { exact: true }).fill(time);
  if (minutes !== undefined) await page.getByLabel(plans.form.duration).selectOption(String(minutes));
}

interface Plan {
  readonly with: string;
  readonly day: string;
  readonly time: string;
  readonly title: string;
  readonly weeks?: number;
}

/** Fills in the form and sends it. */
export async function planSession(person: Person, { day, time, title, weeks, with: name }: Plan): Promise<void> {
  const { page, plans } = person;
  await page.evaluate(() => {
    location.hash = "sessions/new";
  });
  await page.locator(".person-chip").filter({ hasText: name }).locator("input").check();
  await fillTime(person, { day, time });
  await page.getByLabel(plans.form.name).fill(title);
  if (weeks !== undefined) {
    await page.getByRole("checkbox", { name: plans.form.weekly }).check();
    await page.getByLabel(plans.form.count).fill(String(weeks));
  }
  await page.getByRole("button", { name: plans.form.send }).click();
}

/** What a clock elsewhere shows at this time. */
export function elsewhere(day: string, time: string, { from, to }: { readonly from: string; readonly to: string }) {
  return wallClockOf(momentOf(day, time, from), to);
}
