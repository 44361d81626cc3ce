/** How many messages fit into one frame or one parameter. */

const inJson = (item: unknown): number => JSON.stringify(item).length;

/** As many from the front as fit into `maxUnits` UTF-16 units, of JSON unless counted otherwise; at least one. */
export function fitting<Item>(
  messages: readonly Item[],
  maxUnits: number,
  unitsOf: (item: Item) => number = inJson,
): Item[] {
  let units = 0;
  const beyond = messages.findIndex((message, index) => {
    units += unitsOf(message);
    return index > 0 && units > maxUnits;
  });
  return beyond < 0 ? [...messages] : messages.slice(0, beyond);
}
