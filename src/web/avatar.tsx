interface AvatarProps {
  readonly name: string;
  /** Decides the colour: the same person has the same one everywhere. */
  readonly id: number;
  readonly online?: boolean;
}

/** The name beside it says who it is: nothing here for a screen reader. */
export function Avatar({ name, id, online }: AvatarProps) {
  const initial = [...name.trim()][0] ?? "?";
  return (
    <span class="avatar" style={{ "--hue": String((id * 137) % 360) }} aria-hidden="true">
      {initial.toUpperCase()}
      {online === true && <span class="dot" />}
    </span>
  );
}
