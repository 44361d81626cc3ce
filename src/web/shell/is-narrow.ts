/** One pane at a time: as in `styles/rooms.css`. */
export function isNarrow(): boolean {
  return matchMedia("(width < 46rem)").matches;
}
