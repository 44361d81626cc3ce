import { useEffect, useState } from "react";
import Cropper from "react-easy-crop";
import "react-easy-crop/react-easy-crop.css";
import { useProfileWords } from "../locale/profile/index.ts";
import { Sheet } from "../ui/sheet.tsx";
import { type Area, ZOOM, zoomedBy } from "./crop.ts";
import { drawPicture } from "./draw-picture.ts";

interface CropDialogProps {
  readonly file: Blob;
  readonly onClose: () => void;
  /** Uploads it; the dialog stays until then. */
  readonly onCropped: (picture: Blob) => Promise<void>;
  readonly onUnreadable: () => void;
}

/** The square of a picture that others see: moved and zoomed by pointer, touch, wheel and keyboard. */
export default function CropDialog({ file, onClose, onCropped, onUnreadable }: CropDialogProps) {
  const { picture: words } = useProfileWords();
  const source = useObjectUrl(file);
  const [crop, setCrop] = useState({ x: 0, y: 0 });
  const [zoom, setZoom] = useState<number>(ZOOM.least);
  const [area, setArea] = useState<Area>();
  const [isBusy, setIsBusy] = useState(false);

  const use = async () => {
    if (area === undefined || isBusy) return;
    setIsBusy(true);
    const picture = await drawPicture(file, area).catch(() => undefined);
    if (picture === undefined) return onUnreadable();
    await onCropped(picture);
  };
  return (
    <Sheet title={words.crop} onClose={onClose}>
      <p className="quiet">{words.cropHint}</p>
      <fieldset
        className="crop"
        aria-label={words.crop}
        onKeyDown={(event) => {
          const next = zoomedBy(event.key, zoom);
          if (next !== undefined) setZoom(next);
        }}
      >
        {source !== undefined && (
          <Cropper
            image={source}
            crop={crop}
            zoom={zoom}
            minZoom={ZOOM.least}
            maxZoom={ZOOM.most}
            aspect={1}
            cropShape="round"
            showGrid={false}
            keyboardStep={8}
            disableAutomaticStylesInjection
            cropperProps={{ role: "img", "aria-label": words.area }}
            mediaProps={{ alt: "", onError: onUnreadable }}
            onCropChange={setCrop}
            onZoomChange={setZoom}
            onCropAreaChange={(_, pixels) => setArea(pixels)}
          />
        )}
      </fieldset>
      <label className="field">
        {words.zoom}
        <input
          type="range"
          min={ZOOM.least}
          max={ZOOM.most}
          step={ZOOM.step}
          value={zoom}
          onChange={(event) => setZoom(event.currentTarget.valueAsNumber)}
        />
      </label>
      <div className="row end">
        <button
          type="button"
          className="button primary"
          disabled={area === undefined}
          aria-disabled={isBusy}
          onClick={() => void use()}
        >
          {isBusy ? words.uploading : words.use}
        </button>
      </div>
    </Sheet>
  );
}

function useObjectUrl(file: Blob): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return url;
}
