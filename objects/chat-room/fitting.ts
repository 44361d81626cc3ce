/** How many messages fit into one frame or one parameter. */

/** As many from the front as fit into `maxUnits` UTF-16 units of JSON; at least one. */
export function fitting<Item>(messages: readonly Item[], maxUnits: number): Item[] {
  let units = 0;
  const beyond = messages.findIndex((message, index) => {
    units += JSON.stringify(message).length;
    return index > 0 && units > maxUnits;
  });
  return beyond < 0 ? [...messages] : messages.slice(0, beyond);
}
