/** The search of somebody's page. */
import type { Locator } from "playwright-core";
import { until } from "../../src/local/until.ts";
import type { MadeRoom } from "./rooms.ts";
import type { Person } from "./support.ts";

export function box({ page, say }: Person): Locator {
  return page.getByRole("searchbox", { name: say.search });
}

export function section({ page }: Person): Locator {
  return page.locator("section.found");
}

export function hits(person: Person): Locator {
  return section(person).locator("a.hit");
}

/** What is marked in what was found. */
export function marks(person: Person): Promise<string[]> {
  return hits(person).locator("mark").allTextContents();
}

export async function choose({ page, say }: Person, filter: string, choice: string | RegExp): Promise<void> {
  await page.getByRole("group", { name: say.filters.title }).getByText(filter, { exact: true }).click();
  await page.getByRole("menuitemradio", { name: choice }).click();
}

export async function removeFilters({ page }: Person): Promise<void> {
  const buttons = page.locator(".chip-remove");
  while ((await buttons.count()) > 0) await buttons.first().click();
}

/** Whether a message of the conversation has the focus. */
export function isFocused({ log }: Person, id: number): Promise<boolean> {
  return log.locator(`[data-id="${id}"]`).evaluate((row) => row === document.activeElement);
}

/** What was sent is found once the room has written it to the index. */
export async function untilFound({ clients }: MadeRoom, q: string, count = 1): Promise<void> {
  const isFound = async () => (await clients[0]?.searchMessages({ q }))?.items.length === count;
  if (!(await until(isFound, { limitMs: 20_000 }))) throw new Error(`${q} is not found ${count} times.`);
}
