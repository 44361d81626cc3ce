/** What a browser says of itself, in words that people know. Pure. */
export interface Agent {
  readonly browser: string | undefined;
  readonly system: string | undefined;
}

/** Each names others after itself: the first that fits is it. */
const BROWSERS: readonly (readonly [name: string, sign: RegExp])[] = [
  ["Samsung Internet", /SamsungBrowser\//],
  ["Whale", /Whale\//],
  ["KakaoTalk", /KAKAOTALK/i],
  ["Edge", /Edg(?:e|A|iOS)?\//],
  ["Opera", /OPR\//],
  ["Firefox", /(?:Firefox|FxiOS)\//],
  ["Chrome", /(?:Chrome|CriOS|Chromium)\//],
  ["Safari", /Safari\//],
];

const SYSTEMS: readonly (readonly [name: string, sign: RegExp])[] = [
  ["iPhone", /iPhone/],
  ["iPad", /iPad/],
  ["Android", /Android/],
  ["Windows", /Windows/],
  ["ChromeOS", /CrOS/],
  ["Mac", /Mac OS X|Macintosh/],
  ["Linux", /Linux/],
];

export function agentOf(userAgent: string | null): Agent {
  const find = (among: typeof BROWSERS) => among.find(([, sign]) => sign.test(userAgent ?? ""))?.[0];
  return { browser: find(BROWSERS), system: find(SYSTEMS) };
}

/** Whether it is held in the hand. */
export function isHandheld({ system }: Agent): boolean {
  return system === "iPhone" || system === "iPad" || system === "Android";
}
