import { Tooltip, TooltipAnchor, TooltipProvider } from "@ariakit/react";
import type { LucideIcon } from "lucide-react";
import type { ComponentProps } from "react";

interface IconButtonProps extends Omit<ComponentProps<"button">, "aria-label" | "type"> {
  readonly label: string;
  readonly icon: LucideIcon;
}

/** A button of one picture. Its label is its name, and its tooltip for those who see the picture only. */
export function IconButton({ label, icon: Icon, className = "icon-button", ...rest }: IconButtonProps) {
  return (
    <TooltipProvider placement="top">
      <TooltipAnchor render={<button {...rest} type="button" className={className} aria-label={label} />}>
        <Icon aria-hidden="true" size={18} />
      </TooltipAnchor>
      <Tooltip className="tooltip" gutter={6} portal unmountOnHide aria-hidden="true">
        {label}
      </Tooltip>
    </TooltipProvider>
  );
}
