/** A bar chart as SVG, in light and dark. */

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** What is aimed at. */
  readonly mark: number;
  readonly isGood: boolean;
}

const WIDTH = 860;
const LABEL_WIDTH = 420;
const ROW_HEIGHT = 26;
const TOP = 48;

/** The axis is logarithmic: twice as much is as far from 1 as half as much. */
export function barChart(title: string, bars: readonly Bar[]): string {
  const most = Math.max(2, ...bars.flatMap(({ value, mark }) => [value, mark])) * 1.2;
  const least = Math.min(0.5, ...bars.flatMap(({ value, mark }) => [value, mark])) / 1.2;
  const x = (value: number): number =>
    LABEL_WIDTH + ((WIDTH - LABEL_WIDTH - 60) * Math.log(value / least)) / Math.log(most / least);
  const height = TOP + bars.length * ROW_HEIGHT + 16;
  const rows = bars.map(({ label, value, mark, isGood }, index) => {
    const y = TOP + index * ROW_HEIGHT;
    const [from, to] = value < 1 ? [x(value), x(1)] : [x(1), x(value)];
    return [
      `<text class="label" x="${LABEL_WIDTH - 10}" y="${y + 15}">${escaped(label)}</text>`,
      `<rect class="${isGood ? "good" : "short"}" x="${from.toFixed(1)}" y="${y + 4}" width="${Math.max(1, to - from).toFixed(1)}" height="14" rx="2"/>`,
      `<line class="mark" x1="${x(mark).toFixed(1)}" x2="${x(mark).toFixed(1)}" y1="${y + 1}" y2="${y + 21}"/>`,
      `<text x="${(Math.max(to, x(mark)) + 8).toFixed(1)}" y="${y + 15}">${value.toFixed(2)}</text>`,
    ].join("\n");
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}">
<style>
text { font: 12px system-ui, sans-serif; fill: #333 }
.title { font-size: 15px; font-weight: 600 }
.label { text-anchor: end }
.good { fill: #2f7d5b } .short { fill: #b4562b }
.mark { stroke: #333; stroke-width: 2 } .one { stroke: #999; stroke-dasharray: 3 3 }
@media (prefers-color-scheme: dark) { text { fill: #ddd } .mark { stroke: #ddd } .good { fill: #5cc396 } .short { fill: #e08a5b } }
</style>
<text class="title" x="10" y="22">${escaped(title)}</text>
<text x="10" y="40">A bar from 1 (dashed), a tick at the target.</text>
<line class="one" x1="${x(1).toFixed(1)}" x2="${x(1).toFixed(1)}" y1="${TOP}" y2="${height - 8}"/>
${rows.join("\n")}
</svg>
`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
