/** Time zones by their IANA names, as far as the platform's own data goes. */

/** Names that ICU knows besides: abbreviations that several places use, zones of old systems, and that of no place. */
const NO_PLACE =
  /^(?:SystemV\/.*|Factory|ACT|AET|AGT|ART|AST|BET|BST|CAT|CNT|CST|CTT|EAT|ECT|IET|IST|JST|MIT|NET|NST|PLT|PNT|PRT|PST|SST|VST)$/i;

/** `asia/seoul` → `Asia/Seoul`; what is only another name of a zone stays as it is. Null for no name of a zone. */
export function timeZoneName(name: string): string | null {
  // An offset is not a name: it does not follow daylight saving time.
  if (!/^[a-z][\w+/-]{0,63}$/i.test(name) || NO_PLACE.test(name)) return null;
  try {
    const { timeZone } = new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions();
    return timeZone.toLowerCase() === name.toLowerCase() ? timeZone : name;
  } catch {
    return null;
  }
}
