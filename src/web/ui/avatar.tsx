interface AvatarProps {
  readonly name: string;
  /** Decides the colour: the same person has the same one everywhere. */
  readonly id: number;
  readonly online?: boolean;
}

const HUES = 8;

/** The name beside it says who it is: nothing here for a screen reader. */
export function Avatar({ name, id, online = false }: AvatarProps) {
  const initial = [...name.trim()][0] ?? "?";
  return (
    <span className="avatar" data-hue={id % HUES} aria-hidden="true">
      {initial.toUpperCase()}
      {online && <span className="dot" />}
    </span>
  );
}
